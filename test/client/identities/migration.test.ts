/** What a profile of an earlier version becomes: its one signature, its accounts; and what goes with an account. */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { migration010 } from '../../../main/client/schema/010-mail.ts';
import { migration020 } from '../../../main/client/schema/020-pop3.ts';
import { migration060 } from '../../../main/client/schema/060-identities.ts';
import type { WriteHandle } from '../../../main/store/program.ts';
import { openTestProfile } from '../kit/profile.ts';

/** A database as the earlier version left it; the migrations asked for need no more of a handle than this. */
function earlier(fill: string): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  const handle = { exec: (sql: string) => db.exec(sql) } as unknown as WriteHandle;
  migration010.up(handle);
  migration020.up(handle);
  db.exec(fill);
  migration060.up(handle);
  return db;
}
const all = (db: DatabaseSync, sql: string) =>
  db
    .prepare(sql)
    .all()
    .map((row) => Object.values({ ...row }));

test('the signature of the settings becomes the first of the list, the setting goes', () => {
  const db = earlier(
    `INSERT INTO settings VALUES ('signature', '"<div>Olga \\"B\\"</div>"'), ('language', '"ru"'), ('theme', '"dark"')`,
  );
  assert.deepEqual(all(db, 'SELECT name, html FROM signatures'), [['Подпись', '<div>Olga "B"</div>']]);
  assert.deepEqual(all(db, 'SELECT name FROM settings ORDER BY name'), [['language'], ['theme']]);
});

test('no signature, no row', () => {
  const db = earlier(`INSERT INTO settings VALUES ('signature', '""')`);
  assert.deepEqual(all(db, 'SELECT * FROM signatures'), []);
});

test('accounts that are there and accounts that come have a main identity; the local one has none', () => {
  const db = earlier(
    `INSERT INTO accounts (kind, address, name) VALUES ('imap', 'a@x.example', 'A'), ('local', 'Local', '')`,
  );
  db.exec(`INSERT INTO accounts (kind, address, name) VALUES ('pop3', 'b@x.example', 'B')`);
  assert.deepEqual(all(db, 'SELECT account, main, name, address FROM identities ORDER BY id'), [
    [1, 1, null, null],
    [3, 1, null, null],
  ]);
});

test('identities go with their account', async (t) => {
  const { call, profile } = await openTestProfile(t, { background: false });
  const server = { host: '127.0.0.1', port: 1, security: 'none', user: 'a', auth: 'auto' } as const;
  const account = await profile.store.write('accounts.insert', {
    address: 'a@x.example',
    name: 'A',
    incoming: server,
    outgoing: server,
    policy: { keep: 'everything' },
    saveSent: true,
  });
  await call('identities.add', { account, address: 'b@x.example' });
  assert.equal((await call('identities.list', {})).length, 2);
  await call('accounts.remove', { id: account });
  assert.deepEqual(await call('identities.list', {}), []);
});
