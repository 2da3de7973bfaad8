import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Attempt, type AttemptResult, settle } from '../../../main/client/outbox/outcome.ts';
import { GIVE_UP_AFTER_MS, nextTry } from '../../../main/client/outbox/schedule.ts';
import type { RecipientResult } from '../../../main/net/smtp/submit.ts';

const NOW = Date.UTC(2026, 10, 20, 10);
const MINUTE = 60_000;

type State = RecipientResult['state'];
const each = (states: Record<string, State>): RecipientResult[] =>
  Object.entries(states).map(([address, state]) => ({
    address,
    state,
    reply: state === 'refused' ? '550 No' : '',
  }));
const attempt = (states: Record<string, State>, more: Partial<Attempt> = {}): Attempt => ({
  results: each(states),
  attempts: 1,
  firstTry: NOW,
  ...more,
});
const result = (
  outcome: AttemptResult['outcome'],
  states: Record<string, State>,
  code?: string,
): AttemptResult => ({
  outcome,
  recipients: each(states),
  reply: '',
  fault: code ? { kind: 'remote', code, message: 'x', retryable: false, detail: { reply: '550 No' } } : null,
});

describe('what an attempt makes of a letter', () => {
  test('everybody has it: sent', () => {
    const settled = settle(
      attempt({ a: 'waiting', b: 'waiting' }),
      result('accepted', { a: 'accepted', b: 'accepted' }),
      NOW,
    );
    assert.deepEqual([settled.state, settled.taken, settled.problem], ['sent', true, null]);
  });

  test('some have it, one is refused: said with the words of the server, and the copy is due', () => {
    const settled = settle(
      attempt({ a: 'waiting', b: 'waiting' }),
      result('accepted', { a: 'accepted', b: 'refused' }, 'letter-refused'),
      NOW,
    );
    assert.equal(settled.state, 'failed');
    assert.equal(settled.taken, true);
    assert.deepEqual([settled.problem?.code, settled.problem?.reply], ['some-refused', '550 No']);
  });

  test('some have it, one is to come later: only that one is tried again', () => {
    const first = settle(
      attempt({ a: 'waiting', b: 'waiting' }),
      result('accepted', { a: 'accepted', b: 'deferred' }, 'letter-deferred'),
      NOW,
    );
    assert.deepEqual([first.state, first.nextTry], ['deferred', NOW + MINUTE]);
    const second = settle(
      { results: first.results, attempts: 2, firstTry: NOW },
      result('accepted', { b: 'accepted' }),
      NOW,
    );
    assert.equal(second.state, 'sent');
  });

  test('the server took a part of a long list: the rest follows at once', () => {
    const settled = settle(
      attempt({ a: 'waiting', b: 'waiting' }),
      result('accepted', { a: 'accepted' }),
      NOW,
    );
    assert.deepEqual([settled.state, settled.nextTry, settled.taken], ['queued', null, true]);
  });

  test('nobody: failed', () => {
    const settled = settle(
      attempt({ a: 'waiting' }),
      result('refused', { a: 'refused' }, 'letter-refused'),
      NOW,
    );
    assert.deepEqual([settled.state, settled.taken, settled.problem?.reply], ['failed', false, '550 No']);
  });

  test('a lost line before the dot: later; after the dot: nobody knows', () => {
    const before = settle(
      attempt({ a: 'waiting' }),
      result('interrupted', { a: 'waiting' }, 'timed-out'),
      NOW,
    );
    assert.deepEqual([before.state, before.nextTry], ['deferred', NOW + MINUTE]);
    const after = settle(
      attempt({ a: 'waiting' }),
      result('unknown', { a: 'unknown' }, 'outcome-unknown'),
      NOW,
    );
    assert.deepEqual([after.state, after.nextTry], ['unknown', null]);
  });

  test('a wrong password is no fault of the letter: it waits, without a time', () => {
    const settled = settle(
      attempt({ a: 'waiting' }),
      result('interrupted', { a: 'waiting' }, 'wrong-password'),
      NOW,
    );
    assert.deepEqual(
      [settled.state, settled.nextTry, settled.problem?.code],
      ['queued', null, 'wrong-password'],
    );
  });

  test('after a day the person decides', () => {
    const late = attempt({ a: 'waiting' }, { attempts: 20, firstTry: NOW - GIVE_UP_AFTER_MS });
    const settled = settle(late, result('deferred', { a: 'deferred' }, 'letter-deferred'), NOW);
    assert.deepEqual([settled.state, settled.problem?.code], ['failed', 'gave-up']);
  });
});

test('tries come after 1, 5, 15, 30, 60, 60 ... minutes, for a day', () => {
  const minutes = [1, 2, 3, 4, 5, 6, 7].map((attempts) => (nextTry(attempts, NOW, NOW)! - NOW) / MINUTE);
  assert.deepEqual(minutes, [1, 5, 15, 30, 60, 60, 60]);
  assert.equal(nextTry(9, NOW, NOW + GIVE_UP_AFTER_MS), null);
  assert.equal(nextTry(9, NOW, NOW - GIVE_UP_AFTER_MS) !== null, true, 'a clock set back does not give up');
});
