/**
 * Thousands of real letters through the command line: in, out as they were, and read rightly. Needs the corpus of real mail:
 * POSTROOM_CORPUS names its folder; skipped without it.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CommandLine, openCommandLine } from './kit/command-line.ts';

const corpus = process.env['POSTROOM_CORPUS'] ?? '';
const skip = corpus !== '' && existsSync(join(corpus, 'hard')) ? false : 'POSTROOM_CORPUS is not set';

interface Imported {
  imported: number;
  duplicates: number;
  failed: { path: string; reason: string }[];
}
interface Shown {
  id: number;
  subject: string;
  from: { name: string; address: string }[];
  text: string | null;
  html: string | null;
  attachments: { name: string; size: number; sha256: string }[];
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function digests(folder: string): Promise<Map<string, Buffer>> {
  const names = await readdir(folder);
  const all = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return new Map(all.map((bytes) => [digest(bytes), bytes]));
}

async function exportTo(line: CommandLine, folder: string, format: string): Promise<string> {
  const out = join(line.dir, `${format}-${folder.replace(/\W/g, '')}`);
  await line.json(['export', '--folder', folder, '--format', format, '--out', out]);
  return format === 'maildir' ? join(out, 'cur') : out;
}

test('real letters go out as they came in, in every form', { skip }, async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const inbox = 'Local/Inbox';
  const sources = ['hard', 'office', 'ham'].map((name) => join(corpus, name));
  const report = await line.json<Imported>(['import', ...sources, '--folder', inbox]);
  assert.ok(report.imported > 4000, `${report.imported} came in`);
  assert.deepEqual(
    report.failed.filter((each) => /\.(eml|mbox|gz)$/.test(each.path)),
    [],
  );
  const back = await digests(await exportTo(line, inbox, 'eml'));
  assert.equal(back.size, report.imported);
  let missing = 0;
  for await (const path of glob(join(corpus, '{hard,office}/**/*.eml'))) {
    const bytes = await readFile(path);
    if (back.has(digest(bytes))) continue;
    // A few of these files are whole mailboxes.
    assert.match(bytes.toString('latin1'), /^From [\s\S]*\n\nFrom /, path);
    missing++;
  }
  assert.ok(missing < 10);

  for (const format of ['mbox', 'maildir']) {
    const out = await exportTo(line, inbox, format);
    const folder = `Local/Again ${format}`;
    const path = format === 'maildir' ? join(out, '..') : out;
    const again = await line.json<Imported>(['import', path, '--folder', folder]);
    assert.deepEqual([again.imported, again.failed], [report.imported, []]);
    const second = await digests(await exportTo(line, folder, 'eml'));
    for (const [name, bytes] of back) {
      // An mbox cannot say that the last line of a letter had no end, unless Content-Length does.
      const ended = digest(Buffer.concat([bytes, Buffer.from('\n')]));
      const kept = second.has(name) || (format === 'mbox' && bytes.at(-1) !== 10 && second.has(ended));
      assert.ok(kept, `${format} changed ${bytes.subarray(0, 200)}`);
    }
  }
  assert.deepEqual((await line.json<{ problems: unknown[] }>(['check'])).problems, []);
});

/** Every letter of the Inbox as `show` gives it, by the digest of its octets. */
async function shownByDigest(line: CommandLine): Promise<Map<string, Shown>> {
  const args = ['export', '--folder', 'Local/Inbox', '--format', 'eml', '--out', join(line.dir, 'out')];
  const { exported } = await line.json<{ exported: { id: number; path: string }[] }>(args);
  const shown = new Map<number, Shown>();
  for (let at = 0; at < exported.length; at += 200) {
    const ids = exported.slice(at, at + 200).map(({ id }) => String(id));
    for (const each of await line.json<Shown[]>(['show', ...ids])) shown.set(each.id, each);
  }
  const found = new Map<string, Shown>();
  for (const { id, path } of exported) {
    const letter = shown.get(id);
    if (letter) found.set(digest(await readFile(path)), letter);
  }
  return found;
}

/** Texts are compared by their words: how lines are broken is the reader's affair. */
const plain = (text: string | null): string => (text ?? '').replace(/[\s\u0000-\u001f]+/g, ' ').trim();

interface Consensus {
  file: string;
  subject: string | null;
  from: string | null;
  attachmentNames: string[];
  votes: Record<string, string>;
}

test('subjects and senders are what three mature parsers agree on', { skip }, async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const lines = (await readFile(join(corpus, 'hard', 'CONSENSUS.jsonl'), 'utf8')).trim().split('\n');
  const agreed = lines.map((each) => JSON.parse(each) as Consensus);
  const files = agreed.map((each) => join(corpus, 'hard', each.file));
  await line.json(['import', ...files, '--folder', 'Local/Inbox']);
  const shown = await shownByDigest(line);

  const differ: Record<'subject' | 'from' | 'attachments', string[]> = {
    subject: [],
    from: [],
    attachments: [],
  };
  let compared = 0;
  for (const [n, each] of agreed.entries()) {
    const letter = shown.get(digest(await readFile(files[n] ?? '')));
    if (!letter) continue;
    compared++;
    if (each.votes['subject'] === '3/3' && plain(each.subject) !== plain(letter.subject))
      differ.subject.push(`${each.file}: ${plain(letter.subject)} | ${plain(each.subject)}`);
    const sender = letter.from[0]?.address ?? '';
    if (each.votes['from'] === '3/3' && (each.from ?? '').toLowerCase() !== sender.toLowerCase())
      differ.from.push(`${each.file}: ${sender} | ${each.from}`);
    const names = new Set(letter.attachments.map((file) => file.name));
    if (each.votes['attachmentNames'] === '3/3' && each.attachmentNames.some((name) => !names.has(name)))
      differ.attachments.push(`${each.file}: ${[...names]} | ${each.attachmentNames}`);
  }
  assert.ok(compared > 500, `${compared} compared`);
  assert.deepEqual(differ.subject, []);
  // One has a From field that only some can read; files inside TNEF and of the text itself are named differently.
  assert.ok(differ.from.length <= 1, differ.from.join('\n'));
  assert.ok(differ.attachments.length <= 8, differ.attachments.join('\n'));
});

/** Where the corpus leaves octets undecoded, or takes another form of the text, and why ours is right. */
const BETTER: Readonly<Record<string, string>> = {
  'thirdparty/002': 'the label of the charset is wrong; it is guessed',
  'rfc/003': 'the richer form of the text is shown',
  'malformed/020': 'text before the first boundary is a preamble',
  'malformed/021': 'text before the first boundary is a preamble',
  'legacy/016': 'BinHex is kept with its line ends',
  'legacy/017': 'uuencoded parts are decoded',
  'legacy/033': 'unlabelled octets are guessed',
  'legacy/048': 'uuencoded parts are decoded',
  'legacy/049': 'uuencoded files are taken out of the text',
  'legacy/052': 'unlabelled octets are guessed',
};

interface Truth {
  text_body: number[];
  attachments: number[];
  parts: { body: { Text?: string; Binary?: number[]; InlineBinary?: number[] } | string }[];
}

test('texts and files are those that the corpus has the truth about', { skip }, async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const hard = join(corpus, 'hard');
  const truths: string[] = [];
  for await (const name of glob('stalwart-mail-parser/*/[0-9][0-9][0-9].json', { cwd: hard }))
    truths.push(name);
  const charsets = [
    'comm-central/iso-2022-jp-qp.eml',
    'mimekit/japanese.txt.eml',
    'novartment-ru/Pickup_test1.eml',
    'zbateson/m0013.txt.eml',
    'roundcube/tnef1.eml',
  ];
  const letters = [...truths.map((name) => name.replace('.json', '.eml')), ...charsets];
  await line.json(['import', ...letters.map((name) => join(hard, name)), '--folder', 'Local/Inbox']);
  const shown = await shownByDigest(line);
  const of = async (name: string): Promise<Shown> => {
    const letter = shown.get(digest(await readFile(join(hard, name))));
    assert.ok(letter, name);
    return letter;
  };

  const wrong: string[] = [];
  for (const name of truths) {
    if (Object.keys(BETTER).some((each) => name.endsWith(`${each}.json`))) continue;
    const truth = JSON.parse(await readFile(join(hard, name), 'utf8')) as Truth;
    const letter = shown.get(digest(await readFile(join(hard, name.replace('.json', '.eml')))));
    if (!letter) continue;
    const text = plain(letter.text);
    for (const n of truth.text_body) {
      const body = truth.parts[n]?.body;
      if (typeof body === 'object' && body.Text && !text.includes(plain(body.Text)))
        wrong.push(`${name} text ${n}: ${text.slice(0, 100)} | ${plain(body.Text).slice(0, 100)}`);
    }
    const files = new Set(letter.attachments.map((each) => each.sha256));
    for (const n of truth.attachments) {
      const body = truth.parts[n]?.body;
      const octets = typeof body === 'object' ? (body.Binary ?? body.InlineBinary) : undefined;
      if (octets && !files.has(digest(Uint8Array.from(octets))))
        wrong.push(`${name} file ${n}: ${octets.length}`);
    }
  }
  assert.ok(truths.length > 40);
  assert.deepEqual(wrong, []);

  assert.match((await of('comm-central/iso-2022-jp-qp.eml')).text ?? '', /日本語の本文がQuoted Printable/);
  assert.match((await of('mimekit/japanese.txt.eml')).subject, /日本語メールテスト/);
  const pictures = (await of('zbateson/m0013.txt.eml')).attachments;
  for (const name of ['blueball.png', 'redball.png']) {
    const found = pictures.find((each) => each.name === name);
    assert.equal(found?.sha256, digest(await readFile(join(hard, 'zbateson', name))), name);
  }
  // Uuencoded by Eudora and by Outlook; the files themselves lie beside them.
  for (const name of ['legacy/017', 'legacy/048', 'legacy/049']) {
    const found = (await of(`stalwart-mail-parser/${name}.eml`)).attachments.map((each) => each.sha256);
    assert.ok(found.includes(digest(await readFile(join(hard, 'zbateson', 'blueball.png')))), name);
  }
  assert.match((await of('stalwart-mail-parser/legacy/033.eml')).text ?? '', /Die Hasen und die Frösche/);
  assert.deepEqual(
    (await of('roundcube/tnef1.eml')).attachments.map((each) => each.name),
    ['AUTHORS'],
  );
});
