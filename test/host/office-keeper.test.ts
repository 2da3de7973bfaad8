/** The office's process beside the client: real child processes for what happens, a scripted one for how often. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ManualClock, systemClock } from '../../main/base/clock.ts';
import type { HostingPorts, HostingSetup, HostingState } from '../../main/contract/mail/hosting.ts';
import { forkOffice } from '../../main/host/office-fork.ts';
import { type KeeperOptions, OfficeKeeper, officeFolder } from '../../main/host/office-keeper.ts';
import { freePorts as freeThousand, usualPorts } from '../../main/host/office-ports.ts';
import type { FromOffice, OfficeProcess, ToOffice } from '../../main/host/office-wire.ts';
import { freePorts } from '../kit/free-ports.ts';
import { LineClient } from '../kit/line-client.ts';

const setup: HostingSetup = {
  office: 'Department 2',
  domain: 'office.lan',
  user: 'anna',
  name: 'Anna Vetrova',
  password: 'anna secret',
};
/** It takes a second or two; on a machine that fifty others use, a minute and more. */
const STATE_MS = 240_000;
/** Whatever the system lends. */
const ANY_PORTS = Object.fromEntries(
  Object.keys(usualPorts()).map((name) => [name, -1]),
) as unknown as HostingPorts;

/** Resolves with the first state that passes. */
function until(keeper: OfficeKeeper, passes: (state: HostingState) => boolean): Promise<HostingState> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    const timer = setTimeout(() => reject(new Error(`never; seen: ${seen.join(' ')}`)), STATE_MS);
    const look = (state: HostingState) => {
      seen.push(state.problem ? `${state.state} (${state.problem.code})` : state.state);
      if (!passes(state)) return;
      clearTimeout(timer);
      stop();
      resolve(state);
    };
    const stop = keeper.changed.on(look);
    void keeper.order({ do: 'look' }).then(look, reject);
  });
}
const is = (state: HostingState['state']) => (each: HostingState) => each.state === state;

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-keeper-'));
  t.after(() => rm(dir, { recursive: true, force: true, maxRetries: 3 }));
  return dir;
}

async function keep(t: TestContext, more: Partial<KeeperOptions> = {}) {
  const dir = more.dir ?? officeFolder(join(await folder(t), 'profile'));
  const keeper = new OfficeKeeper({
    dir,
    clock: systemClock,
    launch: forkOffice,
    ports: ANY_PORTS,
    ...more,
  });
  t.after(() => keeper.close());
  return { keeper, dir };
}

async function signIn(port: number): Promise<string> {
  const client = await LineClient.open(port, { tls: true });
  await client.line();
  const answer = await client.ask(`a LOGIN ${setup.user}@${setup.domain} "${setup.password}"`);
  client.cut();
  return answer;
}

test('an office is set up, runs on loopback, is shared, switched off and on again', async (t) => {
  // It comes back on them three times: what the system lends could be somebody else's by then.
  const names = Object.keys(ANY_PORTS);
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, n) => [name, free[n]])) as unknown as HostingPorts;
  const { keeper, dir } = await keep(t, { ports });
  assert.equal((await keeper.order({ do: 'apply', on: false, sharing: false })).state, 'off');
  assert.equal(existsSync(dir), false, 'an office that nobody wants leaves no trace');
  await keeper.order({ do: 'prepare', setup });
  await keeper.order({ do: 'apply', on: true, sharing: false });
  const first = await until(keeper, is('running'));
  assert.deepEqual(first.office, { name: 'Department 2', domain: 'office.lan', address: 'anna@office.lan' });
  assert.match(first.fingerprint ?? '', /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  assert.deepEqual(first.addresses, []);
  assert.match(await signIn(first.ports!.imaps), /^(\* CAP|a OK)/);
  assert.doesNotMatch(await readFile(join(dir, 'hosting.json'), 'utf8'), /secret/);
  assert.equal((await stat(join(dir, 'hosting.json'))).mode & 0o077, 0);
  await assert.rejects(keeper.order({ do: 'prepare', setup }), { code: 'office-exists' });

  await keeper.order({ do: 'apply', on: true, sharing: true });
  const shared = await until(keeper, (state) => state.state === 'running' && state.sharing);
  assert.deepEqual(shared.ports, first.ports, 'ports that were found are kept');
  assert.equal(shared.fingerprint, first.fingerprint);
  assert.ok(shared.addresses.every((each) => !each.startsWith('127.')));

  await keeper.order({ do: 'apply', on: false, sharing: true });
  const off = await until(keeper, is('off'));
  assert.deepEqual([off.ports, off.fingerprint, off.office?.name], [null, null, 'Department 2']);
  await assert.rejects(LineClient.open(first.ports!.imaps, { tls: true }));
  await keeper.close();

  const { keeper: later } = await keep(t, { dir });
  await later.order({ do: 'apply', on: true, sharing: false });
  const again = await until(later, is('running'));
  assert.deepEqual(again.ports, first.ports);
  assert.match(await signIn(again.ports!.imaps), /^(\* CAP|a OK)/);
});

test('a port in use is said with its number; free ports are found when asked for', async (t) => {
  const taken = createServer();
  await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', ready));
  t.after(() => taken.close());
  const { port } = taken.address() as { port: number };
  const { keeper } = await keep(t, { ports: { ...ANY_PORTS, imaps: port } });
  await keeper.order({ do: 'prepare', setup });
  await keeper.order({ do: 'apply', on: true, sharing: false });
  const failed = await until(keeper, is('failed'));
  assert.equal(failed.problem?.code, 'port-in-use');
  assert.equal(failed.problem?.detail?.['port'], port);
  assert.equal(failed.restarts, 0, 'what says why is not tried again by itself');
  await keeper.order({ do: 'again', ports: 'same' });
  assert.equal((await until(keeper, is('failed'))).problem?.code, 'port-in-use');
  await keeper.order({ do: 'again', ports: 'free' });
  const running = await until(keeper, is('running'));
  assert.notEqual(running.ports?.imaps, port);
  assert.match(await signIn(running.ports!.imaps), /^(\* CAP|a OK)/);
});

test('a killed office is started again and has its people', async (t) => {
  const processes: OfficeProcess[] = [];
  const { keeper } = await keep(t, {
    launch: () => {
      const process = forkOffice();
      processes.push(process);
      return process;
    },
  });
  await keeper.order({ do: 'prepare', setup });
  await keeper.order({ do: 'apply', on: true, sharing: false });
  await until(keeper, is('running'));
  processes[0]!.kill();
  const state = await until(keeper, (each) => each.restarts === 1 && each.state === 'running');
  assert.match(await signIn(state.ports!.imaps), /^(\* CAP|a OK)/);
  assert.equal(processes.length, 2);
});

/** An office process of which the test says what it does. */
class Scripted implements OfficeProcess {
  readonly heard: ToOffice[] = [];
  killed = false;
  #say: (message: FromOffice) => void = () => {};
  #exit: (code: number) => void = () => {};
  tell(message: ToOffice): void {
    this.heard.push(message);
  }
  onMessage(listener: (message: FromOffice) => void): void {
    this.#say = listener;
  }
  onExit(listener: (code: number) => void): void {
    this.#exit = listener;
  }
  kill(): void {
    this.killed = true;
    this.#exit(137);
  }
  say(message: FromOffice): void {
    this.#say(message);
  }
  exit(code: number): void {
    this.#exit(code);
  }
}

const PORTS: HostingPorts = usualPorts('linux');
const ready = { t: 'ready', ports: PORTS, addresses: ['192.0.2.7'], fingerprint: 'AB' } as const;

async function scripted(t: TestContext) {
  const clock = new ManualClock();
  const started: Scripted[] = [];
  const dir = join(await folder(t), 'office');
  const launch = () => {
    const process = new Scripted();
    started.push(process);
    return process;
  };
  const keeper = new OfficeKeeper({ dir, clock, launch, ports: PORTS });
  await keeper.order({ do: 'prepare', setup });
  await keeper.order({ do: 'apply', on: true, sharing: false });
  await until(keeper, () => started.length === 1);
  return { keeper, clock, started, dir };
}

test('what stops by itself is started five times in five minutes, then a person is asked', async (t) => {
  const { keeper, started } = await scripted(t);
  started[0]!.say(ready);
  await until(keeper, is('running'));
  for (let n = 0; n < 5; n += 1) {
    started[n]!.exit(70);
    await until(keeper, () => started.length === n + 2);
  }
  started[5]!.exit(70);
  const lost = await until(keeper, is('failed'));
  assert.deepEqual([lost.problem?.code, lost.restarts, started.length], ['office-lost', 5, 6]);
  await keeper.order({ do: 'again', ports: 'same' });
  await until(keeper, () => started.length === 7);
  started[6]!.say(ready);
  assert.equal((await until(keeper, is('running'))).restarts, 0);
});

test('the next process is started only after the former has ended', async (t) => {
  const { keeper, started } = await scripted(t);
  started[0]!.say(ready);
  await until(keeper, is('running'));
  await keeper.order({ do: 'apply', on: false, sharing: false });
  await until(keeper, is('stopping'));
  await keeper.order({ do: 'apply', on: true, sharing: false });
  assert.deepEqual(started[0]!.heard.at(-1), { t: 'close' });
  assert.equal(started.length, 1);
  started[0]!.exit(0);
  await until(keeper, () => started.length === 2);
  const [opened] = started[1]!.heard;
  assert.ok(opened?.t === 'open');
  assert.deepEqual([opened.setup, opened.host], [null, '127.0.0.1'], 'the password is not kept');
});

test('an office that does not end is killed after its time, and closing waits for that', async (t) => {
  const { keeper, started, clock } = await scripted(t);
  started[0]!.say(ready);
  await until(keeper, is('running'));
  const closing = keeper.close();
  await until(keeper, is('stopping'));
  clock.advance(19_000);
  assert.equal(started[0]!.killed, false);
  clock.advance(2000);
  assert.equal(started[0]!.killed, true);
  await closing;
  await keeper.order({ do: 'apply', on: true, sharing: true });
  assert.equal(started.length, 1, 'none is started after the end');
});

test('the store of an office that is just ending is waited for', async (t) => {
  const { keeper, started, clock } = await scripted(t);
  const inUse = { kind: 'user', code: 'store-in-use', message: '', retryable: false } as const;
  started[0]!.say({ t: 'failed', error: inUse });
  assert.equal((await keeper.order({ do: 'look' })).state, 'starting');
  started[0]!.exit(1);
  clock.advance(1000);
  await until(keeper, () => started.length === 2);
  started[1]!.say(ready);
  assert.equal((await until(keeper, is('running'))).restarts, 0);
});

test('a store that stays in use is said in the end', async (t) => {
  const { keeper, started, clock } = await scripted(t);
  const inUse = { kind: 'user', code: 'store-in-use', message: '', retryable: false } as const;
  for (let n = 0; n < 31; n += 1) {
    await until(keeper, () => started.length === n + 1);
    started[n]!.say({ t: 'failed', error: inUse });
    started[n]!.exit(1);
    clock.advance(1000);
  }
  assert.equal((await until(keeper, is('failed'))).problem?.code, 'store-in-use');
  assert.equal(started.length, 31);
});

test('free ports end like the standard ones and lie where no outgoing connection is lent one', async (t) => {
  const taken = createServer();
  await new Promise<void>((done, fail) => {
    taken.once('error', fail);
    taken.listen(17_993, '127.0.0.1', () => done());
  });
  t.after(() => taken.close());
  const ports = await freeThousand('127.0.0.1', 17);
  assert.notEqual(ports.imaps, 17_993);
  assert.deepEqual(
    Object.values(ports).map((port) => port % 1000),
    [25, 587, 465, 110, 995, 143, 993, 180],
  );
});

test('a damaged memory of the office is said, and setting up anew repairs it', async (t) => {
  const dir = await folder(t);
  await writeFile(join(dir, 'hosting.json'), '{"office":');
  const { keeper } = await keep(t, { dir });
  const state = await keeper.order({ do: 'apply', on: false, sharing: false });
  assert.equal(state.state, 'failed');
  assert.equal(state.problem?.code, 'hosting-damaged');
  await keeper.order({ do: 'prepare', setup });
  await keeper.order({ do: 'apply', on: true, sharing: false });
  assert.equal((await until(keeper, is('running'))).office?.name, 'Department 2');
});

test('ports that need no rights on Linux, those that programs try by themselves elsewhere', () => {
  assert.deepEqual(
    [
      usualPorts('linux').smtp,
      usualPorts('linux').imaps,
      usualPorts('win32').smtp,
      usualPorts('darwin').imaps,
    ],
    [2525, 2993, 25, 993],
  );
});
