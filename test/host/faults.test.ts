/** What a person meets when the machine fails: the command line as a process of its own, its sentences and exit codes. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type CommandLine, openCommandLine } from './kit/command-line.ts';

const ROUNDS = Number(process.env['POSTROOM_ROUNDS'] ?? 10);
const program = fileURLToPath(new URL('../../main/host/postroom.ts', import.meta.url));

interface Imported {
  imported: number;
  duplicates: number;
  failed: { path: string; reason: string }[];
}

/** Letters whose text does not pack: letter n differs from every other, and is the same each time. */
function letterText(n: number, size: number): string {
  let seed = n + 1;
  const words: string[] = [];
  for (let length = 0; length < size; ) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    const word = seed.toString(36);
    length += word.length + 1;
    words.push(word);
    if (words.length % 10 === 0) words.push('\n');
  }
  return `From: a@x.example\nSubject: letter ${n}\nMessage-ID: <${n}@x>\nDate: Mon, 02 Nov 2026 10:00:00 +0300\n\n${words.join(' ')}\n`;
}

async function writeBox(path: string, count: number, size: number): Promise<string[]> {
  const letters = Array.from({ length: count }, (_, n) => letterText(n, size));
  await writeFile(
    path,
    letters.map((text) => `From a@x.example Mon Nov  2 10:00:00 2026\n${text}\n`).join(''),
  );
  return letters;
}

/** Every letter of the box exactly once, octet for octet, and nothing for check to complain of. */
async function assertWhole(line: CommandLine, letters: readonly string[], name: string): Promise<void> {
  const out = join(line.dir, name);
  const args = ['export', '--folder', 'Local/Inbox', '--format', 'eml', '--out', out];
  assert.equal((await line.json<{ exported: unknown[] }>(args)).exported.length, letters.length);
  const texts = await Promise.all((await readdir(out)).map((file) => readFile(join(out, file), 'latin1')));
  assert.deepEqual(texts.sort(), [...letters].sort());
  const report = await line.json<{ ok: boolean; messages: number; problems: unknown[] }>(['check']);
  assert.deepEqual(report.problems, []);
  assert.equal(report.messages, letters.length);
  await rm(out, { recursive: true });
}

/** True when a small disk of its own can be put there: for root on Linux, where mounting is allowed. */
function mountSmall(folder: string, size: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return (
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'postroom-test', folder]).status === 0
  );
}

test('a full disk stops an import with a sentence; with room it is finished, each letter once', async (t) => {
  const line = await openCommandLine();
  const profile = join(line.dir, 'profile');
  await mkdir(profile);
  const mounted = mountSmall(profile, '12m');
  t.after(() => {
    if (mounted) spawnSync('umount', [profile]);
    return line.close();
  });
  if (!mounted) return t.skip('needs root and tmpfs');
  const box = join(line.dir, 'box.mbox');
  const letters = await writeBox(box, 250, 80_000);
  const args = ['import', box, '--folder', 'Local/Inbox'];

  const english = await line.run([...args, '--json', '--lang', 'en']);
  assert.equal(english.code, 1, english.stderr);
  assert.match(english.stderr, /^postroom: The disk is full\. [^\n]*make room[^\n]*\n$/);
  assert.equal(english.stdout.length, 0);
  const russian = await line.run([...args, '--lang', 'ru']);
  assert.equal(russian.code, 1, russian.stderr);
  assert.match(russian.stderr, /^postroom: Диск заполнен\. [^\n]*освободите место[^\n]*\n$/);

  assert.equal(spawnSync('mount', ['-o', 'remount,size=200m', profile]).status, 0);
  const report = await line.json<Imported>(args);
  assert.equal(report.imported + report.duplicates, letters.length);
  assert.deepEqual(report.failed, []);
  await assertWhole(line, letters, 'out');
  const found = await line.json<{ total: number }>(['search', 'letter']);
  assert.equal(found.total, letters.length);
});

test('a profile that is open already is refused, in the language of who asks', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  await line.json(['folders']);
  // A pipe that never ends keeps the password waited for, and with it the profile open.
  const add = ['account', 'add', '--address', 'a@x.example', '--imap-host', '127.0.0.1'];
  const holder = spawn(process.execPath, [program, ...add, '--profile', join(line.dir, 'profile')], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  t.after(() => holder.kill('SIGKILL'));
  // Asking before the holder has the lock would take the profile away from it: the one who holds it writes
  // its number into `owner`.
  const owner = join(line.dir, 'profile', 'owner');
  for (const until = Date.now() + 60_000; Number(await readFile(owner, 'utf8')) !== holder.pid; ) {
    assert.equal(holder.exitCode, null, 'the holder ended by itself');
    assert.ok(Date.now() < until, 'the holder never opened the profile');
    await wait(20);
  }
  const refused = async (language: string): Promise<string> => {
    const ran = await line.run(['folders', '--lang', language]);
    assert.equal(ran.code, 1, ran.stderr);
    return ran.stderr;
  };
  assert.match(
    await refused('en'),
    /^postroom: This profile is already open in another Postroom\. Close that Postroom, or do it there\.\n$/,
  );
  assert.match(
    await refused('ru'),
    /^postroom: Этот профиль уже открыт в другом Postroom\. Закройте тот Postroom или сделайте это в нём\.\n$/,
  );
  const ended = once(holder, 'close');
  holder.kill('SIGKILL');
  await ended;
  await line.json(['folders']);
});

test('a profile of a newer version is refused and left as it is', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  await line.json(['folders']);
  const file = join(line.dir, 'profile', 'store.db');
  const db = new DatabaseSync(file);
  db.exec("UPDATE meta SET value = 9999 WHERE name = 'version'");
  db.close();
  const before = await readFile(file);
  const english = await line.run(['folders', '--json', '--lang', 'en']);
  assert.equal(english.code, 1);
  assert.match(english.stderr, /written by a newer Postroom/);
  assert.equal(english.stdout.length, 0);
  const russian = await line.run(['folders', '--lang', 'ru']);
  assert.equal(russian.code, 1);
  assert.match(russian.stderr, /записан более новым Postroom/);
  assert.ok((await readFile(file)).equals(before));
});

test('one damaged letter is named by check and refused by show; the others work', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const box = join(line.dir, 'box.mbox');
  const letters = await writeBox(box, 20, 5000);
  await line.json(['import', box, '--folder', 'Local/Inbox']);
  const segment = join(line.dir, 'profile', 'segments', '000001.seg');
  const bytes = await readFile(segment);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 0x40;
  await writeFile(segment, bytes);

  const check = await line.run(['check', '--json', '--lang', 'en']);
  assert.equal(check.code, 1);
  assert.match(check.stderr, /The check found 1 problems/);
  const report = JSON.parse(check.stdout.toString()) as { ok: boolean; problems: { code: string }[] };
  assert.equal(report.ok, false);
  assert.equal(report.problems[0]?.code, 'record-damaged');

  const { items } = await line.json<{ items: { id: number }[] }>(['list', '--folder', 'Local/Inbox']);
  const ids = items.map((each) => String(each.id));
  const all = await line.run(['show', ...ids, '--json']);
  assert.equal(all.code, 1);
  const shown = JSON.parse(all.stdout.toString()) as { id: number; text: string | null }[];
  const damaged = shown.filter((each) => each.text === null).map((each) => String(each.id));
  assert.equal(damaged.length, 1);
  const [id = ''] = damaged;
  const english = await line.run(['show', id, '--lang', 'en']);
  assert.equal(english.code, 1);
  assert.match(english.stderr, /damaged on the disk/);
  const russian = await line.run(['show', id, '--lang', 'ru']);
  assert.equal(russian.code, 1);
  assert.match(russian.stderr, /повреждено на диске/);
  const good = ids.filter((each) => each !== id);
  assert.equal((await line.json<unknown[]>(['show', ...good])).length, letters.length - 1);

  // The same octets, brought in once more, heal it.
  const again = await line.json<Imported>(['import', box, '--folder', 'Local/Inbox']);
  assert.equal(again.duplicates + again.imported, letters.length);
});

test(`an import killed ${ROUNDS} times is finished by the next one, each letter once`, async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const box = join(line.dir, 'box.mbox');
  const letters = await writeBox(box, 3000, 8000);
  const args = ['import', box, '--folder', 'Local/Inbox'];
  let killed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(process.execPath, [program, ...args, '--profile', join(line.dir, 'profile')], {
      stdio: 'ignore',
    });
    const ended = once(child, 'close');
    const timer = setTimeout(() => child.kill('SIGKILL'), 350 + ((round * 173) % 900));
    await ended;
    clearTimeout(timer);
    if (child.signalCode === 'SIGKILL') killed++;
  }
  assert.ok(killed > 0, 'no round was cut short');
  const report = await line.json<Imported>(args);
  assert.equal(report.imported + report.duplicates, letters.length);
  assert.deepEqual(report.failed, []);
  await assertWhole(line, letters, 'out');
  const found = await line.json<{ total: number }>(['search', 'letter']);
  assert.equal(found.total, letters.length);
});
