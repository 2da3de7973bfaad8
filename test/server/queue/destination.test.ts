import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../../main/base/errors.ts';
import type { Dns } from '../../../main/net/dns.ts';
import { destinationOf, OFFICE_ONLY, targetsOf } from '../../../main/server/queue/destination.ts';

type Zone = Record<string, { mx?: [string, number][]; a?: string[] | 'silent' }>;

function zone(records: Zone): Dns {
  const ask = (name: string) => records[name] ?? {};
  return {
    mx: async (domain) =>
      (ask(domain).mx ?? [])
        .map(([exchange, priority]) => ({ exchange, priority }))
        .sort((a, b) => a.priority - b.priority),
    srv: async () => [],
    async addresses(host) {
      const { a } = ask(host);
      if (a === 'silent') throw new Fault('transient', 'no-route', 'The name service did not answer.');
      return a ?? [];
    },
    exists: async (host) => (ask(host).a?.length ?? 0) > 0,
  };
}

const self = { names: new Set(['mail.here.example']), addresses: new Set(['192.0.2.1']) };
const hosts = async (domain: string, records: Zone, random = () => 0) =>
  (await targetsOf(domain, zone(records), self, random)).map((each) => `${each.host} ${each.address}`);
const status = (expected: string) => (failure: unknown) =>
  failure instanceof Fault && failure.code === 'undeliverable' && failure.detail?.['status'] === expected;

test('S61 MX by preference, every address of each', async () => {
  const records: Zone = {
    'd.example': {
      mx: [
        ['b.example', 20],
        ['a.example.', 10],
      ],
    },
    'a.example': { a: ['198.51.100.1', '198.51.100.2'] },
    'b.example': { a: ['198.51.100.3'] },
  };
  assert.deepEqual(await hosts('d.example', records), [
    'a.example 198.51.100.1',
    'a.example 198.51.100.2',
    'b.example 198.51.100.3',
  ]);
});

test('S61 equal preference is shuffled', async () => {
  const records: Zone = {
    'd.example': {
      mx: [
        ['a.example', 10],
        ['b.example', 10],
      ],
    },
    'a.example': { a: ['198.51.100.1'] },
    'b.example': { a: ['198.51.100.2'] },
  };
  const lots = [0.9, 0.1];
  assert.deepEqual(await hosts('d.example', records, () => lots.shift()!), [
    'b.example 198.51.100.2',
    'a.example 198.51.100.1',
  ]);
});

test('S61 no MX: the address of the domain; no such domain: 5.1.2', async () => {
  assert.deepEqual(await hosts('d.example', { 'd.example': { a: ['198.51.100.9'] } }), [
    'd.example 198.51.100.9',
  ]);
  await assert.rejects(hosts('d.example', {}), status('5.1.2'));
});

test('S61 MX of no use is an error, the domain itself is never tried', async () => {
  const records: Zone = { 'd.example': { mx: [['gone.example', 10]], a: ['198.51.100.9'] } };
  await assert.rejects(hosts('d.example', records), status('5.4.4'));
});

test('S61 RFC 7505: a null MX says 5.1.10 at once', async () => {
  await assert.rejects(
    hosts('d.example', { 'd.example': { mx: [['.', 0]], a: ['198.51.100.9'] } }),
    status('5.1.10'),
  );
});

test('S61 ourselves and worse are dropped; none left is a loop', async () => {
  const records: Zone = {
    'd.example': {
      mx: [
        ['best.example', 5],
        ['mail.here.example', 10],
        ['worse.example', 20],
      ],
    },
    'best.example': { a: ['198.51.100.5'] },
    'worse.example': { a: ['198.51.100.6'] },
  };
  assert.deepEqual(await hosts('d.example', records), ['best.example 198.51.100.5']);
  await assert.rejects(
    hosts('e.example', { 'e.example': { mx: [['MAIL.here.example.', 10]] } }),
    status('5.4.6'),
  );
  await assert.rejects(hosts('f.example', { 'f.example': { a: ['192.0.2.1'] } }), status('5.4.6'));
});

test('S61 a silent name service is no answer: try later', async () => {
  const records: Zone = { 'd.example': { mx: [['a.example', 10]] }, 'a.example': { a: 'silent' } };
  await assert.rejects(
    hosts('d.example', records),
    (failure) => failure instanceof Fault && failure.retryable,
  );
});

test('an address literal needs no names', async () => {
  assert.deepEqual(await hosts('[198.51.100.7]', {}), ['[198.51.100.7] 198.51.100.7']);
  await assert.rejects(hosts('[192.0.2.1]', {}), status('5.4.6'));
});

test('S62 office only by default; a route goes before the smarthost', () => {
  const smarthost = {
    host: 'smart.example',
    port: 587,
    security: 'starttls' as const,
    user: 'u',
    password: 'p',
  };
  const route = { ...smarthost, host: 'branch.example', port: 25 };
  assert.equal(destinationOf(OFFICE_ONLY, 'd.example'), undefined);
  const settings = { mode: 'smarthost' as const, smarthost, routes: new Map([['b.example', route]]) };
  assert.equal(destinationOf(settings, 'd.example')?.key, 'smart.example:587');
  assert.equal(destinationOf(settings, 'b.example')?.key, 'branch.example:25');
  assert.equal(destinationOf({ ...settings, mode: 'none' }, 'b.example')?.key, 'branch.example:25');
  assert.equal(destinationOf({ ...settings, mode: 'mx' }, 'd.example')?.kind, 'mx');
});
