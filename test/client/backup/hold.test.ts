import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { holdOutgoing } from '../../../main/client/backup/hold.ts';
import { textOf } from '../../../renderer/i18n/text.ts';
import { letter, openTestProfile } from '../kit/profile.ts';

test('what rules were to send is not sent from a copy, and servers are asked before they are told', async (t) => {
  const p = await openTestProfile(t, { background: false });
  const [message = 0] = await p.put('Inbox', letter({ subject: 'Concrete' }));
  await p.profile.close();
  const file = join(p.dir, 'profile', 'store.db');
  const db = new DatabaseSync(file);
  t.after(() => db.close());
  const action = JSON.stringify({ do: 'forward', to: ['irina@north.example'] });
  const send = db.prepare(
    'INSERT INTO rule_sends (message, rule_id, rule, action, at) VALUES (?, 1, ?, ?, 7)',
  );
  send.run(message, 'Onwards', action);
  send.run(message + 1, 'Gone', JSON.stringify({ do: 'reply', text: 'x', days: 1 }));
  const told = db.prepare(
    "INSERT INTO operations (account, message, kind, payload, attempts, at) VALUES (1, ?, 'append', '{}', ?, 1)",
  );
  told.run(message, 0);
  told.run(message, 3);
  assert.equal(holdOutgoing(file), 0);
  assert.deepEqual(db.prepare('SELECT * FROM rule_sends').all(), []);
  assert.deepEqual(
    db
      .prepare('SELECT rule, subject, did FROM rule_log ORDER BY id')
      .all()
      .map(({ rule, subject, did }) => [rule, subject, JSON.parse(String(did))]),
    [
      ['Onwards', 'Concrete', [{ do: 'not-forward', what: 'restored' }]],
      ['Gone', '', [{ do: 'not-reply', what: 'restored' }]],
    ],
  );
  assert.deepEqual(
    db
      .prepare('SELECT attempts FROM operations ORDER BY id')
      .all()
      .map(({ attempts }) => attempts),
    [1, 3],
  );
  for (const language of ['en', 'ru'] as const)
    assert.ok(textOf(language).rules.logDialog.refusals['restored'], language);
});
