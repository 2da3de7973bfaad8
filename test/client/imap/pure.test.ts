import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { backoff } from '../../../main/client/imap/backoff.ts';
import { commandFault } from '../../../main/client/imap/failure.ts';
import {
  applyDelta,
  type Delta,
  deltaOf,
  isEmptyDelta,
  joinKeywords,
  mergeDeltas,
  mergeMarks,
  readFlags,
  writeFlags,
} from '../../../main/client/imap/flags.ts';
import { GUARD_COUNT, judge, needsSecondLook } from '../../../main/client/imap/guard.ts';
import type { OperationRow } from '../../../main/client/imap/oplog.ts';
import { localPath } from '../../../main/client/imap/paths.ts';
import {
  batches,
  FIRST_BATCH,
  type LocalState,
  planFolder,
  unchanged,
} from '../../../main/client/imap/plan.ts';
import { nextGroup } from '../../../main/client/imap/replay.ts';
import { readSet, uidSets, without } from '../../../main/client/imap/sets.ts';
import { relink } from '../../../main/client/imap/validity.ts';
import { FLAG } from '../../../main/client/messages/rows.ts';

const marks = fc
  .tuple(fc.integer({ min: 0, max: 127 }), fc.subarray(['$Label1', 'Work', 'later', 'ru']))
  .map(([flags, keywords]) => ({ flags, keywords: joinKeywords(keywords) }));

describe('marks', () => {
  it('are read in any case and written as the registry has them', () => {
    assert.deepEqual(readFlags(['\\SEEN', '$forwarded', 'Work', '\\Recent', 'NonJunk', '\\Odd']), {
      flags: FLAG.seen | FLAG.forwarded,
      keywords: 'Work',
    });
    assert.deepEqual(writeFlags({ flags: FLAG.flagged | FLAG.junk, keywords: 'Work a(b' }), [
      '\\Flagged',
      '$Junk',
      'Work',
    ]);
  });
  const table: [name: string, base: number, local: number, server: number, seen: number][] = [
    ['nobody did anything', 1, 1, 1, 1],
    ['the server read it', 0, 0, 1, 1],
    ['the person read it', 0, 1, 0, 1],
    ['the person unread what the server read before', 1, 0, 1, 0],
    ['both flagged and read', 0, 4, 1, 5],
    ['the server unflagged what the person left alone', 4, 4, 0, 0],
  ];
  for (const [name, base, local, server, seen] of table) {
    it(`merge: ${name}`, () => {
      const of = (flags: number) => ({ flags, keywords: '' });
      assert.equal(mergeMarks(of(base), of(local), of(server)).flags, seen);
    });
  }
  it('merge to what the server says where the person did nothing', () => {
    fc.assert(
      fc.property(marks, marks, (base, server) => assert.deepEqual(mergeMarks(base, base, server), server)),
    );
  });
  it('keep every act of the person', () => {
    fc.assert(
      fc.property(marks, marks, marks, (base, local, server) => {
        const merged = mergeMarks(base, local, server);
        assert.deepEqual(merged, applyDelta(server, deltaOf(base, local)));
      }),
    );
  });
  it('deltas one after the other are one delta', () => {
    fc.assert(
      fc.property(marks, marks, marks, (a, b, c) => {
        const merged: Delta = mergeDeltas(deltaOf(a, b), deltaOf(b, c));
        assert.deepEqual(applyDelta(a, merged), c);
        assert.equal(isEmptyDelta(mergeDeltas(deltaOf(a, b), deltaOf(b, a))), true);
      }),
    );
  });
});

describe('sets of UIDs', () => {
  it('survive writing and reading', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 5000 })), (uids) => {
        const read = uidSets(uids, 50).flatMap((set) => readSet(set, 1e6));
        assert.deepEqual(
          read,
          [...uids].sort((a, b) => a - b),
        );
        assert.ok(uidSets(uids, 50).every((set) => set.length <= 50));
      }),
    );
  });
  it('are bounded, whatever a server writes', () => {
    assert.equal(readSet('1:4294967295', 1000).length, 1000);
    assert.deepEqual(readSet('5:3,*,x,0,7', 10), [3, 4, 5, 7]);
  });
  it('subtract', () => {
    assert.deepEqual(without([1, 2, 3, 5, 8], [2, 3, 4, 9]), [1, 5, 8]);
    assert.deepEqual(without([], [1]), []);
  });
});

describe('the plan of a folder', () => {
  const known: LocalState = {
    uidValidity: 7,
    uidNext: 100,
    highestModseq: 50n,
    count: 90,
    complete: true,
    serverTotal: 90,
  };
  const server = { uidValidity: 7, uidNext: 100, exists: 90, highestModseq: 50n };
  const all = { condstore: true, qresync: true };
  const steps = (local: Partial<LocalState>, said: Partial<typeof server | { uidNext: null }>, can = all) =>
    planFolder({ ...known, ...local }, { ...server, ...said }, can).map((each) => each.step);
  it('begins with a comparison', () => {
    assert.deepEqual(steps({ uidValidity: null, count: 0 }, {}), ['compare']);
  });
  it('matches anew after a change of UIDVALIDITY, before anything else', () => {
    assert.deepEqual(steps({}, { uidValidity: 8 }), ['relink']);
  });
  it('asks for changes since with CONDSTORE, for all flags without', () => {
    assert.deepEqual(steps({}, { highestModseq: 60n, uidNext: 103 }), [
      'changed-since',
      'new-from',
      'compare-if-uneven',
    ]);
    assert.deepEqual(steps({}, {}, { condstore: true, qresync: false }), ['compare-if-uneven']);
    assert.deepEqual(steps({}, {}, { condstore: false, qresync: false }), ['all-flags', 'compare-if-uneven']);
  });
  it('trusts nothing after numbers went back or a pass was cut off', () => {
    assert.deepEqual(steps({}, { highestModseq: 40n }), ['all-flags', 'compare-if-uneven']);
    assert.deepEqual(steps({}, { uidNext: 90 }).at(-1), 'compare');
    assert.deepEqual(steps({ complete: false }, {}), ['all-flags', 'compare']);
  });
  it('leaves a folder alone only when every number is the same', () => {
    assert.equal(unchanged(known, server, all), true);
    assert.equal(unchanged(known, { ...server, highestModseq: 51n }, all), false);
    assert.equal(unchanged(known, { ...server, exists: 89 }, all), false);
    assert.equal(unchanged(known, { ...server, uidNext: 101 }, all), false);
    assert.equal(unchanged({ ...known, complete: false }, server, all), false);
    assert.equal(unchanged(known, server, { condstore: false, qresync: false }), false);
  });
  it('fetches newest first, a small batch before the large ones', () => {
    const parts = batches(Array.from({ length: 5000 }, (_, n) => n + 1));
    assert.equal(parts[0]?.length, FIRST_BATCH);
    assert.equal(parts[0]?.[0], 5000);
    assert.deepEqual(parts.flat().length, 5000);
  });
});

describe('the mass-deletion guard', () => {
  it('asks again above a share or a count', () => {
    assert.equal(needsSecondLook(3, 4), false);
    assert.equal(needsSecondLook(30, 100), false);
    assert.equal(needsSecondLook(31, 100), true);
    assert.equal(needsSecondLook(GUARD_COUNT, 1e6), false);
    assert.equal(needsSecondLook(GUARD_COUNT + 1, 1e6), true);
  });
  it('drops only what both answers agree upon', () => {
    assert.equal(judge({ gone: [1, 2], found: new Set([3]), messages: 1 }), 'drop');
    assert.equal(judge({ gone: [1, 2], found: new Set([2, 3]), messages: 2 }), 'distrust');
    assert.equal(judge({ gone: [1, 2], found: new Set(), messages: 5 }), 'distrust');
    assert.equal(judge({ gone: [1, 2], found: new Set([3]), messages: 5 }), 'distrust');
    assert.equal(judge({ gone: [1, 2], found: new Set(), messages: 0 }), 'drop');
  });
});

describe('matching after a change of UIDVALIDITY', () => {
  const held = (id: number, messageId: string, size = 10, received = 1000, serverId = '') => ({
    id,
    messageId,
    size,
    received,
    serverId,
  });
  const listed = (uid: number, messageId: string, size = 10, received = 1000, serverId = '') => ({
    uid,
    messageId,
    size,
    received,
    serverId,
  });
  it('goes by EMAILID, then by facts, then by identifier and size', () => {
    const links = relink(
      [held(1, 'a', 10, 1000, 'E1'), held(2, 'b'), held(3, 'c'), held(4, 'd')],
      [listed(101, 'x', 99, 5000, 'E1'), listed(102, 'b'), listed(103, 'c', 10, 999_000), listed(104, 'new')],
    );
    assert.deepEqual(
      [...links.linked],
      [
        [1, 101],
        [2, 102],
        [3, 103],
      ],
    );
    assert.deepEqual(links.gone, [4]);
    assert.deepEqual(links.fresh, [104]);
  });
  it('pairs twins one to one', () => {
    const links = relink([held(1, 'a'), held(2, 'a')], [listed(5, 'a'), listed(6, 'a'), listed(7, 'a')]);
    assert.equal(new Set(links.linked.values()).size, 2);
    assert.equal(links.fresh.length, 1);
  });
});

describe('the next command of a replay', () => {
  const op = (id: number, message: number, more: Partial<OperationRow> = {}): OperationRow => ({
    id,
    account: 1,
    folder: 1,
    message,
    uid: message,
    kind: 'move',
    payload: '{"to":2}',
    state: 'waiting',
    attempts: 0,
    next_try: 0,
    at: 0,
    problem: null,
    ...more,
  });
  const ids = (waiting: OperationRow[], now = 100) => nextGroup(waiting, now).group.map((each) => each.id);
  it('takes neighbours that say the same', () => {
    assert.deepEqual(ids([op(1, 1), op(2, 2), op(3, 3, { payload: '{"to":9}' }), op(4, 4)]), [1, 2]);
  });
  it('never takes two of one letter', () => {
    assert.deepEqual(ids([op(1, 1), op(2, 1)]), [1]);
  });
  it('never takes a copy of a copy with it: the first has no place on the server yet', () => {
    const copy = (id: number, message: number, made: number) =>
      op(id, message, { kind: 'copy', payload: JSON.stringify({ to: 6, copy: made }) });
    assert.deepEqual(ids([copy(1, 1, 2), copy(2, 2, 3)]), [1]);
    assert.deepEqual(ids([copy(1, 1, 3), copy(2, 2, 4)]), [1, 2]);
  });
  it('keeps the order of a letter whose turn has not come, and lets others pass', () => {
    const waiting = [op(1, 1, { next_try: 500 }), op(2, 1), op(3, 2)];
    assert.deepEqual(ids(waiting), [3]);
    assert.equal(nextGroup(waiting, 100).nextTry, 500);
  });
  it('leaves parked ones alone', () => {
    assert.deepEqual(ids([op(1, 1, { state: 'stuck' }), op(2, 1)]), [2]);
  });
});

describe('small things', () => {
  it('paths have "/" between levels and nowhere else', () => {
    assert.deepEqual(localPath('INBOX.Projects.Block 4', '.'), {
      path: 'INBOX/Projects/Block 4',
      name: 'Block 4',
    });
    assert.deepEqual(localPath('inbox', '/'), { path: 'INBOX', name: 'INBOX' });
    assert.equal(localPath('a/b.c', '.').path.split('/').length, 2);
  });
  it('the back-off grows from 2 s to 5 min, with jitter', () => {
    assert.equal(backoff(1, 0.5), 2000);
    assert.equal(backoff(2, 0.5), 4000);
    assert.equal(backoff(50, 0.5), 300_000);
    assert.ok(backoff(3, 0) < backoff(3, 0.99));
  });
  const endpoint = { host: 'mail.example.org', port: 993 };
  const table: [
    phase: 'sign-in' | 'command',
    status: 'NO' | 'BAD' | 'BYE',
    code: string,
    text: string,
    fault: string,
    retry: boolean,
  ][] = [
    ['sign-in', 'NO', 'AUTHENTICATIONFAILED', 'no', 'wrong-password', false],
    ['sign-in', 'NO', 'UNAVAILABLE', 'later', 'server-error', true],
    ['sign-in', 'NO', '', 'Too many simultaneous connections', 'too-many-connections', true],
    ['command', 'NO', 'OVERQUOTA', 'full', 'over-quota', false],
    ['command', 'NO', 'ALREADYEXISTS', 'there', 'folder-exists', false],
    ['command', 'NO', 'INUSE', 'busy', 'server-error', true],
    ['command', 'NO', 'NOPERM', 'no', 'not-allowed', false],
    ['command', 'NO', '', 'no', 'refused', false],
    ['command', 'BAD', '', 'what', 'bad-command', false],
    ['command', 'BYE', '', 'leaving', 'server-error', true],
  ];
  for (const [phase, status, code, text, fault, retry] of table) {
    it(`${phase}: ${status} [${code}] ${text} is ${fault}`, () => {
      const found = commandFault({ status, code, text }, endpoint, phase);
      assert.equal(found.code, fault);
      assert.equal(found.retryable, retry);
    });
  }
});
