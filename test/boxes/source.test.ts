import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { maildirFlags, maildirName } from '../../main/boxes/maildir.ts';
import { quoteMbox, scanMbox, unquoteMbox } from '../../main/boxes/mbox.ts';
import { mboxFlags, readSources } from '../../main/boxes/source.ts';
import { cp1251 } from '../kit/dbx.ts';

let dir = '';
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'postroom-source-'));
});
after(() => rm(dir, { recursive: true, force: true }));

const FROM = 'From olga@constr.org Fri Nov 20 10:12:00 2026\n';

async function lettersOf(text: string | Buffer): Promise<string[]> {
  const path = join(dir, 'one.mbox');
  await writeFile(path, text);
  const out: string[] = [];
  for await (const letter of readSources([path], { onProblem: (_, reason) => out.push(`! ${reason}`) }))
    out.push(Buffer.from(await letter.read()).toString('latin1'));
  return out;
}

const dialects: [name: string, file: string, letters: string[]][] = [
  [
    'two letters',
    `${FROM}Subject: a\n\none\n\n${FROM}Subject: b\n\ntwo\n`,
    ['Subject: a\n\none\n', 'Subject: b\n\ntwo\n'],
  ],
  [
    'CRLF',
    `${FROM.replace('\n', '\r\n')}Subject: a\r\n\r\none\r\n\r\n${FROM.replace('\n', '\r\n')}Subject: b\r\n\r\ntwo\r\n`,
    ['Subject: a\r\n\r\none\r\n', 'Subject: b\r\n\r\ntwo\r\n'],
  ],
  [
    'mboxrd quoting',
    `${FROM}Subject: a\n\n>From me\n>>From you\n> From\n`,
    ['Subject: a\n\nFrom me\n>From you\n> From\n'],
  ],
  [
    'a sentence that begins with From',
    `${FROM}Subject: a\n\ntext\n\nFrom here we go on.\nNote: this\n\n${FROM}Subject: b\n\ntwo\n`,
    ['Subject: a\n\ntext\n\nFrom here we go on.\nNote: this\n', 'Subject: b\n\ntwo\n'],
  ],
  [
    'Thunderbird',
    'From - Tue Nov 06 10:00:00 2018\nX-Mozilla-Status: 0001\nSubject: a\n\none\n\nFrom - Tue Nov 06 10:00:01 2018\nSubject: b\n\ntwo\n',
    ['X-Mozilla-Status: 0001\nSubject: a\n\none\n', 'Subject: b\n\ntwo\n'],
  ],
  [
    'mboxcl2: Content-Length, lines not quoted',
    `${FROM}Subject: a\nContent-Length: 61\n\n${'x\n\n'}${FROM}Subject: c\n\n\n\n${FROM}Subject: b\n\ntwo\n`,
    [`Subject: a\nContent-Length: 61\n\nx\n\n${FROM}Subject: c\n\n`, 'Subject: b\n\ntwo\n'],
  ],
  [
    'a wrong Content-Length is not believed',
    `${FROM}Subject: a\nContent-Length: 3\n\nlonger than three\n\n${FROM}Subject: b\n\ntwo\n`,
    ['Subject: a\nContent-Length: 3\n\nlonger than three\n', 'Subject: b\n\ntwo\n'],
  ],
  [
    'no blank line between',
    `${FROM}Subject: a\n\none\n${FROM}Subject: b\n\ntwo\n`,
    ['Subject: a\n\none\n', 'Subject: b\n\ntwo\n'],
  ],
  ['header only', `${FROM}Subject: a\n\n${FROM}Subject: b\n\n`, ['Subject: a\n', 'Subject: b\n']],
  ['no last line end', `${FROM}Subject: a\n\none`, ['Subject: a\n\none']],
];
for (const [name, file, letters] of dialects) {
  test(`mbox: ${name}`, async () => {
    assert.deepEqual(await lettersOf(file), letters);
  });
}

test('a letter is found wherever the blocks of the reader are cut', async () => {
  const path = join(dir, 'large.mbox');
  const filler = `${'y'.repeat(99)}\n`;
  // 4 MiB is the reader's block: separators are laid on, before and after its edge.
  for (const slack of [-8, -6, -5, -4, -1, 0, 1, 5]) {
    const first = `${FROM}Subject: a\n\n`;
    const body = filler.repeat(Math.floor((4 * 1024 * 1024 + slack - first.length - 1) / filler.length));
    const pad = 'z'.repeat(Math.max(0, 4 * 1024 * 1024 + slack - first.length - body.length - 2));
    await writeFile(path, `${first}${body}${pad}\n\n${FROM}Subject: b\n\ntwo\n`);
    const file = await open(path);
    const found = [];
    for await (const each of scanMbox(file, (await file.stat()).size)) found.push(each);
    await file.close();
    assert.equal(found.length, 2, `slack ${slack}`);
  }
});

test('quoting and unquoting give back the same octets', () => {
  for (const text of [
    'Subject: a\n\nFrom me\n>From you\n',
    'From the start\n',
    'x',
    '',
    'a\nFrom ',
    'no From inside\n>>From\n',
  ]) {
    const bytes = Buffer.from(text);
    const quoted = Buffer.concat(quoteMbox(bytes, FROM.trim())).toString();
    const inner = quoted.slice(FROM.length, quoted.endsWith('\n\n') && !text.endsWith('\n') ? -2 : -1);
    assert.equal(Buffer.from(unquoteMbox(Buffer.from(inner))).toString(), text);
    assert.doesNotMatch(inner, /^From /m);
  }
});

test('flags in a Maildir name go both ways', () => {
  assert.deepEqual(maildirFlags('1.2.host:2,FRS'), ['flagged', 'answered', 'seen']);
  assert.deepEqual(maildirFlags('1.2.host;2,T'), ['deleted']);
  assert.deepEqual(maildirFlags('1.2.host'), []);
  assert.equal(maildirName('1.2.host', ['seen', 'flagged']), '1.2.host:2,FS');
});

test('marks that other programs left in the header are read', () => {
  assert.deepEqual(mboxFlags(Buffer.from('Status: RO\nX-Status: AF\nSubject: a\n\nStatus: x')), [
    'seen',
    'answered',
    'flagged',
  ]);
  assert.deepEqual(mboxFlags(Buffer.from('X-Mozilla-Status: 1003\n\n')), ['seen', 'answered', 'forwarded']);
  assert.deepEqual(mboxFlags(Buffer.from('Subject: a\n\nStatus: RO\n')), []);
});

test('folders, Maildirs, packed files and rubbish are told apart', async () => {
  const root = join(dir, 'tree');
  for (const each of ['m/cur', 'm/new', 'm/tmp', 'm/.Sub/cur', 'm/.Sub/new', 'm/.Sub/tmp', 'plain/deep'])
    await mkdir(join(root, each), { recursive: true });
  const eml = 'Subject: e\r\n\r\nbody\r\n';
  await writeFile(join(root, 'm/cur/1.a:2,FS'), eml);
  await writeFile(join(root, 'm/new/2.b'), eml);
  await writeFile(join(root, 'm/.Sub/cur/3.c:2,'), eml);
  await writeFile(join(root, 'plain/deep/x.eml'), eml);
  await writeFile(join(root, 'plain/y.eml.gz'), gzipSync(eml));
  await writeFile(join(root, 'plain/z.mbox.gz'), gzipSync(`${FROM}Subject: a\n\none\n`));
  await writeFile(join(root, 'plain/picture.png'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]));
  await writeFile(
    join(root, 'plain/bad.eml.gz'),
    Buffer.concat([gzipSync(eml).subarray(0, 12), Buffer.from('rubbish')]),
  );
  await writeFile(join(root, 'plain/none.eml'), '');
  await writeFile(join(root, 'plain/mail-with-from-line.eml'), `${FROM}Subject: f\n\nkept\n`);
  const problems: string[] = [];
  const found: [string, string[], string[], string][] = [];
  for await (const letter of readSources([root, join(root, 'absent')], {
    onProblem: (path, reason) => problems.push(`${path.split('/').at(-1)} ${reason}`),
  })) {
    const bytes = await letter.read();
    found.push([
      letter.path.slice(root.length + 1),
      letter.flags,
      letter.folder,
      Buffer.from(bytes).toString().slice(0, 9),
    ]);
  }
  assert.deepEqual(
    found.map((each) => each[0]),
    [
      'm/cur/1.a:2,FS',
      'm/new/2.b',
      'm/.Sub/cur/3.c:2,',
      'plain/deep/x.eml',
      'plain/mail-with-from-line.eml',
      'plain/y.eml.gz',
      'plain/z.mbox.gz#1',
    ],
  );
  assert.deepEqual(found[0]?.[1], ['flagged', 'seen']);
  assert.deepEqual(found[2]?.[2], ['m', 'Sub']);
  assert.equal(found[4]?.[3], 'From olga', 'an eml is kept as it stands');
  assert.deepEqual(problems.sort(), [
    'absent not-found',
    'bad.eml.gz internal',
    'none.eml empty-file',
    'picture.png not-a-letter',
  ]);
});

test('mboxes side by side are folders of their own, one alone is what its folder is', async () => {
  const root = join(dir, 'boxes');
  const box = `${FROM}Subject: a\n\none\n`;
  const put = async (path: string, text = box): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const shape = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const letter of readSources([root], {
      onProblem: (path, reason) => assert.fail(path + reason),
    }))
      found.push(letter.folder.join('/'));
    await rm(root, { recursive: true });
    return found;
  };
  await put('inbox');
  await put('sent.mbx');
  await put('old.mbox', box);
  await put('alone/mbox');
  await put('note.eml', 'Subject: e\n\nbody\n');
  assert.deepEqual(await shape(), ['alone', 'inbox', '', 'old', 'sent']);
  await put('Lists');
  await put('Lists.sbd/kernel');
  await put('Lists.sbd/kernel.sbd/deep');
  assert.deepEqual(await shape(), ['Lists', 'Lists/kernel', 'Lists/kernel/deep']);
  for (const name of ['7', '12', '0001.ab', '0002.cd']) await put(`mh/${name}`);
  assert.deepEqual(await shape(), ['mh', 'mh', 'mh', 'mh']);
  for (let n = 0; n < 201; n++) await put(`letter-${n}`);
  assert.deepEqual(new Set(await shape()), new Set(['']));
});

test('folders of Pegasus Mail: called by the name inside, letters whole, one without an end said', async () => {
  const root = join(dir, 'pegasus');
  await mkdir(root, { recursive: true });
  const head = Buffer.alloc(128);
  head.set(cp1251('Стройка'));
  head.write('R1H9W7V5:0A64', 0x56);
  const letters = [
    'Subject: a\r\n\r\none\r\n',
    'Subject: b\r\n\r\nan odd \x1a octet\r\n',
    'Subject: c\r\n\r\nthree\r\n',
  ];
  const whole = Buffer.concat([head, ...letters.map((text) => Buffer.from(`${text}\x1a`, 'latin1'))]);
  const read = async (octets: Buffer): Promise<[string[], string[]]> => {
    await writeFile(join(root, 'FOL1.PMM'), octets);
    const texts: string[] = [];
    const problems: string[] = [];
    const onProblem = (_: string, reason: string) => void problems.push(reason);
    for await (const letter of readSources([root], { onProblem })) {
      assert.deepEqual(letter.folder, ['Стройка']);
      texts.push(Buffer.from(await letter.read()).toString('latin1'));
    }
    return [texts, problems];
  };
  assert.deepEqual(await read(whole), [letters, []]);
  assert.deepEqual(await read(whole.subarray(0, -3)), [
    [...letters.slice(0, 2), (letters[2] as string).slice(0, -2)],
    ['cut-short'],
  ]);
  assert.deepEqual(await read(head), [[], []]);
  assert.deepEqual(await read(Buffer.concat([head, Buffer.from('no letter at all')])), [
    [],
    ['not-a-letter'],
  ]);
});

const corpus = process.env['POSTROOM_CORPUS'] ?? '';
test('a file that is named is taken for a letter by its text, never by octets of something else', async () => {
  const named = async (name: string, bytes: string | Buffer): Promise<string[]> => {
    const path = join(dir, name);
    await writeFile(path, bytes);
    const told: string[] = [];
    const onProblem = (_: string, reason: string) => void told.push(reason);
    for await (const letter of readSources([path], { onProblem })) told.push(`${letter.size} octets`);
    return told;
  };
  const store = Buffer.from([0x21, 0x42, 0x44, 0x00, 0x8d, 0x01, 0xff, 0x7f]);
  assert.deepEqual(await named('damaged.pst', store), ['not-a-letter']);
  assert.deepEqual(await named('picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])), [
    'not-a-letter',
  ]);
  assert.deepEqual(await named('koi8', Buffer.from([0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4, 0x0a])), [
    '7 octets',
  ]);
  assert.deepEqual(await named('torn.eml', Buffer.concat([Buffer.from('Subject: x\r\n'), Buffer.alloc(9)])), [
    '21 octets',
  ]);
});

test('the corpus: every letter of the archives, unquoted as they say', {
  skip: !existsSync(join(corpus, 'office')) && 'no corpus',
}, async () => {
  for (const [name, count] of [
    ['usrp-users.mbox.gz', 569],
    ['linux-mips.mbox.gz', 1103],
  ] as const) {
    const path = join(corpus, 'office', name);
    let n = 0;
    let octets = 0;
    for await (const letter of readSources([path], { onProblem: (_, reason) => assert.fail(reason) })) {
      n++;
      octets += (await letter.read()).length;
    }
    assert.equal(n, count, name);
    const plain = gunzipSync(await readFile(path));
    assert.ok(octets < plain.length && octets > plain.length * 0.95);
  }
  const hard = await readdir(join(corpus, 'hard'), { recursive: true });
  assert.ok(hard.length > 600);
});
