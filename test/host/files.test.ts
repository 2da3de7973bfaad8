/**
 * Files and words that a person's script hands over: texts as the system's editors write them, folders in the place of
 * files, variables that were never set. What is written out is there whole or not at all, and nothing is done by halves.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { readArguments, UsageError } from '../../main/host/command-line/arguments.ts';
import { fileText, textOf, writeWhole } from '../../main/host/command-line/files.ts';
import { ruleCommands } from '../../main/host/command-line/rules.ts';
import { mergePreview } from '../../main/host/command-line/sending.ts';
import { WORDS } from '../../main/host/command-line/sentences.ts';
import { openSession } from '../../main/host/command-line/session.ts';
import { openTestProfile } from '../client/kit/profile.ts';
import { openCommandLine } from './kit/command-line.ts';

const encode = (text: string): Buffer => Buffer.from(text, 'utf8');

test('a text file is read in whatever charset it was saved', () => {
  const text = 'С уважением, Ольга Белова, отдел поставок';
  const windows1251 = Buffer.from(
    [...text].map((letter) => {
      const point = letter.codePointAt(0) ?? 0;
      return point < 0x80 ? point : point - 0x350;
    }),
  );
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  assert.equal(textOf(encode(text)), text);
  assert.equal(textOf(encode(`\ufeff${text}`)), text, 'the mark of Notepad is not part of the text');
  assert.equal(textOf(utf16), text);
  assert.equal(textOf(Buffer.from(utf16).swap16()), text);
  assert.equal(textOf(windows1251), text);
  assert.equal(textOf(new Uint8Array()), '');
});

test('a file is put in its place whole, or what stood there stays', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-files-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'out.vcf');
  await writeFile(path, 'former');
  const link = join(dir, 'link.vcf');
  await symlink('out.vcf', link);
  const torn = async (place: string) =>
    assert.rejects(
      writeWhole(place, (put) => {
        put(encode('half'));
        throw new Error('cut');
      }),
      /cut/,
    );
  await torn(path);
  await torn(join(dir, 'new.vcf'));
  assert.equal(await readFile(path, 'utf8'), 'former');
  assert.deepEqual((await readdir(dir)).sort(), ['link.vcf', 'out.vcf'], 'nothing is left beside it');
  assert.equal(
    await writeWhole(link, (put) => {
      put(encode('one '));
      put(encode('two'));
      return 7;
    }),
    7,
  );
  assert.equal(await readFile(path, 'utf8'), 'one two', 'a link is written through');
  await assert.rejects(
    writeWhole(dir, () => {}),
    { code: 'EISDIR', path: dir },
  );
  await assert.rejects(fileText(dir), { code: 'EISDIR', path: dir });
});

test('an empty profile is wrong usage, not the current folder', () => {
  assert.throws(() => readArguments(['rules', 'list', '--profile', '']), UsageError);
  assert.throws(() => readArguments(['rules', 'list', '--profile=']), UsageError);
});

test('rules from files: marks of editors, nests without end, addresses that are none, and nothing by halves', async (t) => {
  const { profile, dir } = await openTestProfile(t, { background: false });
  const run = async (...argv: string[]): Promise<{ json: unknown; said: string[] }> => {
    const args = readArguments(argv);
    let json: unknown;
    const said: string[] = [];
    await ruleCommands[args.command]?.({
      ...openSession(profile, args, 'en'),
      print: async (value) => {
        json = value;
      },
      fail: (sentence) => void said.push(sentence),
    });
    return { json, said };
  };
  const file = async (name: string, text: string | Buffer): Promise<string> => {
    await writeFile(join(dir, name), text);
    return join(dir, name);
  };
  const rule = (name: string, actions: unknown[]) => ({ name, when: { match: 'all', of: [] }, actions });
  const names = async () => (await profile.store.read('rules.list')).map((each) => each.name);

  const marked = `\ufeff${JSON.stringify([rule('Первое', [{ do: 'flag' }]), rule('Second', [{ do: 'read' }])])}`;
  await run('rules', 'add', await file('bom.json', marked));
  await run('rules', 'add', await file('u16.json', Buffer.from(marked, 'utf16le')));
  assert.deepEqual(await names(), ['Первое', 'Second', 'Первое', 'Second']);

  const deep = `${'{"match":"any","of":['.repeat(4000)}{"field":"list"}${']}'.repeat(4000)}`;
  const nested = `[{"name":"deep","when":${deep},"actions":[{"do":"flag"}]}]`;
  await assert.rejects(run('rules', 'add', await file('deep.json', nested)), { code: 'bad-rules-file' });

  const nobody = [rule('Nobody', [{ do: 'forward', to: ['anna@office.example', 'not an address'] }])];
  const refused = await run('rules', 'add', await file('nobody.json', JSON.stringify(nobody)));
  assert.deepEqual(refused.json, {
    added: 0,
    problems: [{ rule: 'Nobody', code: 'bad-address', detail: 'not an address' }],
  });
  assert.match(refused.said[0] ?? '', /"Nobody": This is not an e-mail address\. \(not an address\)/);

  for (const command of ['remove', 'off'])
    await assert.rejects(run('rules', command, '1', '99'), /no rule 99/);
  assert.deepEqual(
    (await profile.store.read('rules.list')).map(({ enabled }) => enabled),
    [true, true, true, true],
    'the one that is there was not touched either',
  );
});

test('a mail merge that fails leaves no draft behind', async (t) => {
  const { profile, dir, call } = await openTestProfile(t, { background: false });
  const server = { host: '127.0.0.1', port: 1, security: 'none', user: 'anna', auth: 'auto' } as const;
  await profile.store.write('accounts.insert', {
    address: 'anna@office.example',
    name: 'Anna',
    incoming: server,
    outgoing: server,
    policy: { keep: 'everything' },
    saveSent: true,
  });
  const [head, text] = [join(dir, 'head.csv'), join(dir, 'text.txt')];
  await writeFile(head, 'Name;Address\r\n');
  await writeFile(text, 'Dear {{Name}}');
  const preview = (...more: string[]) => {
    const letter = ['--account', 'anna@office.example', '--subject', 'S', '--text', text];
    const args = readArguments(['merge', 'preview', '--table', head, ...letter, ...more]);
    return mergePreview({ ...openSession(profile, args, 'en'), print: async () => {} });
  };
  const drafts = async () => (await call('drafts.list', {})).length;
  await assert.rejects(preview(), { code: 'bad-table' });
  await writeFile(head, 'Name;Address\r\nAnna;anna@x.example\r\n');
  await assert.rejects(preview('--address-column', 'Whom'), /no column "Whom"\. It has: Name, Address/);
  assert.equal(await drafts(), 0);
  await preview('--address-column', 'ADDRESS');
  assert.equal(await drafts(), 1, 'a preview that is told can be started by its draft');
});

test('what the system says of a path is a sentence', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  await mkdir(join(line.dir, 'folder'));
  const folder = await line.run(['rules', 'add', join(line.dir, 'folder'), '--lang', 'ru']);
  assert.equal(folder.code, 1);
  assert.equal(folder.stderr, `postroom: ${WORDS.ru.faults['is-a-folder']} (${join(line.dir, 'folder')})\n`);
  const nothing = await line.run(['import', '', '--dry-run']);
  assert.equal(nothing.code, 2, 'an empty word is not the current folder');
});

test('a pipe is written to as it is', { skip: process.platform === 'win32' }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-files-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const pipe = join(dir, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
  await writeWhole(pipe, (put) => put(encode('through')));
  assert.equal(await text(reader.stdout), 'through');
  assert.deepEqual(await readdir(dir), ['pipe']);
});
