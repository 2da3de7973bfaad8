/**
 * Accounts that are to be away: a computer that slept asks nobody outside their hours, and who is asked for one thing outside
 * them is left again. Accounts that are kept connected connect anew.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { startOctetProxy } from '../../kit/octet-proxy.ts';
import { TurnedClock } from '../../kit/turned-clock.ts';
import { letter, until } from '../imap/harness.ts';
import { openTestProfile } from '../kit/profile.ts';

const HOUR = 3_600_000;
/** Ms on a machine that others use, too. */
const PATIENCE = 60_000;

test('waking asks nobody who is to be away', { skip: dovecotMissing() }, async (t) => {
  const dovecot = await startDovecot({ users: ['anna', 'boris'] });
  t.after(() => dovecot.close());
  await dovecot.save('boris', 'INBOX', letter('by its header'));
  const [kept, away] = [await startOctetProxy(dovecot.port), await startOctetProxy(dovecot.port)];
  t.after(() => Promise.all([kept.close(), away.close()]));
  const noon = new Date();
  noon.setDate(noon.getDate() + 1);
  noon.setHours(12, 0, 0, 0);
  const clock = new TurnedClock(noon.getTime() - Date.now());
  const passwords = new Map<string, string>();
  const secrets = {
    get: async (name: string) => passwords.get(name) ?? null,
    set: async (name: string, value: string) => void passwords.set(name, value),
    remove: async () => {},
  };
  const services = { kind: 'browser', secrets, frameBase: () => '' } as const;
  const { call } = await openTestProfile(t, { services, clock });
  const add = async (user: string, port: number) => {
    const incoming = { host: '127.0.0.1', port, security: 'none', user } as const;
    const address = `${user}@x.example`;
    const made = await call('accounts.add', {
      address,
      name: user,
      incoming,
      outgoing: null,
      password: dovecot.password(user),
      policy: { keep: 'headers' },
    });
    return made.id;
  };
  await add('anna', kept.port);
  const boris = await add('boris', away.port);
  const here = async () =>
    (await call('folders.list', {})).some((each) => each.account === boris && each.total === 1);
  // Before it is to be away: whether it comes at the start is asked of the schedule that stands then.
  await until('the letter is here by its header', here, PATIENCE);
  const schedule = { onStart: false, minutes: null, hours: null, days: [] };
  await call('schedule.set', {
    account: boris,
    schedule: { ...schedule, when: 'times', times: [13 * 60] },
  });
  const states = async () => (await call('accounts.list', {})).map(({ state }) => state);
  await until(
    'one is kept, one has left',
    async () => (await states()).slice(-2).join() === 'online,idle',
    PATIENCE,
  );
  await until('all lines are closed', () => away.links.open === 0, PATIENCE);

  // One letter is wanted, and no more.
  const folders = await call('folders.list', {});
  const inbox = folders.find((each) => each.account === boris && each.role === 'inbox');
  const view = { scope: { in: 'folder', folder: inbox?.id ?? 0 } } as const;
  const { rows } = await call('messages.window', { view, from: 0, count: 1 });
  const lone = away.links.made;
  await call('maildrop.fetch', { message: rows[0]?.id ?? 0 });
  assert.equal(away.links.made, lone + 1);
  await until('it has left again', () => away.links.open === 0, PATIENCE);

  const before = [kept.links.made, away.links.made] as const;

  await call('accounts.wake', {});
  await until('a connection that slept is not trusted', () => kept.links.made > before[0], PATIENCE);
  assert.equal(away.links.made, before[1]);

  clock.turn(HOUR);
  await call('accounts.wake', {});
  await until('its time has come', () => away.links.made > before[1], PATIENCE);
});
