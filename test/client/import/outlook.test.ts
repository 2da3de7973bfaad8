/** Outlook's files: a real one beside readpst's reading of it, single letters that readpst wrote, and letters made anew. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readMsg } from '../../../main/client/import/outlook/msg.ts';
import { addressOf, PstBox, type PstLetter } from '../../../main/client/import/outlook/pst.ts';
import { type OutlookItem, rebuild } from '../../../main/client/import/outlook/rebuild.ts';
import { readAttachment, readContent, readMessage } from '../../../main/mail/message.ts';
import { jobEnded } from '../kit/jobs.ts';
import { openTestProfile } from '../kit/profile.ts';

const REAL = resolve('node_modules/pst-extractor/example/testdata/enron.pst');
const readpst = spawnSync('readpst', ['-V']).error === undefined;
const missing = !readpst && 'readpst is not installed';

interface Facts {
  subject: string;
  files: string[];
}

function factsOf(bytes: Uint8Array): Facts {
  const message = readMessage(bytes);
  const { attachments } = readContent(bytes, message);
  return { subject: message.subject.trim(), files: attachments.map((each) => each.name).sort() };
}

function allOf(path: string): { folder: string; letter: PstLetter }[] {
  const box = new PstBox(path);
  const found: { folder: string; letter: PstLetter }[] = [];
  for (const [n, { levels }] of box.folders.entries())
    for (let from: number | null = 0; from !== null; ) {
      const page = box.page({ folder: n, from });
      assert.deepEqual(page.unreadable, []);
      found.push(...page.letters.map(({ letter }) => ({ folder: levels.join('/'), letter })));
      from = page.next;
    }
  box.close();
  return found;
}

async function byReadpst(t: TestContext, how: string): Promise<Map<string, Buffer>> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-pst-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'out'));
  execFileSync('readpst', ['-q', '-D', '-b', how, '-j', '0', '-o', join(dir, 'out'), REAL], {
    timeout: 60_000,
    stdio: 'ignore',
  });
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(join(dir, 'out'), { withFileTypes: true, recursive: true }))
    if (entry.isFile())
      files.set(
        join(entry.parentPath, entry.name).slice(dir.length + 5),
        await readFile(join(entry.parentPath, entry.name)),
      );
  return files;
}

const key = ({ subject }: Facts): string => subject;

test('a real file gives what readpst gives: as many letters, their subjects, their files', {
  skip: missing,
}, async (t) => {
  const ours = allOf(REAL).map(({ letter }) => factsOf(letter.bytes));
  const theirs = [...(await byReadpst(t, '-e'))]
    .filter(([name]) => name.endsWith('.eml'))
    .map(([, bytes]) => factsOf(bytes));
  assert.equal(ours.length, theirs.length);
  assert.deepEqual(ours.map(key).sort(), theirs.map(key).sort());
  const count = (all: Facts[]): number => all.reduce((sum, each) => sum + each.files.length, 0);
  // readpst gives a letter inside a letter no name; all others agree.
  const names = (all: Facts[]): string[] =>
    all
      .flatMap((each) => each.files)
      .filter((name) => /\.(doc|xls|pdf|jpg|gif|ppt|txt)$/i.test(name))
      .sort();
  assert.deepEqual(names(ours), names(theirs));
  assert.ok(count(ours) >= count(theirs) - 1, `${count(ours)} files, readpst ${count(theirs)}`);
});

test('every letter of it is sound, and the same octets the second time', () => {
  const first = allOf(REAL);
  const second = allOf(REAL);
  for (const [n, { letter }] of first.entries()) {
    assert.deepEqual(letter.bytes, second[n]?.letter.bytes);
    const message = readMessage(letter.bytes);
    assert.ok(message.date !== null && message.messageId !== '', message.subject);
    assert.ok(message.from[0], `${message.subject} has a sender`);
    assert.deepEqual(readContent(letter.bytes, message).defects, [], message.subject);
  }
});

test('single letters that another program wrote', { skip: missing }, async (t) => {
  const files = [...(await byReadpst(t, '-m'))].filter(([name]) => name.endsWith('.msg'));
  assert.ok(files.length > 50, `${files.length} files`);
  const subjects = new Set(allOf(REAL).map(({ letter }) => factsOf(letter.bytes).subject));
  for (const [name, bytes] of files) {
    const { bytes: letter } = readMsg(bytes);
    const message = readMessage(letter);
    assert.ok(subjects.has(message.subject.trim()), `${name}: ${message.subject}`);
    assert.deepEqual(readContent(letter, message).defects, [], name);
  }
});

test('a damaged file says so, and a cut one gives what it has or says so', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-pst-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'cut.pst');
  const whole = await readFile(REAL);
  await writeFile(path, 'no Outlook file at all, but long enough to be looked at');
  assert.throws(() => new PstBox(path), { code: 'not-a-letter' });
  for (const share of [0.001, 0.5, 0.9]) {
    await writeFile(path, whole.subarray(0, Math.floor(whole.length * share)));
    let box: PstBox;
    try {
      box = new PstBox(path);
    } catch (failure) {
      assert.equal((failure as { code?: string }).code, 'damaged');
      continue;
    }
    for (const n of box.folders.keys())
      for (let from: number | null = 0; from !== null; ) from = box.page({ folder: n, from }).next;
    box.close();
  }
  assert.throws(() => readMsg(Buffer.from('not one')), { code: 'not-a-letter' });
  assert.throws(() => readMsg(Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)])), {
    code: 'damaged',
  });
});

const item = (some: Partial<OutlookItem>): OutlookItem => ({
  wireHeader: '',
  from: { name: 'Анна Смирнова', address: 'a.smirnova@constr.example' },
  sender: null,
  to: [{ name: 'Ольга', address: 'o.belova@constr.example' }],
  cc: [],
  bcc: [],
  replyTo: [],
  subject: 'Бетон для корпуса 4',
  date: Date.UTC(2009, 1, 3, 9, 30),
  messageId: '',
  inReplyTo: '',
  references: '',
  text: 'Привет',
  html: null,
  importance: 'normal',
  files: [],
  ...some,
});

test('a letter without a header: Russian names, code page of the markup, files with and without identifiers', () => {
  const html = Buffer.concat([
    Buffer.from('<html><body><p>', 'latin1'),
    Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]),
    Buffer.from('</p><img src="cid:pic@x"></body></html>', 'latin1'),
  ]);
  const inside = rebuild(item({ subject: 'внутри' }));
  const bytes = rebuild(
    item({
      html: { bytes: html, charset: 'windows-1251' },
      importance: 'high',
      files: [
        { name: 'план.pdf', type: 'application/pdf', contentId: '', content: Buffer.from([1, 2, 3]) },
        { name: 'pic.png', type: 'image/png', contentId: 'pic@x', content: Buffer.from([4, 5]) },
        { name: 'внутри.eml', type: 'message/rfc822', contentId: '', content: inside },
      ],
    }),
  );
  const message = readMessage(bytes);
  assert.equal(message.subject, 'Бетон для корпуса 4');
  assert.deepEqual(message.from, [{ name: 'Анна Смирнова', address: 'a.smirnova@constr.example' }]);
  assert.equal(message.date, Date.UTC(2009, 1, 3, 9, 30));
  assert.match(message.messageId, /@outlook\.invalid$/);
  const content = readContent(bytes, message);
  assert.deepEqual(content.defects, []);
  assert.match(content.html ?? '', /Привет/);
  assert.deepEqual(
    content.attachments.map((each) => each.name).sort(),
    ['pic.png', 'внутри.eml', 'план.pdf'].sort(),
  );
  const plan = content.attachments.find((each) => each.name === 'план.pdf')?.n ?? -1;
  assert.deepEqual([...readAttachment(bytes, message, plan)], [1, 2, 3]);
  assert.deepEqual(rebuild(item({})), rebuild(item({})));
  assert.notDeepEqual(rebuild(item({})), rebuild(item({ text: 'Пока' })));
});

test('the header of the wire stands as it is, its MIME fields and its broken ones apart', () => {
  const wireHeader = [
    'Microsoft Mail Internet Headers Version 2.0',
    'Received: from a by b;',
    '\tMon, 2 Feb 2009 10:00:00 +0300',
    'Content-Type: multipart/mixed; boundary="old"',
    'MIME-Version: 1.0',
    'From: Somebody',
    'Date: soon',
    'Subject: =?koi8-r?B?98/U?=',
    'Subject: a second one',
    'Message-ID: <wire@x.example>',
    '',
  ].join('\r\n');
  const bytes = rebuild(item({ wireHeader }));
  const head = Buffer.from(bytes).toString('latin1').split('\r\n\r\n')[0] ?? '';
  assert.equal(head.match(/^MIME-Version:/gim)?.length, 1);
  assert.equal(head.match(/^Content-Type:/gim)?.length, 1);
  assert.equal(head.match(/^Subject:/gim)?.length, 1);
  assert.match(head, /^Received: from a by b;\r\n\tMon, 2 Feb 2009/m);
  const message = readMessage(bytes);
  assert.equal(message.subject, 'Вот');
  assert.equal(message.from[0]?.address, 'a.smirnova@constr.example');
  assert.equal(message.date, Date.UTC(2009, 1, 3, 9, 30));
  assert.equal(message.messageId, 'wire@x.example');
});

test('addresses of an Exchange directory', () => {
  assert.deepEqual(addressOf('Lokay, Michelle', 'EX', '/O=ENRON/OU=NA/CN=RECIPIENTS/CN=Mlokay', ''), {
    name: 'Lokay, Michelle',
    address: 'mlokay@exchange.invalid',
  });
  assert.equal(addressOf('Anna', 'EX', '/o=x/cn=a', 'anna@x.example')?.address, 'anna@x.example');
  assert.deepEqual(addressOf("'anna@x.example'", 'SMTP', 'anna@x.example', ''), {
    name: '',
    address: 'anna@x.example',
  });
  assert.equal(addressOf('', '', '', ''), null);
});

test('a file moves in as a job, by a thread of its own', async (t) => {
  const p = await openTestProfile(t);
  const { job } = await p.call('moving.start', { paths: [REAL], folder: null });
  const done = await jobEnded(p, job);
  assert.equal(done.problem, null);
  assert.equal(done.result?.imported, 71);
  const rows = await p.rows('enron/lokay-m/MLOKAY (Non-Privileged)/Sent Items');
  assert.deepEqual(rows.map((row) => row.subject).sort(), [
    'Accepted: Updated: Finalize Transwestern Presentations',
    'Cirque du Soleil - Dralion',
  ]);
});
