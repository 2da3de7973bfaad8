/**
 * Rules as Sieve, put to Pigeonhole's sieve-test on letters: both engines give a letter the same place, copies and marks.
 * Counted as skipped where sieve-test is not installed.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Facts } from '../../../main/client/rules/facts.ts';
import { Judge, type KeptRule } from '../../../main/client/rules/judge.ts';
import { writeSieve } from '../../../main/client/rules/sieve.ts';
import { keptRule, letterInput, letterText, ON_DEMAND, octets, withFile } from './letters.ts';

const run = promisify(execFile);
const missing = spawnSync('sieve-test', ['-h']).error ? 'no sieve-test here' : false;
const NAMES = {
  accounts: [{ id: 1, address: 'me@office.example' }],
  folders: [
    { id: 1, account: 1, path: 'INBOX' },
    { id: 2, account: 1, path: 'Projects/Block 4' },
    { id: 3, account: 1, path: 'Lists' },
    { id: 4, account: 1, path: `Счета \${place}` },
  ],
};

const RULES: KeptRule[] = [
  keptRule({
    name: 'Supply',
    when: {
      match: 'all',
      of: [
        { field: 'from', test: 'domain', value: 'otd2.example' },
        {
          match: 'any',
          of: [
            { field: 'subject', test: 'contains', value: 'Delivery' },
            { field: 'subject', test: 'contains', value: 'Поставка' },
            { field: 'file-name', test: 'ends', value: '.xlsx' },
          ],
        },
      ],
    },
    actions: [{ do: 'move', to: 2 }, { do: 'flag' }],
  }),
  keptRule({
    name: 'Lists',
    when: { match: 'any', of: [{ field: 'list' }] },
    actions: [{ do: 'move', to: 3 }, { do: 'read' }],
    stop: true,
  }),
  keptRule({
    name: 'Invoices',
    when: {
      match: 'all',
      of: [
        { field: 'body', test: 'contains', value: 'invoice "2214"' },
        { field: 'size', test: 'under', value: 100_000 },
      ],
    },
    actions: [{ do: 'copy', to: 4 }],
  }),
  keptRule({
    name: 'Not these',
    when: {
      match: 'none',
      of: [
        { field: 'recipient', test: 'contains', value: 'me@' },
        { field: 'subject', test: 'begins', value: 'Re:' },
      ],
    },
    actions: [{ do: 'delete' }],
  }),
  keptRule({
    name: 'Scanner',
    when: { match: 'all', of: [{ field: 'header', name: 'X-Scanner', test: 'is', value: 'floor*2' }] },
    actions: [{ do: 'move', to: 4 }],
  }),
  keptRule({
    name: 'Pattern',
    when: { match: 'all', of: [{ field: 'subject', test: 'regex', value: '^tender [0-9]+/20(25|26)$' }] },
    actions: [{ do: 'move', to: 3 }],
  }),
  keptRule({
    name: 'Here only',
    when: { match: 'all', of: [{ field: 'known' }] },
    actions: [{ do: 'delete' }],
  }),
  keptRule({
    name: 'Exactly',
    when: {
      match: 'all',
      of: [
        { field: 'from', test: 'is', value: 'boss@office.example' },
        { field: 'subject', test: 'is', value: 'urgent', not: true },
      ],
    },
    actions: [{ do: 'flag' }],
  }),
];

const LETTERS: string[] = [
  letterText({}),
  letterText({ Subject: 'A DELIVERY note' }),
  letterText({ Subject: 'A delivery note', From: 'x@otd2.example.org' }),
  letterText({ Subject: 'A delivery note', From: 'X <x@sub.otd2.example>' }),
  letterText({ Subject: '=?utf-8?B?0J/RgNC+0LrQsNGCOiDQv9C+0YHRgtCw0LLQutCw?=' }),
  letterText(...withFile('list_46.XLSX')),
  letterText({ 'List-Id': '<builders.example>', Subject: 'delivery' }),
  letterText({ Precedence: 'bulk' }),
  letterText({}, 'Here is the invoice "2214".\n'),
  letterText({ To: 'others@office.example' }),
  letterText({ To: 'others@office.example', Subject: 're: yes' }),
  letterText({ 'X-Scanner': 'floor*2' }),
  letterText({ 'X-Scanner': 'floor 2' }),
  letterText({ Subject: 'Tender 12/2026' }),
  letterText({ Subject: 'A tender 12/2026' }),
  letterText({ From: 'Boss <BOSS@office.example>' }),
  letterText({ From: 'Boss <boss@office.example>', Subject: 'Urgent' }),
];

interface Outcome {
  place: string;
  copies: string[];
  flags: string[];
}

function ours(text: string): Outcome {
  const judge = new Judge({ rules: RULES.filter((each) => each.name !== 'Here only'), accounts: [] });
  const verdict = judge.look(new Facts(letterInput(text)), ON_DEMAND, Date.now());
  const path = (id: number): string => NAMES.folders.find((each) => each.id === id)?.path ?? '';
  const outcome: Outcome = { place: '', copies: [], flags: [] };
  for (const action of verdict.held.flatMap((each) => each.actions)) {
    if (action.do === 'move') outcome.place ||= path(action.to);
    if (action.do === 'delete') outcome.place ||= 'Trash';
    if (action.do === 'copy') outcome.copies.push(path(action.to));
    if (action.do === 'flag') outcome.flags.push('\\flagged');
    if (action.do === 'read') outcome.flags.push('\\seen');
  }
  outcome.place ||= 'INBOX';
  return { ...outcome, flags: outcome.flags.sort() };
}

/** What sieve-test says it would do; names are in the order of doing. */
function theirs(said: string): Outcome {
  const stores: { name: string; flags: string[] }[] = [];
  for (const line of said.split('\n')) {
    const store = /^ \* store message in folder: (.*)$/.exec(line);
    if (store) stores.push({ name: (store[1] ?? '').trim(), flags: [] });
    const flags = /\+ add IMAP flags: (.*)$/.exec(line)?.[1] ?? '';
    stores.at(-1)?.flags.push(...[...flags.toLowerCase().matchAll(/\\\w+/g)].map(([flag]) => flag));
  }
  const last = stores.at(-1);
  return {
    place: last?.name ?? '',
    copies: stores.slice(0, -1).map((each) => each.name),
    flags: (last?.flags ?? []).sort(),
  };
}

/** Pigeonhole refuses to act as root: then it acts as nobody, in a folder that is open to everybody. */
const NOBODY = 65_534;
const uid = process.getuid?.() || NOBODY;
const gid = process.getgid?.() || NOBODY;
const configuration = (dir: string): string =>
  `mail_uid = ${uid}\nmail_gid = ${gid}\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nmail_location = maildir:${dir}/mail\nlog_path = /dev/stderr\nssl = no\n`;

describe('a Sieve script says the same', { skip: missing }, () => {
  let dir = '';
  const extensions = '+regex +mime +foreverypart +variables +body +imap4flags +copy +fileinto';
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'postroom-sieve-'));
    await mkdir(join(dir, 'mail'));
    await chmod(dir, 0o777);
    await chmod(join(dir, 'mail'), 0o777);
    await writeFile(join(dir, 'dovecot.conf'), configuration(dir));
    await writeFile(join(dir, 'rules.sieve'), writeSieve(RULES, NAMES).script);
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const verdict = async (text: Uint8Array): Promise<Outcome> => {
    const letter = join(dir, 'letter.eml');
    await writeFile(letter, text);
    const { stdout } = await run(
      'sieve-test',
      [
        '-c',
        join(dir, 'dovecot.conf'),
        '-x',
        extensions,
        '-r',
        'me@office.example',
        '-f',
        'x@y.example',
        join(dir, 'rules.sieve'),
        letter,
      ],
      { env: { ...process.env, HOME: dir, USER: 'me' } },
    );
    return theirs(stdout);
  };

  LETTERS.forEach((text, n) => {
    it(`of letter ${n + 1}: ${JSON.stringify(ours(text))}`, async () => {
      assert.deepEqual(await verdict(octets(text)), ours(text));
    });
  });

  const corpus = process.env['POSTROOM_CORPUS'];
  it('of real letters', { skip: corpus ? false : 'POSTROOM_CORPUS is not set' }, async (t) => {
    const files = readdirSync(corpus ?? '', { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile() && each.name.endsWith('.eml'))
      .slice(0, Number(process.env['POSTROOM_SIEVE_LETTERS'] ?? 40));
    let agreed = 0;
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name));
      const mine = ours(bytes.toString('latin1'));
      const other = await verdict(bytes);
      if (mine.place === other.place) agreed++;
      else t.diagnostic(`${file.name}: ${mine.place} / ${other.place}`);
    }
    t.diagnostic(`${agreed} of ${files.length} letters`);
    // Broken letters are read differently by every program; most agree.
    assert.ok(agreed >= files.length * 0.9, `${agreed} of ${files.length}`);
  });
});

describe('what a script leaves out', () => {
  it('is told and stands in it as a comment', () => {
    const { script, left } = writeSieve(
      [
        ...RULES,
        keptRule({
          name: 'Lazy',
          when: { match: 'all', of: [{ field: 'subject', test: 'regex', value: 'a+?' }] },
          actions: [{ do: 'flag' }],
        }),
        keptRule({
          name: 'Aloud',
          when: { match: 'all', of: [{ field: 'list' }] },
          actions: [{ do: 'sound' }, { do: 'flag' }],
        }),
        keptRule({
          name: 'Off',
          enabled: false,
          when: { match: 'all', of: [{ field: 'list' }] },
          actions: [{ do: 'flag' }],
        }),
      ],
      NAMES,
    );
    assert.deepEqual(left, [
      { rule: 'Here only', what: 'known' },
      { rule: 'Lazy', what: 'regex' },
      { rule: 'Aloud', what: 'sound' },
    ]);
    assert.match(script, /# Here only: not in this script/);
    assert.doesNotMatch(script, /Off/);
  });

  it('a name cannot end its comment or its string', () => {
    const { script } = writeSieve(
      [
        keptRule({
          name: 'a\r\nkeep;',
          when: { match: 'all', of: [{ field: 'subject', test: 'is', value: '"; discard; "\\' }] },
          actions: [{ do: 'flag' }],
        }),
      ],
      NAMES,
    );
    assert.match(script, /^# a keep;$/m);
    assert.match(script, /"\\"; discard; \\"\\\\"/);
  });
});
