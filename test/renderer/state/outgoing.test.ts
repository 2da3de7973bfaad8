import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '../../../main/contract/mail/accounts.ts';
import type { OutboxItem } from '../../../main/contract/mail/drafts.ts';
import { outgoing } from '../../../renderer/state/outgoing.ts';

const item = (state: OutboxItem['state'], copy: OutboxItem['copy'] = 'none'): OutboxItem => ({
  id: 1,
  account: 7,
  state,
  subject: '',
  to: [],
  size: 0,
  notBefore: 0,
  attempts: 0,
  nextTry: null,
  results: [],
  problem: null,
  copy,
  purpose: 'letter',
  missed: null,
});
const account = (state: Account['state']) => [{ id: 7, state } as Account];

test('every letter that has not gone is counted once', () => {
  const all = (['scheduled', 'queued', 'sending', 'deferred', 'failed', 'unknown'] as const).map((state) =>
    item(state),
  );
  assert.deepEqual(outgoing(all, account('online')), { waiting: 3, scheduled: 1, failed: 2 });
});

test('a copy that is only on its way is not worth a line', () => {
  for (const [copy, state, waiting] of [
    ['waiting', 'online', 0],
    ['waiting', 'syncing', 0],
    ['waiting', 'offline', 1],
    ['waiting', 'needs-password', 1],
    ['failed', 'online', 1],
    ['done', 'offline', 0],
    ['none', 'offline', 0],
  ] as const)
    assert.equal(outgoing([item('sent', copy)], account(state)).waiting, waiting, `${copy}, ${state}`);
  assert.equal(outgoing([item('sent', 'waiting')], []).waiting, 0, 'its account is gone');
});

test('letters of a mail merge wait with the others', () => {
  assert.equal(outgoing([], [], [{ waiting: 40 }, { waiting: 2 }]).waiting, 42);
});
