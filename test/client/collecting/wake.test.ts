/** A computer that slept: accounts that are kept connected connect anew, those with times of their own keep to them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { startOctetProxy } from '../../kit/octet-proxy.ts';
import { TurnedClock } from '../../kit/turned-clock.ts';
import { until } from '../imap/harness.ts';
import { openTestProfile } from '../kit/profile.ts';

const HOUR = 3_600_000;

test('waking asks nobody who is to be away', { skip: dovecotMissing() }, async (t) => {
  const dovecot = await startDovecot({ users: ['anna', 'boris'] });
  t.after(() => dovecot.close());
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
    });
    return made.id;
  };
  await add('anna', kept.port);
  const boris = await add('boris', away.port);
  const schedule = { onStart: false, minutes: null, hours: null, days: [] };
  await call('schedule.set', {
    account: boris,
    schedule: { ...schedule, when: 'times', times: [13 * 60] },
  });
  const states = async () => (await call('accounts.list', {})).map(({ state }) => state);
  await until('one is kept, one has left', async () => (await states()).slice(-2).join() === 'online,idle');
  await until('all lines are closed', () => away.links.open === 0);
  const before = [kept.links.made, away.links.made] as const;

  await call('accounts.wake', {});
  await until('a connection that slept is not trusted', () => kept.links.made > before[0]);
  assert.equal(away.links.made, before[1]);

  clock.turn(HOUR);
  await call('accounts.wake', {});
  await until('its time has come', () => away.links.made > before[1]);
});
