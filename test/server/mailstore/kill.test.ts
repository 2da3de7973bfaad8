import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OpenMailstore } from '../../../main/server/mailstore/office-mailstore.ts';
import { allRows, openRoom, temporaryFolder } from '../../kit/office-mailstore.ts';

const ROUNDS = Number(process.env['POSTROOM_ROUNDS'] ?? 4);

/** Runs the victim until it has said `after` lines, kills it, and answers what it said. */
async function killedRound(dir: string, round: number, after: number): Promise<string[]> {
  const victim = spawn(
    process.execPath,
    [join(import.meta.dirname, 'kit', 'victim.ts'), dir, String(round)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(victim, 'exit');
  let told = '';
  for await (const chunk of victim.stdout) {
    told += String(chunk);
    if (told.split('\n').length > after && !victim.killed) victim.kill('SIGKILL');
  }
  await exited;
  assert.equal(victim.signalCode, 'SIGKILL', `the victim ended by itself: ${told.slice(-500)}`);
  // A line cut by the kill was not told.
  return told.split('\n').slice(0, -1);
}

interface Seen {
  readonly names: Map<string, string>;
  readonly flags: Map<string, number>;
  readonly uidNext: ReadonlyMap<string, number>;
  readonly modseq: ReadonlyMap<string, number>;
}

/** What is stored: a letter's name by place, flags by place. */
async function look(mailstore: OpenMailstore): Promise<Seen> {
  const seen = { names: new Map<string, string>(), flags: new Map<string, number>() };
  const uidNext = new Map<string, number>();
  const modseq = new Map<string, number>();
  for (const name of ['INBOX', 'box']) {
    const mailbox = await mailstore.mailbox(1, name);
    if (!mailbox) continue;
    uidNext.set(name, mailbox.uidNext);
    modseq.set(name, mailbox.highestModseq);
    for (const rows of await allRows(
      mailstore.rows(mailbox.id, [[1, 0xffff_ffff]], { flags: true, envelope: true }),
    )) {
      for (const [n, uid] of rows.uids.entries()) {
        const { bytes, offsets } = rows.envelopes ?? {
          bytes: new Uint8Array(0),
          offsets: new Uint32Array(0),
        };
        const envelope = Buffer.from(bytes.subarray(offsets[n], offsets[n + 1])).toString();
        const subject = /"letter ([^"]+)"/.exec(envelope)?.[1] ?? envelope;
        seen.names.set(`${name} ${uid}`, subject);
        seen.flags.set(`${name} ${uid}`, rows.flags?.[n] ?? -1);
      }
    }
  }
  return { ...seen, uidNext, modseq };
}

test(`killed ${ROUNDS} times: what was acknowledged is there exactly once, and no number goes back`, async (t) => {
  const dir = temporaryFolder(t);
  let before: Seen | undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    const lines = await killedRound(dir, round, 20 + ((round * 137) % 400));
    const { mailstore, store, close } = await openRoom(t, { dir });
    const seen = await look(mailstore);
    const places = new Map<string, string[]>();
    for (const [place, name] of seen.names) places.set(name, [...(places.get(name) ?? []), place]);
    for (const [name, where] of places) assert.equal(where.length, 1, `${name} is in ${where.join(', ')}`);
    const named = new Map<number, string>();
    const begun = new Set<string>();
    for (const line of lines) {
      const [word = '', rest = ''] = line.split(' ');
      const uid = Number(word.slice(1));
      if (line.startsWith('?')) begun.add(line.slice(1));
      if (line.startsWith('+')) named.set(uid, rest);
    }
    const moved = new Map<number, number>();
    const gone = new Set<number>();
    for (const line of lines) {
      const [word = '', rest = ''] = line.split(' ');
      const uid = Number(word.slice(1));
      if (word.startsWith('m')) moved.set(uid, Number(rest));
      if (word.startsWith('x')) gone.add(uid);
    }
    for (const [uid, name] of named) {
      const there = seen.names.get(`INBOX ${uid}`);
      const to = moved.get(uid);
      if (to !== undefined) {
        assert.equal(seen.names.get(`box ${to}`), name, `moved ${uid} in round ${round}`);
        assert.equal(there, undefined);
      } else if (gone.has(uid)) {
        assert.equal(there, undefined, `expunged ${uid} in round ${round}`);
      } else if (begun.has(`m${uid}`) || begun.has(`x${uid}`)) {
        // In doubt: done or not, but never half; that it is nowhere twice was seen above.
        if (there !== undefined) assert.equal(there, name);
        else if (begun.has(`m${uid}`)) assert.equal(places.get(name)?.[0]?.startsWith('box '), true, name);
      } else {
        assert.equal(there, name, `UID ${uid} in round ${round}`);
      }
    }
    for (const line of lines.filter((each) => each.startsWith('f'))) {
      const [word = '', flags] = line.split(' ');
      const uid = Number(word.slice(1));
      if (begun.has(`m${uid}`) || begun.has(`x${uid}`)) continue;
      assert.equal(seen.flags.get(`INBOX ${uid}`), Number(flags), line);
    }
    for (const name of ['INBOX', 'box']) {
      const highest = Math.max(
        0,
        ...[...seen.names.keys()]
          .filter((place) => place.startsWith(name))
          .map((place) => Number(place.split(' ')[1])),
      );
      assert.ok((seen.uidNext.get(name) ?? 1) > highest);
      assert.ok((seen.uidNext.get(name) ?? 1) >= (before?.uidNext.get(name) ?? 1), 'UIDNEXT');
      assert.ok((seen.modseq.get(name) ?? 0) >= (before?.modseq.get(name) ?? 0), 'modseq');
    }
    // Acknowledged numbers were never given to anybody else.
    const last = Math.max(0, ...named.keys());
    assert.ok((seen.uidNext.get('INBOX') ?? 0) > last);
    assert.deepEqual((await mailstore.check()).problems, [], `round ${round}`);
    assert.deepEqual((await store.check()).problems, [], `round ${round}`);
    await close();
    before = seen;
  }
});
