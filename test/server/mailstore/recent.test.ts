import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentClaims } from '../../../main/server/mailstore/recent.ts';

test('I28 an answer that was read before the claim was written never undoes it', async () => {
  const written: (() => void)[] = [];
  const claims = new RecentClaims(() => new Promise<void>((resolve) => written.push(resolve)));
  assert.equal(claims.claim(7, 1, 3), 1);
  for (const write of written) write();
  await new Promise((resolve) => setImmediate(resolve));
  // The reader's snapshot is older than the write, its answer comes later.
  assert.equal(claims.from(7, 1), 3);
  assert.equal(claims.claim(7, 1, 3), null, 'nobody is told twice');
  assert.equal(claims.claim(7, 1, 5), 3);
  assert.equal(claims.claim(8, 1, 2), 1, 'another mailbox');
});
