import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../../main/base/errors.ts';
import { IMAP_CHANGES_KEPT } from '../../../main/base/limits.ts';
import { SelectedMailbox } from '../../../main/server/imap/selected.ts';
import {
  common,
  normalised,
  parseSequenceSet,
  rangesOf,
  rangesText,
  without,
} from '../../../main/server/imap/sequence-set.ts';
import { View } from '../../../main/server/imap/view.ts';
import {
  FLAGGED,
  type FlagState,
  type MailboxEvent,
  type OpenedMailbox,
  SEEN,
  type UidRanges,
} from '../../../main/server/mailstore/mailstore.ts';

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
}

const all = (ranges: UidRanges) =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n));

test('I23 expunge numbers count down as sent', () => {
  const view = new View([[1, 4]]);
  const gone = view.remove([
    [1, 1],
    [3, 3],
  ]);
  assert.deepEqual(gone, [
    [1, 1],
    [2, 1],
  ]);
  assert.deepEqual(all(view.uids), [2, 4]);
});

test('I20 the view is exactly an array of what was told, whatever happens', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = numbers(seed);
    let next = 1 + random(5);
    let array: number[] = [];
    const view = new View([]);
    for (let step = 0; step < 60; step += 1) {
      if (random(2) === 0) {
        const added: number[] = [];
        for (let n = random(8); n > 0; n -= 1) {
          added.push(next);
          next += 1 + (random(3) === 0 ? random(4) : 0);
        }
        view.append(rangesOf(added));
        array.push(...added);
      } else {
        const wanted = rangesOf(
          [...new Set(Array.from({ length: random(10) }, () => random(next + 2)))].sort((a, b) => a - b),
        );
        const sent = view.remove(wanted).flatMap(([number, times]) => Array<number>(times).fill(number));
        const before = [...array];
        const gone = new Set(all(wanted));
        array = array.filter((uid) => !gone.has(uid));
        // What the client does with these numbers leads to the same list.
        for (const number of sent) before.splice(number - 1, 1);
        assert.deepEqual(before, array, `seed ${seed}`);
      }
      assert.equal(view.exists, array.length);
      assert.deepEqual(all(view.uids), array);
      array.forEach((uid, at) => {
        assert.equal(view.seqOf(uid), at + 1);
        assert.equal(view.uidAt(at + 1), uid);
      });
      assert.equal(view.seqOf(next + 1), 0);
    }
  }
});

test('I56 sets: above EXISTS is BAD by number, ignored by UID; n:* has the last; overlaps count once', () => {
  const view = new View([
    [5, 6],
    [10, 12],
  ]);
  const by = (text: string, uid: boolean) => all(view.resolve(parseSequenceSet(text)!, uid));
  assert.deepEqual(by('1:3', false), [5, 6, 10]);
  assert.deepEqual(by('5:2,3,3', false), [6, 10, 11, 12]);
  assert.deepEqual(by('*', false), [12]);
  assert.deepEqual(by('*:4', false), [11, 12]);
  assert.throws(() => by('6', false), Fault);
  assert.throws(() => by('1:6', false), Fault);
  assert.deepEqual(by('1:*', true), [5, 6, 10, 11, 12]);
  assert.deepEqual(by('100:*', true), [12]);
  assert.deepEqual(by('7:9,100', true), []);
  assert.deepEqual(by('6:10', true), [6, 10]);
  const none = new View([]);
  assert.throws(() => none.resolve(parseSequenceSet('1')!, false), Fault);
  assert.throws(() => none.resolve(parseSequenceSet('*')!, false), Fault);
  assert.deepEqual(none.resolve(parseSequenceSet('1:*')!, true), []);
  assert.deepEqual(all(view.resolve('$', true, [[6, 10]])), [6, 10]);
});

test('I56 a set of 100 KiB', () => {
  const view = new View([[1, 50_000]]);
  const text = Array.from({ length: 25_000 }, (_, n) => n * 2 + 1).join(',');
  assert.ok(text.length > 100 * 1024);
  const resolved = view.resolve(parseSequenceSet(text)!, false);
  assert.equal(resolved.length, 25_000);
});

test('ranges: common, without, text', () => {
  assert.equal(
    rangesText(
      normalised(
        [
          [3, 1],
          [2, 4],
          [9, 9],
        ],
        0,
      ),
    ),
    '1:4,9',
  );
  assert.deepEqual(
    common(
      [
        [1, 5],
        [8, 9],
      ],
      [[4, 8]],
    ),
    [
      [4, 5],
      [8, 8],
    ],
  );
  assert.deepEqual(
    without(
      [[1, 10]],
      [
        [1, 1],
        [4, 5],
        [10, 12],
      ],
    ),
    [
      [2, 3],
      [6, 9],
    ],
  );
  assert.deepEqual(
    without(
      [
        [1, 2],
        [3, 9],
      ],
      [[2, 4]],
    ),
    [
      [1, 1],
      [5, 9],
    ],
  );
});

const state = (uid: number, flags: number, modseq: number): FlagState => ({
  uid,
  flags,
  keywords: [],
  modseq,
});

function opened(uids: UidRanges, recentFrom: number | null = null): OpenedMailbox {
  const last = uids.at(-1)?.[1] ?? 0;
  return {
    mailbox: {
      id: 7,
      personId: 1,
      name: 'INBOX',
      use: 'inbox',
      subscribed: true,
      selectable: true,
      exists: true,
      uidValidity: 1,
      uidNext: last + 1,
      highestModseq: 100,
      messages: 0,
      unseen: 0,
      deleted: 0,
      size: 0,
      recent: 0,
    },
    uids,
    firstUnseen: null,
    recentFrom,
    keywords: [],
  };
}

function event(modseq: number, what: Partial<MailboxEvent>): MailboxEvent {
  return { mailboxId: 7, modseq, added: [], changed: [], vanished: [], uidNext: 0, ...what };
}

function told(
  selected: SelectedMailbox,
  options: { expunge?: boolean; condstore?: boolean; qresync?: boolean } = {},
) {
  return [...selected.tell({ expunge: true, condstore: false, qresync: false, ...options })].join('');
}

test('I22 removals come first, then EXISTS, then flags; a plain expunge brings no EXISTS', () => {
  const selected = new SelectedMailbox(opened([[1, 3]], 3), false, () => {});
  selected.hear(event(101, { changed: [state(1, SEEN, 101)] }));
  selected.hear(event(102, { added: [state(4, 0, 102)] }));
  selected.hear(event(103, { vanished: [[2, 2]] }));
  assert.equal(
    told(selected),
    '* 2 EXPUNGE\r\n* 3 EXISTS\r\n* 1 RECENT\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n',
  );
  selected.hear(event(104, { vanished: [[1, 1]] }));
  assert.equal(told(selected), '* 1 EXPUNGE\r\n');
  assert.equal(told(selected), '');
});

test('I21 an expunge is held back where it is forbidden, and not lost', () => {
  const selected = new SelectedMailbox(opened([[1, 3]]), false, () => {});
  selected.hear(event(101, { vanished: [[1, 1]] }));
  selected.hear(event(102, { added: [state(4, 0, 102)], changed: [state(3, SEEN, 102)] }));
  assert.ok(selected.isExpunged(1));
  assert.equal(
    told(selected, { expunge: false }),
    '* 4 EXISTS\r\n* 0 RECENT\r\n* 3 FETCH (UID 3 FLAGS (\\Seen))\r\n',
  );
  assert.equal(selected.view.uidAt(1), 1);
  assert.equal(told(selected, { expunge: true }), '* 1 EXPUNGE\r\n');
  assert.equal(selected.view.uidAt(1), 2);
});

test('I22 a message that came and went unannounced was never there', () => {
  const selected = new SelectedMailbox(opened([[1, 3]]), false, () => {});
  selected.hear(event(101, { added: [state(4, 0, 101), state(5, 0, 101)] }));
  selected.hear(event(102, { vanished: [[4, 4]] }));
  assert.equal(told(selected), '* 4 EXISTS\r\n* 0 RECENT\r\n');
  assert.equal(selected.view.uidAt(4), 5);
  selected.hear(event(103, { added: [state(6, 0, 103)] }));
  selected.hear(event(104, { vanished: [[6, 6]] }));
  assert.equal(told(selected, { expunge: false }), '');
  assert.equal(told(selected), '');
});

test('I63 VANISHED instead of EXPUNGE, MODSEQ in FETCH', () => {
  const selected = new SelectedMailbox(opened([[1, 9]]), false, () => {});
  selected.hear(
    event(101, {
      vanished: [
        [2, 4],
        [7, 7],
      ],
    }),
  );
  selected.hear(event(102, { changed: [state(9, FLAGGED, 102)] }));
  assert.equal(
    told(selected, { condstore: true, qresync: true }),
    '* VANISHED 2:4,7\r\n* 5 FETCH (UID 9 FLAGS (\\Flagged) MODSEQ (102))\r\n',
  );
});

test('I24 an own silent change is not told, somebody else’s before or after it is', () => {
  const selected = new SelectedMailbox(opened([[1, 3]]), false, () => {});
  selected.own(101, false);
  selected.hear(event(101, { changed: [state(1, SEEN, 101)] }));
  assert.equal(told(selected), '');
  // The event may also come first.
  selected.hear(event(102, { changed: [state(1, 0, 102)] }));
  selected.own(102, false);
  assert.equal(told(selected), '');
  selected.hear(event(103, { changed: [state(2, FLAGGED, 103)] }));
  selected.hear(event(104, { changed: [state(2, FLAGGED | SEEN, 104)] }));
  selected.own(104, false);
  assert.equal(told(selected), '* 2 FETCH (UID 2 FLAGS (\\Flagged \\Seen))\r\n');
  // What a command has told itself is not told again.
  selected.hear(event(105, { changed: [state(3, SEEN, 105)] }));
  selected.hear(event(106, { changed: [state(3, 0, 106)] }));
  selected.own(106, true);
  assert.equal(told(selected), '');
});

test('I73 a session that never asks keeps little, and catches up by modseq', async () => {
  const selected = new SelectedMailbox(opened([[1, 10]]), false, () => {});
  for (let n = 0; n < IMAP_CHANGES_KEPT * 2; n += 1)
    selected.hear(event(101 + n, { changed: [state(1 + (n % 10), n % 2, 101 + n)] }));
  assert.ok(selected.needsCatchUp);
  assert.equal(selected.modseq, 100);
  // Heard while the store was asked: part of the answer already, or not.
  await selected.catchUp({
    highestModseq: 9000,
    vanished: [[3, 3]],
    changed: [state(1, SEEN, 8999), state(11, 0, 9000)],
  });
  selected.hear(event(9000, { changed: [state(2, SEEN, 9000)] }));
  selected.hear(event(9001, { changed: [state(4, SEEN, 9001)] }));
  assert.equal(
    told(selected),
    '* 3 EXPUNGE\r\n* 10 EXISTS\r\n* 0 RECENT\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 3 FETCH (UID 4 FLAGS (\\Seen))\r\n',
  );
});

test('I27 a deleted mailbox is gone, its view stays', () => {
  const selected = new SelectedMailbox(opened([[1, 3]]), false, () => {});
  selected.hear(event(101, { deleted: true }));
  assert.ok(selected.gone);
  assert.equal(selected.view.exists, 3);
});
