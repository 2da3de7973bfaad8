/** Memory that threads share: it serves again when its letters are stored, and never while anybody may still write there. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../main/base/clock.ts';
import type { SyncContext } from '../../../main/client/imap/context.ts';
import type { Listed } from '../../../main/client/pop3/plan.ts';
import { MaildropSink } from '../../../main/client/pop3/sink.ts';
import type { ClientStore } from '../../../main/client/program.ts';
import { addAccount, octetsOf, openProfile, type Profile, quietLog, rows } from './harness.ts';

/** A call to the pool as what passes by sees it. */
type Call = (name: string, input: unknown, options: unknown) => Promise<unknown>;

/** A sink into a real profile, whose calls to the pool pass through `through`. */
async function sinkOf(t: TestContext, through: (call: Call) => Call) {
  const profile = await openProfile();
  t.after(() => profile.close());
  const account = await addAccount(profile, { port: 1, user: 'anna', password: 'x' });
  const inbox = (await profile.store.read('pop3.account', account))?.inbox as number;
  const call = through(profile.pool.call.bind(profile.pool) as unknown as Call);
  const context: SyncContext = {
    store: profile.store as unknown as ClientStore,
    pool: { ...profile.pool, call } as unknown as SyncContext['pool'],
    clock: systemClock,
    log: quietLog,
    signal: new AbortController().signal,
  };
  const place = { account, folder: inbox, what: 'letters' as const, relaxed: true };
  return { profile, account, sink: new MaildropSink(context, place) };
}

/** One letter fills a chunk, the next one does not fit beside it. */
const OCTETS = 2_000_000;
const letterOf = (n: number): Buffer =>
  Buffer.from(`Subject: ${n}\r\nMessage-ID: <${n}@b.example>\r\n\r\n`.padEnd(OCTETS, `${n} stones `));

function give(sink: MaildropSink, n: number): undefined | Promise<void> {
  const letter: Listed = { n, uidl: `u${n}`, octets: OCTETS };
  const bytes = letterOf(n);
  for (let at = 0; at < bytes.length; at += 65_536) sink.piece(letter, bytes.subarray(at, at + 65_536));
  return sink.add(letter);
}

async function assertWhole(profile: Profile, account: number, subjects: readonly number[]): Promise<void> {
  const here = await rows(profile, account);
  const texts = await Promise.all(here.map(({ id }) => octetsOf(profile, id)));
  assert.deepEqual(texts.sort(), subjects.map((n) => letterOf(n).toString('latin1')).sort());
}

/** Where the letters of a call lie. */
const memoryOf = (input: unknown): ArrayBufferLike => (input as { octets: Uint8Array }).octets.buffer;

test('a few slots serve any number of chunks', async (t) => {
  const seen = new Set<ArrayBufferLike>();
  const { profile, account, sink } = await sinkOf(t, (call) => (name, input, options) => {
    if (name === 'maildropFacts') seen.add(memoryOf(input));
    return call(name, input, options);
  });
  for (let n = 1; n <= 12; n += 1) await give(sink, n);
  await sink.flush();
  await assertWhole(
    profile,
    account,
    Array.from({ length: 12 }, (_, n) => n + 1),
  );
  assert.ok(seen.size <= 5, `${seen.size} slots`);
});

test('memory that a thread may still write to serves nobody, though its letters have failed', async (t) => {
  const slots: ArrayBufferLike[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { profile, account, sink } = await sinkOf(t, (call) => async (name, input, options) => {
    if (name === 'maildropFacts') slots.push(memoryOf(input));
    // The first chunk cannot be read, and is still being packed when that is known.
    const first = memoryOf(input) === slots[0];
    if (first && name === 'maildropFacts') throw new Error('the thread is gone');
    if (first) await held;
    return call(name, input, options);
  });
  give(sink, 1);
  give(sink, 2);
  await new Promise(setImmediate);
  give(sink, 3);
  release();
  await assert.rejects(sink.flush(), /the thread is gone/);
  await sink.settle();
  assert.equal(new Set(slots).size, 3, 'each chunk had memory of its own');
  await assertWhole(profile, account, [2, 3]);
});
