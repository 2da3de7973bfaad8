/** The command line's words for when an account connects, and what is kept of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { USUAL } from '../../main/client/collecting/timetable.ts';
import { readArguments } from '../../main/host/command-line/arguments.ts';
import { changedSchedule } from '../../main/host/command-line/schedules.ts';
import { WORDS } from '../../main/host/command-line/sentences.ts';
import { openCommandLine } from './kit/command-line.ts';

const changed = (...options: string[]) => {
  const now = changedSchedule(USUAL, readArguments(['account', 'schedule', 'a@x', ...options]));
  return Object.fromEntries(
    Object.entries(now).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(USUAL[name as 'when']),
    ),
  );
};

test('options of a schedule', () => {
  assert.deepEqual(changed(), {});
  assert.deepEqual(changed('--every', '30'), { minutes: 30 });
  assert.deepEqual(changed('--every', '0'), {});
  assert.deepEqual(changed('--at', '13:00,9'), { when: 'times', times: [780, 540] });
  assert.deepEqual(changed('--never', '--on-start', 'no'), { when: 'never', onStart: false });
  assert.deepEqual(changed('--hours', '9:00-18:30', '--days', 'mon-fri'), {
    hours: { from: 540, to: 1110 },
    days: [1, 2, 3, 4, 5],
  });
  assert.deepEqual(changed('--days', 'sat-mon,wed'), { days: [0, 1, 3, 6] });
  assert.deepEqual(changed('--days', 'all', '--hours', 'all'), {});
  for (const wrong of [
    ['--at', '25:00'],
    ['--at', ''],
    ['--hours', '9:00'],
    ['--hours', '9-10-11'],
    ['--days', 'monday'],
    ['--on-start', 'perhaps'],
    ['--every', 'x'],
    ['--every', '1441'],
  ])
    assert.throws(() => changed(...wrong), { name: 'Error' }, wrong.join(' '));
});

test('a schedule by the command line', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const address = 'anna@x.example';
  const server = ['--pop3-host', '127.0.0.1', '--pop3-port', '1', '--pop3-security', 'none', '--no-test'];
  await line.json(['account', 'add', '--address', address, ...server], 'secret\n');
  await line.json([
    'account',
    'schedule',
    address,
    '--hours',
    '9:00-18:00',
    '--days',
    'mon-fri',
    '--every',
    '15',
  ]);
  const kept = await line.json<{ schedule: unknown }>(['account', 'schedule', address]);
  assert.deepEqual(kept.schedule, {
    ...USUAL,
    minutes: 15,
    hours: { from: 540, to: 1080 },
    days: [1, 2, 3, 4, 5],
  });
  assert.equal((await line.run(['account', 'schedule', address, '--at', '13:0'])).code, 2);
});

test('what is no address is no account, and a server that is away is told in the language of the person', async (t) => {
  const line = await openCommandLine();
  t.after(() => line.close());
  const port = '1';
  const server = ['--pop3-host', '127.0.0.1', '--pop3-port', port, '--pop3-security', 'none'];
  const none = await line.run(['account', 'add', '--address', 'anna', ...server], 'secret\n');
  assert.deepEqual([none.code, none.stderr], [1, 'postroom: This is not an e-mail address. (anna)\n']);
  await line.json(['account', 'add', '--address', 'anna@x.example', ...server], 'secret\n');
  const away = await line.run(['sync', '--once', '--lang', 'ru', '--json']);
  assert.equal(away.code, 1);
  const sentence = `Сервер не принимает соединения на этом порту (127.0.0.1:${port}). ${WORDS.ru.advice.unreachable}`;
  assert.equal(away.stderr, `postroom: anna@x.example: ${sentence}\n`);
  const { accounts } = JSON.parse(away.stdout.toString('utf8')) as {
    accounts: { error: string; code: string }[];
  };
  assert.deepEqual(
    accounts.map(({ error, code }) => [error, code]),
    [[sentence, 'connection-refused']],
  );
});
