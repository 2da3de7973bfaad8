import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Fault } from '../../../main/base/errors.ts';
import { Emitter } from '../../../main/base/event.ts';
import { NO_OFFICE } from '../../../main/client/hosting.ts';
import { openProfile } from '../../../main/client/profile.ts';
import { openVault } from '../../../main/client/security/vault.ts';
import type { EntryName, Input, Output } from '../../../main/contract/contract.ts';
import { callHandler, type EngineEvent } from '../../../main/contract/door.ts';
import type { HostingOrder, HostingState } from '../../../main/contract/mail/hosting.ts';

const setup = {
  office: 'Department 2',
  domain: 'office.lan',
  user: 'anna',
  name: 'Anna',
  password: 'anna secret',
};

/** Whoever runs the office, as the engine sees it: orders are written down. */
class Keeper {
  readonly changed = new Emitter<HostingState>();
  readonly orders: HostingOrder[] = [];
  readonly #heard = new Emitter<void>();
  state: HostingState = { ...NO_OFFICE, available: true };
  exists = false;

  async order(order: HostingOrder): Promise<HostingState> {
    if (order.do === 'prepare' && this.exists) throw new Fault('user', 'office-exists', 'There is one.');
    this.orders.push(order);
    this.#heard.emit();
    return this.state;
  }
  /** Resolves when an order that passes has come, before or from now on. */
  ordered(passes: (order: HostingOrder) => boolean): Promise<void> {
    if (this.orders.some(passes)) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.#heard.on(() => {
        if (!this.orders.some(passes)) return;
        stop();
        resolve();
      });
    });
  }
  become(state: Partial<HostingState>): void {
    this.state = { ...this.state, ...state };
    this.changed.emit(this.state);
  }
}

async function open(t: TestContext, office?: Keeper) {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-hosting-'));
  const secrets = await openVault(dir);
  const services = { kind: 'browser', secrets, frameBase: () => '', ...(office ? { office } : {}) } as const;
  const profile = await openProfile({ dir, services });
  t.after(async () => {
    await profile.close();
    await rm(dir, { recursive: true, force: true });
  });
  const heard: EngineEvent[] = [];
  profile.events((event) => void heard.push(event));
  const { signal } = new AbortController();
  const ask = <N extends EntryName>(name: N, input: Input<N>): Promise<Output<N>> =>
    callHandler(profile.handlers, name, input, { signal, chunk: () => {} });
  return { ask, heard };
}

const applied = (on: boolean, sharing: boolean) => (order: HostingOrder) =>
  order.do === 'apply' && order.on === on && order.sharing === sharing;

test('what a person has set is carried to whoever runs the office, at the start and after each change', async (t) => {
  const office = new Keeper();
  const { ask } = await open(t, office);
  await office.ordered(applied(false, false));
  await ask('settings.set', { hostOffice: true });
  await office.ordered(applied(true, false));
  await ask('settings.set', { shareOffice: true });
  await office.ordered(applied(true, true));
  await ask('settings.set', { hostOffice: false });
  await office.ordered(applied(false, true));
});

test('setting up prepares the office, then switches it on; a second one is refused and changes nothing', async (t) => {
  const office = new Keeper();
  const { ask } = await open(t, office);
  await office.ordered(applied(false, false));
  await ask('hosting.setUp', { ...setup, domain: ' Office.LAN ' });
  const [prepare, apply] = office.orders.filter((each) => each.do !== 'look').slice(1);
  assert.deepEqual(prepare, { do: 'prepare', setup });
  assert.deepEqual(apply, { do: 'apply', on: true, sharing: false });
  assert.equal((await ask('settings.get', {})).hostOffice, true);
  await ask('settings.set', { hostOffice: false });
  office.exists = true;
  await assert.rejects(ask('hosting.setUp', setup), { code: 'office-exists' });
  assert.equal((await ask('settings.get', {})).hostOffice, false);
  await assert.rejects(ask('hosting.setUp', { ...setup, domain: 'a b' }), { code: 'bad-input' });
  await ask('hosting.again', { ports: 'free' });
  assert.deepEqual(office.orders.at(-1), { do: 'again', ports: 'free' });
});

test('windows hear of every state; the status bar of a restart, once, and of the end of all tries', async (t) => {
  const office = new Keeper();
  const { ask, heard } = await open(t, office);
  const told = { name: 'Department 2', domain: 'office.lan', address: 'anna@office.lan' };
  office.become({ state: 'running', office: told });
  office.become({ state: 'starting', restarts: 1 });
  office.become({ state: 'running' });
  office.become({ state: 'failed', problem: { code: 'office-lost', message: '' } });
  const states = heard.flatMap((event) => (event.name === 'hosting.changed' ? [event.data.state] : []));
  assert.deepEqual(states, ['running', 'starting', 'running', 'failed']);
  const notices = heard.flatMap((event) =>
    event.name === 'notice' ? [`${event.data.level} ${event.data.code}`] : [],
  );
  assert.deepEqual(notices, ['warning office-restarted', 'error office-lost']);
  assert.equal((await ask('hosting.state', {})).state, 'failed');
});

test('where nothing can run an office, its state says so and the settings are kept for where one can', async (t) => {
  const { ask } = await open(t);
  assert.deepEqual(await ask('hosting.state', {}), NO_OFFICE);
  await assert.rejects(ask('hosting.setUp', setup), { code: 'no-hosting' });
  await assert.rejects(ask('hosting.again', {}), { code: 'no-hosting' });
  assert.equal((await ask('settings.set', { hostOffice: true })).hostOffice, true);
});
