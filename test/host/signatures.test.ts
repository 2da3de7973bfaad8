/** Identities, signatures, templates and snippets from the command line: shapes of the JSON, lines, sentences, exit codes. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Identity } from '../../main/contract/mail/identities.ts';
import { readArguments } from '../../main/host/command-line/arguments.ts';
import { WORDS } from '../../main/host/command-line/sentences.ts';
import { openSession } from '../../main/host/command-line/session.ts';
import { SIGNATURE_COMMANDS } from '../../main/host/command-line/signatures.ts';
import { openTestProfile } from '../client/kit/profile.ts';
import { openCommandLine } from './kit/command-line.ts';

const server = { host: '127.0.0.1', port: 1, security: 'none', user: 'anna', auth: 'auto' } as const;

test('senders and what they sign with, by names and files', async (t) => {
  const { profile, dir } = await openTestProfile(t, { background: false });
  await profile.store.write('accounts.insert', {
    address: 'anna@office.example',
    name: 'Anna',
    incoming: server,
    outgoing: server,
    policy: { keep: 'everything' },
    saveSent: true,
  });
  const file = async (name: string, words: string) => {
    await writeFile(join(dir, name), words);
    return join(dir, name);
  };
  /** What a command prints: its JSON, and its lines. */
  const run = async <T = unknown>(...argv: string[]): Promise<{ json: T; lines: string[] }> => {
    const args = readArguments(argv);
    const printed: { json: unknown; lines: string[] }[] = [];
    const print = async (json: unknown, lines: () => string[]) => {
      printed.push({ json: JSON.parse(JSON.stringify(json)), lines: lines() });
    };
    await SIGNATURE_COMMANDS[args.command]?.({ ...openSession(profile, args, 'en'), print });
    assert.equal(printed.length, 1, `${args.command} prints once`);
    return printed[0] as { json: T; lines: string[] };
  };
  const says = (sentence: string) => (thrown: unknown) => {
    assert.equal((thrown as { say(words: typeof WORDS.en): string }).say(WORDS.en), sentence);
    return true;
  };
  const html = await file('full.html', '<b>{{name}}</b>, 118');
  const text = await file('short.txt', 'A. <V.>\n118\n');

  const full = await run<{ id: number; name: string }>('signatures', 'add', 'Full', '--html', html);
  assert.deepEqual([full.json.name, full.lines], ['Full', [`${full.json.id}\tFull`]]);
  const short = await run<{ html: string; text: string }>('signatures', 'add', 'Short', '--text', text);
  assert.deepEqual(
    [short.json.html, short.json.text],
    ['<div>A. &lt;V.&gt;</div><div>118</div>', 'A. <V.>\n118'],
  );
  await assert.rejects(run('signatures', 'add', 'Empty'), says(WORDS.en.missingOption('html')));
  assert.deepEqual((await run('signatures', 'list')).lines, [
    '1\tFull\t{{name}}, 118',
    '2\tShort\tA. <V.> / 118',
  ]);
  const renamed = await run<{ name: string; html: string }>(
    'signatures',
    'change',
    'full',
    '--name',
    'Whole',
  );
  assert.deepEqual([renamed.json.name, renamed.json.html], ['Whole', '<b>{{name}}</b>, 118']);

  const sales = 'sales@office.example';
  const account = ['--account', 'anna@office.example'];
  const made = await run<Identity>(
    'identities',
    'add',
    sales,
    ...account,
    '--label',
    'Sales',
    '--bcc',
    'log@office.example',
  );
  const { main, name, label, bcc } = made.json;
  assert.deepEqual([main, name, label, bcc[0]?.address], [false, 'Anna', 'Sales', 'log@office.example']);
  await run('signatures', 'assign', 'short', '--identity', sales, '--use', 'reply-inside');
  const changed = await run<Identity>('identities', 'change', sales, '--name', 'Sales desk', '--bcc', '');
  assert.deepEqual(
    [changed.json.name, changed.json.bcc, changed.json.signatures.replyInside],
    ['Sales desk', [], 2],
  );
  await assert.rejects(
    run('signatures', 'assign', 'none', '--identity', sales, '--use', 'sometimes'),
    says(WORDS.en.oneOf('use', 'new, reply, new-inside, reply-inside')),
  );
  await assert.rejects(
    run('identities', 'remove', 'nobody@x.example'),
    says('Nothing is called "nobody@x.example".'),
  );
  assert.deepEqual((await run('identities', 'list')).lines, [
    '1\t*\tanna@office.example\tAnna\t',
    '2\t \tsales@office.example\tSales desk\tSales',
  ]);
  await run('identities', 'remove', sales);

  await run(
    'templates',
    'add',
    'Invoice',
    '--html',
    html,
    '--subject',
    'Invoice of {{date}}',
    '--to',
    'b@x.example',
  );
  const [template] = (await run<{ to: { address: string }[]; files: unknown[] }[]>('templates', 'list')).json;
  assert.deepEqual([template?.to[0]?.address, template?.files], ['b@x.example', []]);
  assert.deepEqual((await run('templates', 'show', 'invoice')).lines, [
    'Invoice of {{date}}',
    '',
    '{{name}}, 118',
  ]);
  await run('templates', 'remove', 'Invoice');
  await run('snippets', 'add', 'where', '--text', await file('where.txt', '5 Builders Street\n'));
  assert.deepEqual((await run('snippets', 'list')).lines, [';where\t5 Builders Street']);
  await run('snippets', 'remove', ';Where');
  await run('signatures', 'remove', 'Short');
  assert.equal((await run<unknown[]>('signatures', 'list')).json.length, 1);
});

test('a fault of the engine has its sentence in Russian too', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  await writeFile(join(line.dir, 'a.txt'), 'x');
  const wrong = await line.run([
    'snippets',
    'add',
    'two words',
    '--text',
    join(line.dir, 'a.txt'),
    '--lang',
    'ru',
  ]);
  const said = 'postroom: В ключевом слове бывают только буквы, цифры, «-» и «_».\n';
  assert.deepEqual([wrong.code, wrong.stderr], [1, said]);
});
