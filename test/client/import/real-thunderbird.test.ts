/**
 * A profile that Thunderbird itself made, brought in and compared with what Thunderbird said of it.
 *
 * The fixture was made by Thunderbird 153 ESR (headless, driven over Marionette, in a network namespace that has nothing but
 * loopback): an IMAP account and a POP3 account on a Dovecot, local folders with Russian names three levels deep, letters
 * marked read, starred, answered, forwarded, tagged and junk through its own interfaces, some deleted and not compacted, a
 * filter list for each account, two books with lists, three identities with signatures. `truth.json` is what its message
 * databases said at the end. Paths of the machine were taken out of prefs.js, where the program looks for them anew.
 *
 * POSTROOM_THUNDERBIRD names a folder with a larger one: `profile` and `truth.json`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { type TestContext, test } from 'node:test';
import { openPromise } from 'yauzl';
import { FLAGS } from '../../../main/contract/mail/flags.ts';
import type { BringReport } from '../../../main/contract/mail/moving.ts';
import { jobEnded } from '../kit/jobs.ts';
import { openTestProfile, type TestProfile } from '../kit/profile.ts';

interface Told {
  id: string;
  subject: string;
  read: boolean;
  star: boolean;
  replied: boolean;
  forwarded: boolean;
  keys: string;
  junk: string;
}
interface Truth {
  folders: { account: string; levels: string[]; messages: Told[] }[];
  /**
   * SHA-256 of every letter's octets with line ends as LF and none at the end; of letters that came with marks of another
   * Thunderbird at their start, which it takes for its own and writes into, without them too.
   */
  originals: string[];
}

const TAGS: Record<string, string> = {
  $label1: 'Срочно',
  '>1j5:b_5': 'Объект 5',
  '=d0=96=d0=b4=d1=91=d0=bc=20=d0=be=d1=82=d0=b2=d0=b5=d1=82=d0=b0': 'Ждём ответа',
};

const told = (each: Told): string =>
  [
    each.id.startsWith('md5:') ? '' : each.id.replace(/\s+/g, ''),
    [
      ...(each.read ? ['seen'] : []),
      ...(each.replied ? ['answered'] : []),
      ...(each.star ? ['flagged'] : []),
      ...(each.forwarded ? ['forwarded'] : []),
      ...(Number(each.junk) >= 50 ? ['junk'] : []),
    ].join(' '),
    each.keys
      .split(' ')
      .filter((key) => key !== '')
      .map((key) => TAGS[key.toLowerCase()] ?? key)
      .sort()
      .join(', '),
  ].join(' | ');

function found(p: TestProfile): Map<string, string[]> {
  const db = new DatabaseSync(join(p.dir, 'profile', 'store.db'), { readOnly: true });
  try {
    const tags = new Map(
      (db.prepare('SELECT keyword, name FROM tags').all() as { keyword: string; name: string }[]).map(
        ({ keyword, name }) => [keyword.toLowerCase(), name],
      ),
    );
    const rows = db
      .prepare(
        'SELECT f.path, m.message_id AS id, m.flags, m.keywords FROM folders f LEFT JOIN messages m ON m.folder = f.id',
      )
      .all() as { path: string; id: string | null; flags: number; keywords: string }[];
    const all = new Map<string, string[]>();
    for (const { path, id, flags, keywords } of rows) {
      const here = all.get(path) ?? [];
      all.set(path, here);
      if (id === null) continue;
      const names = FLAGS.filter((flag, n) => flags & (1 << n) && flag !== 'deleted');
      const words = keywords.split(' ').filter((each) => each !== '');
      here.push(
        [
          id,
          names.join(' '),
          words
            .map((word) => tags.get(word.toLowerCase()) ?? word)
            .sort()
            .join(', '),
        ].join(' | '),
      );
    }
    return all;
  } finally {
    db.close();
  }
}

/** The letter's octets as the fixture's list of originals counts them. */
function printOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1').replace(/\r\n/g, '\n').replace(/\n+$/, '');
  return createHash('sha256').update(text, 'latin1').digest('hex');
}

async function compare(
  t: TestContext,
  dir: string,
  before?: (p: TestProfile) => Promise<unknown>,
): Promise<TestProfile & { report: BringReport }> {
  const truth = JSON.parse(await readFile(join(dir, 'truth.json'), 'utf8')) as Truth;
  const p = await openTestProfile(t);
  await before?.(p);
  const { job } = await p.call('moving.start', { paths: [join(dir, 'profile')], folder: null });
  const { problem } = await jobEnded(p, job);
  assert.equal(problem, null);
  const here = found(p);
  for (const { account, levels, messages } of truth.folders) {
    if (messages.length === 0) continue;
    const path = ['Thunderbird', account, ...levels.map((level) => level.replaceAll('/', '_'))].join('/');
    assert.deepEqual([...(here.get(path) ?? [])].sort(), messages.map(told).sort(), path);
  }
  const letters = truth.folders.reduce((sum, { messages }) => sum + messages.length, 0);
  assert.equal([...here.values()].flat().length, letters);
  const [newest] = await p.call('moving.reports', {});
  assert.ok(newest);
  const originals = new Set(truth.originals);
  const odd: string[] = [];
  for (const row of await p.profile.store.read('folders.list'))
    for (let after = -1; ; ) {
      const page = await p.profile.store.read('moving.page', { folder: row.id, after, limit: 500 });
      for (const each of page) {
        const bytes = await p.profile.store.blobs.read(each.blob as Uint8Array);
        if (!originals.has(printOf(bytes))) odd.push(`${row.path} ${each.id}`);
      }
      const last = page.at(-1);
      if (!last) break;
      after = last.key;
    }
  assert.deepEqual(odd, [], 'octets are those that Thunderbird was given');
  return { ...p, report: newest.report };
}

/** The fixture in a folder of its own. */
async function unpacked(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-thunderbird-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const zip = await openPromise(join(import.meta.dirname, '..', '..', 'fixtures', 'thunderbird-153.zip'), {
    lazyEntries: true,
    autoClose: false,
  });
  try {
    for await (const entry of zip.eachEntry()) {
      const path = join(dir, ...entry.fileName.split('/'));
      await mkdir(dirname(path), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path));
    }
  } finally {
    zip.close();
  }
  return dir;
}

async function printOfFolder(dir: string): Promise<string[]> {
  const prints: string[] = [];
  for (const name of (await readdir(dir, { recursive: true })).sort()) {
    const path = join(dir, name);
    if (!(await stat(path)).isFile()) continue;
    prints.push(
      `${name} ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`,
    );
  }
  return prints;
}

test('a profile made by Thunderbird itself', async (t) => {
  const dir = await unpacked(t);
  const before = await printOfFolder(dir);
  const p = await compare(t, dir, async (own) => {
    // Two accounts of hers are here already; nothing connects.
    for (const address of ['anna@stroy.example', 'pavel@stroy.example'])
      await own.profile.store.write('accounts.insert', {
        address,
        name: 'Anna',
        incoming: { host: 'mail.stroy.example', port: 993, security: 'tls', user: address, auth: 'auto' },
        outgoing: null,
        policy: { keep: 'everything' },
        saveSent: true,
      });
  });

  await t.test('people, lists as groups, books by their names', async () => {
    const books = await p.call('contacts.books', {});
    assert.deepEqual(
      books.filter(({ count }) => count > 0).map(({ kind, name, count }) => [kind, name, count]),
      [
        ['own', '', 5],
        ['collected', '', 1],
        ['own', 'Подрядчики', 2],
      ],
    );
    const { rows } = await p.call('contacts.window', { count: 50 });
    const groups = rows.filter(({ kind }) => kind === 'group');
    const members = new Map<string, string[]>();
    for (const { id, name } of groups)
      members.set(
        name,
        (await p.call('contacts.get', { id })).content.members.map(({ address }) => address).sort(),
      );
    assert.deepEqual(
      [...members].sort(([a], [b]) => (a < b ? -1 : 1)),
      [
        ['Кровельщики', ['info@krovlya.example']],
        ['Поставщики', ['p.ilin@beton.example', 'zoe@kraemer.example']],
        ['Пустой список', []],
      ],
    );
    assert.ok(rows.find(({ address }) => address === 'photo@stroy.example')?.photo);
    const ilin = rows.find(({ address }) => address === 'p.ilin@beton.example');
    const { content } = await p.call('contacts.get', { id: ilin?.id ?? 0 });
    assert.equal(content.family, 'Ильин');
    assert.equal(content.birthday, '1978-04-12');
    assert.equal(content.organisation, 'Бетон, ООО');
    assert.deepEqual(
      content.phones.map(({ type, value }) => [type, value]),
      [
        ['work', '+7 495 123-45-67'],
        ['mobile', '+7 916 000-11-22'],
      ],
    );
  });
  await t.test('filters as rules; what cannot be said is told', async () => {
    const rules = await p.call('rules.list', {});
    const [anna, pavel] = (await p.call('accounts.list', {})).map(({ id }) => id);
    const forest = await p.folder('Thunderbird/Local Folders/Проекты/Дом на Лесной');
    const ofAccount = (value = 0) => ({ field: 'account' as const, value, not: false });
    assert.deepEqual(
      rules.map(({ name, enabled, stop, when, actions }) => ({ name, enabled, stop, when, actions })),
      [
        {
          name: 'Лесная',
          enabled: true,
          stop: true,
          when: {
            match: 'all',
            of: [
              ofAccount(anna),
              {
                match: 'all',
                of: [
                  { field: 'subject', test: 'contains', value: 'Лесная', not: false },
                  { field: 'from', test: 'contains', value: 'stroy', not: false },
                ],
              },
            ],
          },
          actions: [{ do: 'move', to: forest }, { do: 'read' }],
        },
        {
          name: 'Счета "все"',
          enabled: true,
          stop: false,
          when: {
            match: 'all',
            of: [
              ofAccount(anna),
              {
                match: 'any',
                of: [
                  { field: 'subject', test: 'begins', value: 'Счёт', not: false },
                  { field: 'body', test: 'contains', value: 'оплата', not: false },
                  { field: 'size', test: 'over', value: 500 * 1024, not: false },
                ],
              },
            ],
          },
          actions: [{ do: 'tag', tag: 'Срочно' }, { do: 'flag' }],
        },
        {
          name: 'List header',
          enabled: true,
          stop: false,
          when: {
            match: 'all',
            of: [
              ofAccount(anna),
              {
                match: 'all',
                of: [{ field: 'header', name: 'list-id', test: 'contains', value: 'builders', not: false }],
              },
            ],
          },
          actions: [
            { do: 'forward', to: ['boss@stroy.example'] },
            { do: 'copy', to: forest },
          ],
        },
        {
          name: 'Old and unread',
          enabled: false,
          stop: false,
          when: {
            match: 'all',
            of: [
              ofAccount(anna),
              {
                match: 'all',
                of: [
                  { field: 'age', test: 'older', value: 30, not: false },
                  { field: 'has-file', not: false },
                ],
              },
            ],
          },
          actions: [{ do: 'delete' }],
        },
        {
          name: 'Delete on server',
          enabled: true,
          stop: false,
          when: {
            match: 'all',
            of: [
              ofAccount(pavel),
              { match: 'all', of: [{ field: 'subject', test: 'ends', value: '(spam)', not: false }] },
            ],
          },
          actions: [{ do: 'plan', mark: 'delete' }],
        },
      ],
    );
    assert.deepEqual(
      p.report.unreadable
        .filter(({ reason }) => reason.startsWith('rule-'))
        .map(({ path, reason }) => [path.replace(/^.*?: /, '').replace(/^.*?: /, ''), reason]),
      [
        ['Priority (cannot be said here): priority is Highest', 'rule-question'],
        ['Priority (cannot be said here): Change priority Highest', 'rule-deed'],
        ['Priority (cannot be said here)', 'rule-nothing'],
        ['To or Cc: JunkScore 100', 'rule-deed'],
        ['To or Cc', 'rule-nothing'],
      ],
    );
    assert.equal(p.report.rules, 5);
  });
  await t.test('identities with their signatures, no password', async () => {
    const signatures = new Map((await p.call('signatures.list', {})).map((each) => [each.id, each]));
    assert.deepEqual(
      [...signatures.values()].map(({ name, html, text }) => [name, html, text]),
      [
        ['Анна Смирнова, anna@stroy.example', '<p>С уважением,<br><b>Анна Смирнова</b></p>', ''],
        [
          'Отдел закупок, Закупки, tender@stroy.example',
          '<p>Отдел закупок<br>т. 123-45-67 &quot;доб. 5&quot;</p>',
          'Отдел закупок\nт. 123-45-67 "доб. 5"',
        ],
        ['Pavel Orlov, pavel@stroy.example', '<p>Павел Орлов<br>склад №2</p>', 'Павел Орлов\nсклад №2'],
      ],
    );
    assert.deepEqual(
      (await p.call('identities.list', {})).map((each) => [
        each.address,
        each.main,
        each.label,
        each.organisation,
        each.replyTo.map(({ address }) => address),
        each.bcc.map(({ address }) => address),
        signatures.get(each.signatures.new as number)?.name.replace(/^.*, /, ''),
      ]),
      [
        [
          'anna@stroy.example',
          true,
          '',
          'ООО «Стройка»',
          ['office@stroy.example'],
          ['archive@stroy.example'],
          'anna@stroy.example',
        ],
        ['tender@stroy.example', false, 'Закупки', '', [], [], 'tender@stroy.example'],
        ['pavel@stroy.example', true, '', '', [], [], 'pavel@stroy.example'],
      ],
    );
    assert.equal(p.report.identities, 3);
    assert.equal(p.report.signatures, 3);
  });

  await t.test('its files stay as they were', async () => {
    assert.deepEqual(await printOfFolder(dir), before);
  });
  await t.test('a second time there is nothing new', async () => {
    const { job } = await p.call('moving.start', { paths: [join(dir, 'profile')], folder: null });
    const { result } = await jobEnded(p, job);
    assert.equal(result?.imported, 0);
    assert.equal(result?.people, 0);
  });
});

const large = process.env['POSTROOM_THUNDERBIRD'];
test('a large profile made by Thunderbird', {
  skip: large ? false : 'POSTROOM_THUNDERBIRD is not set',
}, async (t) => {
  await compare(t, large as string);
});
