import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ANSWERED,
  DELETED,
  FLAGGED,
  type MailboxEvent,
  SEEN,
  type UidRanges,
} from '../../../main/server/mailstore/mailstore.ts';
import type { OpenMailstore } from '../../../main/server/mailstore/office-mailstore.ts';
import { allRows, everyUid, letterText, openRoom, prepare, wholeLetter } from '../../kit/office-mailstore.ts';

const SEED = Number(process.env['POSTROOM_SEED'] ?? 20_261_121);
const STEPS = Number(process.env['POSTROOM_STEPS'] ?? 150);

/** Small, fast, the same everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What a session knows of its mailbox, by events alone. */
class View {
  readonly flags = new Map<number, string>();
  readonly letters = new Map<number, string>();
  modseq = 0;
  uidNext = 1;

  apply(event: MailboxEvent): void {
    assert.ok(event.modseq > this.modseq, 'events come in rising modseq');
    this.modseq = event.modseq;
    for (const { uid, flags, keywords } of event.added) {
      assert.ok(uid >= this.uidNext, `UID ${uid} is new`);
      this.flags.set(uid, `${flags} ${keywords.join(' ')}`);
    }
    assert.ok(event.uidNext >= this.uidNext);
    this.uidNext = event.uidNext;
    for (const { uid, flags, keywords } of event.changed) {
      assert.ok(this.flags.has(uid), `UID ${uid} is known`);
      this.flags.set(uid, `${flags} ${keywords.join(' ')}`);
    }
    for (const uid of everyUid(event.vanished)) {
      assert.ok(this.flags.delete(uid), `UID ${uid} was there`);
    }
  }
}

async function stored(mailstore: OpenMailstore, mailbox: number): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const rows of await allRows(mailstore.rows(mailbox, [[1, 0xffff_ffff]], { flags: true }))) {
    for (const [n, uid] of rows.uids.entries()) {
      found.set(uid, `${rows.flags?.[n]} ${(rows.keywords?.get(n) ?? []).join(' ')}`);
    }
  }
  return found;
}

test(`G11 I20 eight sessions at once: a view kept by events is the mailbox, from any point on (seed ${SEED})`, async (t) => {
  const { mailstore, store } = await openRoom(t);
  await mailstore.provision(1);
  const boxes = await Promise.all(['a', 'b', 'c'].map(async (name) => (await mailstore.create(1, name)).id));
  const views = new Map(boxes.map((id) => [id, new View()]));
  /** What a sleeping QRESYNC client last saw of each mailbox. */
  const asleep = new Map<number, { flags: Map<number, string>; modseq: number }>();
  for (const id of boxes) mailstore.watch(id, (event) => views.get(id)?.apply(event));

  async function session(number: number): Promise<void> {
    const random = randomFrom(SEED + number);
    const box = () => boxes[random(boxes.length)] as number;
    const someUids = (id: number): UidRanges => {
      const top = Math.max(2, views.get(id)?.uidNext ?? 2);
      const first = 1 + random(top);
      return random(2)
        ? [[first, first + random(6)]]
        : [
            [first, first],
            [first + 2, first + 2 + random(3)],
          ];
    };
    for (let step = 0; step < STEPS; step += 1) {
      const id = box();
      const what = random(10);
      if (what < 4) {
        const messages = await Promise.all(
          Array.from({ length: 1 + random(3) }, async (_, n) => ({
            // Some letters are the same, so that rows share them.
            message: await prepare(mailstore, letterText(random(4) ? `${number}-${step}-${n}` : random(5))),
            flags: random(16),
            keywords: random(3) ? [] : [`k${random(5)}`],
          })),
        );
        await mailstore.append(id, messages);
      } else if (what < 7) {
        await mailstore.setFlags(id, someUids(id), {
          mode: (['add', 'remove', 'replace'] as const)[random(3)] ?? 'add',
          flags: [SEEN, DELETED, FLAGGED, ANSWERED, 0][random(5)] ?? 0,
          keywords: random(3) ? [] : [`k${random(5)}`],
        });
      } else if (what === 7) await mailstore.copy(id, someUids(id), box());
      else if (what === 8) await mailstore.move(id, someUids(id), box());
      else if (random(2)) await mailstore.expunge(id, random(2) ? someUids(id) : undefined);
      else await mailstore.removeMessages(id, someUids(id));
      if (number === 0 && step === Math.floor(STEPS / 2)) {
        for (const each of boxes) {
          const view = views.get(each);
          asleep.set(each, { flags: new Map(view?.flags), modseq: view?.modseq ?? 0 });
        }
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, number) => session(number)));

  for (const id of boxes) {
    const view = views.get(id);
    assert.ok(view);
    const rows = await stored(mailstore, id);
    assert.deepEqual(new Map([...view.flags].sort(([a], [b]) => a - b)), rows);
    const opened = await mailstore.open(id, false);
    assert.deepEqual(everyUid(opened.uids), [...rows.keys()]);
    assert.equal(opened.mailbox.highestModseq, view.modseq);
    assert.equal(opened.mailbox.uidNext, view.uidNext);
    const unseen = [...rows].filter(([, flags]) => (Number.parseInt(flags, 10) & SEEN) === 0);
    assert.equal(opened.firstUnseen, unseen[0]?.[0] ?? null);
    assert.equal(opened.mailbox.unseen, unseen.length);
    // I62: whoever slept catches up to the same.
    const client = asleep.get(id);
    assert.ok(client);
    const changes = await mailstore.changesSince(id, client.modseq);
    for (const uid of everyUid(changes.vanished)) client.flags.delete(uid);
    for (const { uid, flags, keywords } of changes.changed)
      client.flags.set(uid, `${flags} ${keywords.join(' ')}`);
    assert.deepEqual(new Map([...client.flags].sort(([a], [b]) => a - b)), rows);
    for (const uid of [...rows.keys()].slice(0, 5)) {
      const letter = await mailstore.letter(id, uid);
      assert.ok(letter);
      assert.match(await wholeLetter(letter), /^Message-ID: /);
    }
  }
  assert.deepEqual((await mailstore.check()).problems, []);
  assert.deepEqual((await store.check()).problems, []);
});
