/**
 * Mixed load: 300 idle IMAP sessions, 30 that work, 20 letters a second coming in, POP3 in between. Every letter arrives,
 * every idle session hears of its letters, nobody is stuck, memory stays flat. POSTROOM_LOAD_MINUTES sets how long (design:
 * 120) and then also holds the event loop to its 20 ms; otherwise other tests share the processors and it is only told.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LineClient } from '../../kit/line-client.ts';
import type { ChildOrders } from '../../kit/office-child.ts';

const LONG = process.env['POSTROOM_LOAD_MINUTES'];
const MINUTES = Number(LONG ?? 2);
const IDLE = 300;
const ACTIVE = 30;
const PEOPLE = 30;
const LETTERS_A_SECOND = 20;
const DOMAIN = 'busy.example';
const PASSWORD = 'load secret';
const child = fileURLToPath(new URL('../../kit/office-child.ts', import.meta.url));

interface Ports {
  readonly smtp: number;
  readonly imap: number;
  readonly pop3: number;
}

interface Measured {
  readonly p99: number;
  readonly max: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly cpuMs: number;
  readonly sessions: number;
}

async function ask<T>(office: ChildProcess, question: string): Promise<T> {
  office.send(question);
  const [answer] = (await once(office, 'message')) as [T];
  return answer;
}
const measure = async (office: ChildProcess) =>
  (await ask<{ measured: Measured }>(office, 'measure')).measured;

class Imap {
  readonly client: LineClient;
  #tag = 0;

  constructor(client: LineClient) {
    this.client = client;
  }
  static async open(port: number, user: string): Promise<Imap> {
    const client = await LineClient.open(port);
    await client.line();
    const imap = new Imap(client);
    await imap.ok(`LOGIN ${user} "${PASSWORD}"`);
    await imap.ok('SELECT INBOX');
    return imap;
  }
  async ok(command: string): Promise<string> {
    this.#tag += 1;
    const tag = `l${this.#tag}`;
    this.client.send(`${tag} ${command}\r\n`);
    const end = new RegExp(`(?:^|\\r\\n)${tag} [^\\r\\n]*\\r\\n`);
    const said = await this.client.until((text) => {
      const found = end.exec(text);
      return found ? found.index + found[0].length : 0;
    });
    assert.match(said, new RegExp(`(^|\\r\\n)${tag} OK`), command);
    return said;
  }
}

/** Hears EXISTS in IDLE; counts what it was told last. */
class Idler {
  exists = 0;
  readonly #client: LineClient;
  readonly #done: Promise<void>;

  constructor(imap: Imap) {
    this.#client = imap.client;
    imap.client.send('idle IDLE\r\n');
    this.#done = this.#listen();
  }
  async #listen(): Promise<void> {
    for (;;) {
      const line = await this.#client.line(Number.POSITIVE_INFINITY).catch(() => undefined);
      if (line === undefined || line.startsWith('idle OK')) return;
      const found = /^\* (\d+) EXISTS/.exec(line);
      if (found) this.exists = Number(found[1]);
    }
  }
  async done(): Promise<void> {
    this.#client.send('DONE\r\n');
    await this.#done;
  }
}

async function connect(port: number): Promise<LineClient> {
  const client = await LineClient.open(port);
  await client.line();
  client.send('EHLO load.example\r\n');
  await client.until((text) => (/(^|\r\n)250 [^\r\n]*\r\n/.test(text) ? text.length : 0));
  return client;
}

async function send(port: number, stop: () => boolean, sent: number[]): Promise<void> {
  let client = await connect(port);
  const began = performance.now();
  for (let n = 0; !stop(); n += 1) {
    // LIMITS MAILMAX=100 (rule S26).
    if (n % 100 === 99) {
      assert.match(await client.ask('QUIT'), /^221/);
      client = await connect(port);
    }
    const to = n % PEOPLE;
    client.send(`MAIL FROM:<s@out.example>\r\nRCPT TO:<p${to}@${DOMAIN}>\r\nDATA\r\n`);
    assert.match(await client.line(), /^250/);
    assert.match(await client.line(), /^250/);
    assert.match(await client.line(), /^354/);
    client.send(
      `Message-ID: <n${n}@x>\r\nSubject: load ${n}\r\n\r\n${'words of a letter '.repeat(100)}\r\n.\r\n`,
    );
    assert.match(await client.line(), /^250/);
    sent[to]! += 1;
    const due = began + ((n + 1) * 1000) / LETTERS_A_SECOND;
    await wait(Math.max(0, due - performance.now()));
  }
  assert.match(await client.ask('QUIT'), /^221/);
}

/** What people's programs do all day. */
async function work(port: number, n: number, stop: () => boolean): Promise<number> {
  const imap = await Imap.open(port, `p${n % PEOPLE}`);
  let rounds = 0;
  while (!stop()) {
    await imap.ok('NOOP');
    await imap.ok('UID FETCH 1:* (FLAGS)');
    await imap.ok('STATUS Sent (MESSAGES UNSEEN)');
    const letter = `Subject: copy\r\n\r\n${n} ${rounds}\r\n`;
    await imap.ok(`APPEND Sent (\\Seen) {${letter.length}+}\r\n${letter}`);
    await imap.ok('SEARCH UNSEEN SUBJECT load');
    await imap.ok('FETCH * (ENVELOPE BODY.PEEK[])').catch((failure: unknown) => {
      // An empty mailbox has no last message.
      if (!(failure instanceof assert.AssertionError)) throw failure;
    });
    rounds += 1;
    await wait(200);
  }
  await imap.ok('LOGOUT');
  return rounds;
}

async function collect(port: number, stop: () => boolean): Promise<void> {
  for (let n = 0; !stop(); n += 1) {
    const client = await LineClient.open(port);
    await client.line();
    await client.ask(`USER p${n % PEOPLE}`);
    assert.match(await client.ask(`PASS ${PASSWORD}`), /^\+OK/);
    assert.match(await client.ask('STAT'), /^\+OK \d+ \d+$/);
    assert.match(await client.ask('QUIT'), /^\+OK/);
    await client.closed();
    await wait(500);
  }
}

test(`I73 I75 mixed load, ${MINUTES} min`, { timeout: (MINUTES + 4) * 60_000 }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-busy-'));
  const people = Array.from({ length: PEOPLE }, (_, n) => `p${n}`);
  const orders: ChildOrders = { dir, domain: DOMAIN, people, password: PASSWORD };
  const office = fork(child, [JSON.stringify(orders)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  t.after(async () => {
    office.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });
  const [{ ports }] = (await once(office, 'message')) as [{ ports: Ports }];
  const idlers: Idler[] = [];
  for (let n = 0; n < IDLE; n += 10) {
    const opened = await Promise.all(
      Array.from({ length: 10 }, (_, i) => Imap.open(ports.imap, `p${(n + i) % PEOPLE}`)),
    );
    idlers.push(...opened.map((imap) => new Idler(imap)));
  }
  await measure(office);
  let over = false;
  const stop = () => over;
  const sent = people.map(() => 0);
  const senders = send(ports.smtp, stop, sent);
  const workers = Promise.all(Array.from({ length: ACTIVE }, (_, n) => work(ports.imap, n, stop)));
  const collector = collect(ports.pop3, stop);
  const memory: number[] = [];
  const delays: Measured[] = [];
  const samples = 6;
  for (let n = 0; n < samples; n += 1) {
    await Promise.race([wait((MINUTES * 60_000) / samples), Promise.all([senders, workers, collector])]);
    const now = await measure(office);
    memory.push(now.rss);
    delays.push(now);
  }
  over = true;
  await senders;
  const rounds = await workers;
  await collector;
  for (const [n, each] of rounds.entries()) assert.ok(each > 0, `session ${n} did nothing`);
  // Every letter has been announced to every idle session of its person.
  for (const until = Date.now() + 30_000; ; ) {
    if (idlers.every((idler, n) => idler.exists === sent[n % PEOPLE])) break;
    const late = idlers.findIndex((idler, n) => idler.exists !== sent[n % PEOPLE]);
    assert.ok(
      Date.now() < until,
      `session ${late} heard of ${idlers[late]!.exists}, not ${sent[late % PEOPLE]}`,
    );
    await wait(50);
  }
  await Promise.all(idlers.map((idler) => idler.done()));
  const p99 = [...delays.map((each) => each.p99)].sort((a, b) => a - b)[Math.floor(delays.length / 2)]!;
  const total = sent.reduce((sum, each) => sum + each, 0);
  t.diagnostic(
    `${total} letters; event loop p99 ${p99.toFixed(1)} ms, worst ${Math.max(...delays.map((each) => each.max)).toFixed(0)} ms`,
  );
  t.diagnostic(`memory ${memory.map((each) => Math.round(each / 2 ** 20)).join(' ')} MiB`);
  assert.ok(total >= MINUTES * 60 * LETTERS_A_SECOND * 0.5, `${total} letters: the traffic never got going`);
  // Flat: the second half does not grow on by more than caches do.
  const first = Math.max(...memory.slice(0, samples / 2));
  const second = Math.max(...memory.slice(samples / 2));
  assert.ok(second < first * 1.25 + 32 * 2 ** 20, `memory grew from ${first} to ${second}`);
  if (LONG) assert.ok(p99 < 20, `event loop p99 ${p99} ms`);
  const { check } = await ask<{ check: string[] }>(office, 'check');
  assert.deepEqual(check, []);
});
