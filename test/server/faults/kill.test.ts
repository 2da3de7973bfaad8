/**
 * kill -9 at every moment while 16 senders deliver and 8 IMAP sessions work: what was acknowledged is there exactly
 * once, UIDs never go back, the office opens at once. POSTROOM_OFFICE_ROUNDS sets the rounds (design: 1,000).
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LineClient } from '../../kit/line-client.ts';
import type { ChildOrders } from '../../kit/office-child.ts';

const ROUNDS = Number(process.env['POSTROOM_OFFICE_ROUNDS'] ?? 150);
/** Ms of traffic that rounds die in. */
const MOMENTS_MS = 150;
const SENDERS = 16;
const SESSIONS = 8;
const DOMAIN = 'killed.example';
const PASSWORD = 'kill secret';
const RECEIVERS = ['r0', 'r1', 'r2', 'r3'];
const WORKERS = Array.from({ length: SESSIONS }, (_, n) => `w${n}`);
const child = fileURLToPath(new URL('../../kit/office-child.ts', import.meta.url));
const FETCH = '(UID FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])';

interface Ports {
  readonly smtp: number;
  readonly imap: number;
}

/** The next office's process, with its modules loaded: what is measured is the store, not the start of a runtime. */
let standby: ChildProcess | undefined;
const stand = () => fork(child, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });

async function start(orders: ChildOrders): Promise<{ process: ChildProcess; ports: Ports }> {
  const office = standby ?? stand();
  office.send(JSON.stringify(orders));
  standby = stand();
  const [message] = (await Promise.race([
    once(office, 'message'),
    once(office, 'exit').then(([code]) => Promise.reject(new Error(`the office ended with ${code}`))),
  ])) as [{ ports: Ports }];
  return { process: office, ports: message.ports };
}

/**
 * Steps of the golden section over the moments: each round dies in the middle of the widest gap that earlier ones have left,
 * so that a hundred of them lie closer than three hundred by chance, and none is tried twice.
 */
const momentOf = (round: number): number => ((round * 0.6180339887498949) % 1) * MOMENTS_MS;

/** Small, repeatable, and different every round. */
function randomOf(seed: number): () => number {
  let state = (seed + 1) * 2654435761;
  return () => {
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return state / 0x100000000;
  };
}

/** Acknowledged letters by receiver, and those whose answer never came. */
class Delivered {
  readonly acknowledged = RECEIVERS.map(() => new Set<string>());
  readonly unknown = RECEIVERS.map(() => new Set<string>());
  /** Called with each acknowledgement. */
  onLetter = () => {};
}

async function deliver(port: number, round: number, sender: number, delivered: Delivered): Promise<void> {
  let id = '';
  const to = sender % RECEIVERS.length;
  try {
    const client = await LineClient.open(port);
    await client.line();
    const ehlo = await client.ask('EHLO sender.example');
    assert.match(ehlo, /^250/);
    await client.until((text) => (/(^|\r\n)250 [^\r\n]*\r\n/.test(text) ? text.length : 0));
    for (let n = 0; ; n += 1) {
      id = `d${round}-${sender}-${n}`;
      client.send(`MAIL FROM:<s@out.example>\r\nRCPT TO:<${RECEIVERS[to]}@${DOMAIN}>\r\nDATA\r\n`);
      assert.match(await client.line(), /^250/);
      assert.match(await client.line(), /^250/);
      assert.match(await client.line(), /^354/);
      delivered.unknown[to]!.add(id);
      client.send(`Message-ID: <${id}@x>\r\nSubject: ${id}\r\n\r\n${'text '.repeat(40)}\r\n.\r\n`);
      assert.match(await client.line(), /^250/);
      delivered.unknown[to]!.delete(id);
      delivered.acknowledged[to]!.add(id);
      delivered.onLetter();
    }
  } catch (failure) {
    if (failure instanceof assert.AssertionError) throw failure;
    // Killed: what was under way stays unknown.
  }
}

interface Message {
  flags: Set<string>;
}

/** What one worker's mailbox holds as far as the server has said so. */
class Model {
  readonly messages = new Map<string, Message>();
  readonly uids = new Map<string, number>();
  /** Messages that are there or not, flagged or not: their command was under way. */
  doubtful = new Set<string>();
  highestUid = 0;
  validity = 0;
}

class ImapWorker {
  readonly client: LineClient;
  #tag = 0;

  constructor(client: LineClient) {
    this.client = client;
  }
  static async open(port: number, user: string): Promise<ImapWorker> {
    const client = await LineClient.open(port);
    await client.line();
    const worker = new ImapWorker(client);
    await worker.#signIn(user);
    return worker;
  }
  /** CRAM-MD5 (RFC 2195). */
  async #signIn(user: string): Promise<void> {
    const line = await this.client.ask('in AUTHENTICATE CRAM-MD5');
    assert.match(line, /^\+ /);
    const proof = createHmac('md5', PASSWORD)
      .update(Buffer.from(line.slice(2), 'base64'))
      .digest('hex');
    this.client.send(`${Buffer.from(`${user}@${DOMAIN} ${proof}`).toString('base64')}\r\n`);
    assert.match(await this.answer('in'), /(^|\r\n)in OK/);
  }
  async ok(command: string): Promise<string> {
    this.#tag += 1;
    const tag = `k${this.#tag}`;
    this.client.send(`${tag} ${command}\r\n`);
    const said = await this.answer(tag);
    assert.match(said, new RegExp(`(^|\\r\\n)${tag} OK[^\\r\\n]*\\r\\n$`), command);
    return said;
  }
  answer(tag: string): Promise<string> {
    const end = new RegExp(`(?:^|\\r\\n)${tag} [^\\r\\n]*\\r\\n`);
    return this.client.until((text) => {
      const found = end.exec(text);
      return found ? found.index + found[0].length : 0;
    });
  }
}

async function work(port: number, round: number, number: number, model: Model): Promise<void> {
  const random = randomOf(round * 100 + number);
  try {
    const worker = await ImapWorker.open(port, WORKERS[number]!);
    const selected = await worker.ok('SELECT INBOX');
    const validity = Number(/\[UIDVALIDITY (\d+)\]/.exec(selected)![1]);
    if (model.validity === 0) model.validity = validity;
    assert.equal(validity, model.validity, 'UIDVALIDITY stays');
    for (let n = 0; ; n += 1) {
      const names = [...model.messages.keys()];
      const dice = random();
      if (names.length < 5 || dice < 0.4) {
        const id = `a${round}-${number}-${n}`;
        const letter = `Message-ID: <${id}@x>\r\n\r\nappended\r\n`;
        model.doubtful.add(id);
        const said = await worker.ok(`APPEND INBOX (\\Seen) {${letter.length}+}\r\n${letter}`);
        const uid = Number(/\[APPENDUID \d+ (\d+)\]/.exec(said)![1]);
        assert.ok(uid > model.highestUid, `UID ${uid} after ${model.highestUid}`);
        model.highestUid = uid;
        model.doubtful.delete(id);
        model.messages.set(id, { flags: new Set(['\\Seen']) });
        model.uids.set(id, uid);
        continue;
      }
      const name = names[Math.floor(random() * names.length)]!;
      const uid = model.uids.get(name)!;
      const message = model.messages.get(name)!;
      model.doubtful.add(name);
      if (dice < 0.8) {
        const flag = `$k${Math.floor(random() * 5)}`;
        const add = random() < 0.6;
        await worker.ok(`UID STORE ${uid} ${add ? '+' : '-'}FLAGS.SILENT (${flag})`);
        if (add) message.flags.add(flag);
        else message.flags.delete(flag);
      } else {
        await worker.ok(`UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`);
        await worker.ok(`UID EXPUNGE ${uid}`);
        model.messages.delete(name);
        model.uids.delete(name);
      }
      model.doubtful.delete(name);
    }
  } catch (failure) {
    if (failure instanceof assert.AssertionError) throw failure;
  }
}

interface Listed {
  readonly uid: number;
  readonly id: string;
  readonly flags: Set<string>;
}

async function list(port: number, user: string, from = 1): Promise<Listed[]> {
  const worker = await ImapWorker.open(port, user);
  await worker.ok('EXAMINE INBOX');
  const said = await worker.ok(`UID FETCH ${from}:* ${FETCH}`);
  worker.client.cut();
  const rows = said.matchAll(/FETCH \(UID (\d+) FLAGS \(([^)]*)\)[^<]*<([^@>]*)@x>/g);
  return [...rows]
    .map(([, uid, flags, id]) => ({
      uid: Number(uid),
      id: id!,
      flags: new Set(flags!.split(' ').filter((flag) => flag !== '' && flag !== '\\Recent')),
    }))
    .filter((each) => each.uid >= from);
}

/** Receivers only grow: each round looks at what is new and remembers the rest. */
class Receivers {
  readonly seen = RECEIVERS.map(() => new Map<string, number>());
  readonly from = RECEIVERS.map(() => 1);

  async verify(port: number, delivered: Delivered): Promise<void> {
    await Promise.all(
      RECEIVERS.map(async (name, n) => {
        const seen = this.seen[n]!;
        for (const { id, uid } of await list(port, name, this.from[n]!)) {
          assert.ok(!seen.has(id), `${id} is there twice, as ${seen.get(id)} and ${uid}`);
          seen.set(id, uid);
          this.from[n] = Math.max(this.from[n]!, uid + 1);
        }
        for (const id of delivered.acknowledged[n]!)
          assert.ok(seen.has(id), `${id} was acknowledged and is gone`);
        delivered.acknowledged[n]!.clear();
        delivered.unknown[n]!.clear();
      }),
    );
  }
}

async function verifyWorker(port: number, user: string, model: Model): Promise<void> {
  const listed = await list(port, user);
  const ids = new Map<string, Listed>();
  for (const each of listed) {
    assert.ok(!ids.has(each.id), `${each.id} is there twice`);
    ids.set(each.id, each);
  }
  for (const [id, { flags }] of model.messages) {
    const there = ids.get(id);
    if (model.doubtful.has(id)) continue;
    assert.ok(there, `${id} was acknowledged and is gone`);
    assert.equal(there.uid, model.uids.get(id), `${id} keeps its UID`);
    assert.deepEqual([...there.flags].sort(), [...flags].sort(), `flags of ${id}`);
  }
  for (const id of ids.keys()) {
    assert.ok(model.messages.has(id) || model.doubtful.has(id), `${id} came back`);
  }
  // From here on the model is what is there.
  model.messages.clear();
  model.uids.clear();
  model.doubtful = new Set();
  for (const { id, uid, flags } of listed) {
    model.messages.set(id, { flags: new Set([...flags].filter((flag) => flag !== '\\Deleted')) });
    model.uids.set(id, uid);
    model.highestUid = Math.max(model.highestUid, uid);
  }
  const doomed = listed.filter(({ flags }) => flags.has('\\Deleted'));
  if (doomed.length === 0) return;
  const worker = await ImapWorker.open(port, user);
  await worker.ok('SELECT INBOX');
  await worker.ok(`UID STORE ${doomed.map(({ uid }) => uid).join(',')} -FLAGS.SILENT (\\Deleted)`);
  worker.client.cut();
}

test(`S60 G10 I40 row 14: kill -9, ${ROUNDS} rounds`, { timeout: 120_000 + ROUNDS * 10_000 }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-killed-'));
  const orders: ChildOrders = { dir, domain: DOMAIN, people: [...RECEIVERS, ...WORKERS], password: PASSWORD };
  const models = WORKERS.map(() => new Model());
  const receivers = new Receivers();
  const delivered = new Delivered();
  let office = await start(orders);
  t.after(async () => {
    office.process.kill('SIGKILL');
    standby?.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    const { smtp, imap } = office.ports;
    const going = new Promise<void>((resolve) => {
      delivered.onLetter = resolve;
    });
    const traffic = [
      ...Array.from({ length: SENDERS }, (_, n) => deliver(smtp, round, n, delivered)),
      ...models.map((model, n) => work(imap, round, n, model)),
    ];
    // Every third round dies while sessions are still being opened, the others once letters come in.
    if (round % 3 !== 0) await going;
    await new Promise((resolve) => setTimeout(resolve, momentOf(round)));
    const gone = once(office.process, 'exit');
    office.process.kill('SIGKILL');
    await gone;
    await Promise.all(traffic);
    office = await start(orders);
    await receivers.verify(office.ports.imap, delivered);
    await Promise.all(models.map((model, n) => verifyWorker(office.ports.imap, WORKERS[n]!, model)));
  }
  const total = receivers.seen.reduce((sum, each) => sum + each.size, 0);
  assert.ok(total >= ROUNDS, `${total} letters in ${ROUNDS} rounds: the traffic never got going`);
  office.process.send('check');
  const [report] = (await once(office.process, 'message')) as [{ check: string[] }];
  assert.deepEqual(report.check, []);
  t.diagnostic(
    `${total} letters delivered, ${models.reduce((sum, each) => sum + each.highestUid, 0)} appended`,
  );
});
