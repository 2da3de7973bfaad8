/** The command line and a maildrop: an account by POP3, headers first, a plan, marks, and the plan carried out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OFFICE_DOMAIN, passwordOf } from '../kit/office.ts';
import { openPop3Office } from '../kit/pop3.ts';
import { openCommandLine } from './kit/command-line.ts';

interface Items {
  items: { id: number; subject: string; body?: string; mark?: string }[];
}
interface Plan {
  asked: boolean;
  fetch: { count: number; octets: number };
  remove: { count: number };
  saved: number;
}
interface Synced {
  accounts: {
    newMessages: number;
    error: string | null;
    pop3: { fetched: number; headers: number; removed: number };
  }[];
}

const letter = (subject: string, size: number) =>
  `From: boris@x.example\r\nTo: kcope@${OFFICE_DOMAIN}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\n${'words '.repeat(size / 6)}\r\n`;

test('the command line and a maildrop', async (t) => {
  const office = await openPop3Office(t);
  await office.deliver('kcope', letter('small', 600), letter('drawing', 60_000), letter('advert', 90_000));
  const line = await openCommandLine();
  t.after(() => line.close());
  const address = `kcope@${OFFICE_DOMAIN}`;
  const servers = ['--pop3-host', '127.0.0.1', '--pop3-port', String(office.port), '--pop3-security', 'none'];
  const rules = ['--headers-above', '50', '--leave', '14', '--delete-from-trash', '--user', 'kcope'];

  const added = await line.json<{ kind: string; pop3: unknown }>(
    ['account', 'add', '--address', address, ...servers, ...rules],
    `${passwordOf('kcope')}\n`,
  );
  assert.equal(added.kind, 'pop3');
  assert.deepEqual(added.pop3, { headersAbove: 50, leave: 'days', days: 14, deleteFromTrash: true });

  const folders = await line.json<{ path: string }[]>(['folders']);
  assert.deepEqual(
    folders.map((each) => each.path),
    ['Inbox', 'Drafts', 'Sent', 'Archive', 'Junk', 'Trash'],
  );
  const first = await line.json<Synced>(['sync', '--once']);
  assert.deepEqual(
    first.accounts.map(({ newMessages, error, pop3 }) => [newMessages, error, pop3.fetched, pop3.headers]),
    [[3, null, 1, 2]],
  );
  const { items } = await line.json<Items>(['list', '--folder', `${address}/Inbox`]);
  const id = (subject: string) => String(items.find((each) => each.subject === subject)?.id);
  await line.json(['pop3', 'mark', id('drawing'), '--as', 'fetch']);
  await line.json(['pop3', 'mark', id('advert'), '--as', 'delete']);
  const marked = await line.json<Items>(['list', '--folder', `${address}/Inbox`]);
  assert.deepEqual(
    marked.items.map(({ subject, body, mark }) => [subject, body, mark]).sort(),
    [
      ['advert', 'header', 'delete'],
      ['drawing', 'header', 'fetch'],
      ['small', undefined, undefined],
    ],
    'what stands on the server by its header, and what becomes of it',
  );
  const wrong = await line.run(['pop3', 'mark', id('small'), '--as', 'fetch']);
  assert.equal(wrong.code, 1, 'it is here already');
  assert.equal((await line.run(['pop3', 'mark', id('small'), '--as', 'eat'])).code, 2);

  for (const ask of [[], ['--ask']]) {
    const plan = await line.json<Plan>(['pop3', 'plan', '--account', address, ...ask]);
    assert.deepEqual([plan.asked, plan.fetch.count, plan.remove.count], [ask.length > 0, 1, 1]);
    assert.ok(plan.saved > 89_000 && plan.saved < 120_000, `${plan.saved} saved`);
  }
  const done = await line.json<Synced>(['pop3', 'run', '--account', address]);
  assert.deepEqual(
    done.accounts.map(({ pop3 }) => [pop3.fetched, pop3.removed]),
    [[1, 1]],
  );
  const raw = await line.run(['raw', id('drawing')]);
  assert.equal(raw.stdout.toString('latin1'), letter('drawing', 60_000));
  const after = await line.json<Items>(['list', '--folder', `${address}/Inbox`]);
  assert.deepEqual(after.items.map((each) => each.subject).sort(), ['drawing', 'small']);

  const changed = await line.json<{ pop3: unknown }>([
    'account',
    'change',
    address,
    '--headers-above',
    'none',
    '--leave',
    'always',
  ]);
  assert.deepEqual(changed.pop3, { headersAbove: null, leave: 'always', days: 14, deleteFromTrash: true });

  // An IMAP account has its size, too; what it has not is wrong usage and is not passed over.
  const imap = [
    'account',
    'add',
    '--address',
    'anna@x.example',
    '--imap-host',
    '127.0.0.1',
    '--imap-port',
    '1',
  ];
  const policy = async (...more: string[]) =>
    (await line.json<{ policy: unknown }>([...imap, ...more], 'secret\n')).policy;
  assert.deepEqual(await policy('--headers-above', '50'), { keep: 'everything', headersAbove: 50 });
  const change = async (...more: string[]) =>
    (await line.json<{ policy: unknown }>(['accounts', 'change', 'anna@x.example', ...more])).policy;
  assert.deepEqual(await change('--keep', '12'), { keep: 'months', months: 12, headersAbove: 50 });
  assert.deepEqual(await change('--headers-above', '20'), { keep: 'months', months: 12, headersAbove: 20 });
  assert.deepEqual(await change('--headers-above', 'none'), { keep: 'months', months: 12 });
  assert.deepEqual(await change('--headers-above', '0'), { keep: 'headers' });
  const refused = await line.run(['account', 'change', 'anna@x.example', '--leave', 'never']);
  assert.deepEqual([refused.code, /--leave/.test(refused.stderr)], [2, true]);
});
