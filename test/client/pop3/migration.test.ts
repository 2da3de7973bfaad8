/** A profile from before POP3 is brought up to date: its accounts, and what refers to them, stay. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { migration010 } from '../../../main/client/schema/010-mail.ts';
import { migration020 } from '../../../main/client/schema/020-pop3.ts';
import { Connection } from '../../../main/store/database.ts';

test('accounts keep their kind, folders and operations', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-migration-'));
  const db = new Connection(join(dir, 'store.db'), { readOnly: false });
  t.after(async () => {
    db.close();
    await rm(dir, { recursive: true, force: true });
  });
  migration010.up(db.writing);
  const insert = "INSERT INTO accounts (kind, address, name) VALUES (?, 'a@x.example', 'A')";
  for (const kind of ['imap', 'local']) db.run(insert, kind);
  db.run("INSERT INTO folders (account, path, name) VALUES (1, 'INBOX', 'INBOX'), (2, 'Inbox', 'Inbox')");
  migration020.up(db.writing);
  assert.deepEqual(db.pluck<number | string>('SELECT kind FROM accounts ORDER BY id'), ['imap', 'local']);
  assert.deepEqual(db.pluck<number | string>('SELECT account FROM folders ORDER BY id'), [1, 2]);
  assert.equal(db.value('SELECT count(*) FROM accounts WHERE pop3 IS NOT NULL'), 0);
  db.run(insert, 'pop3');
  assert.throws(() => db.run(insert, 'nntp'), /CHECK/i);
  db.run(
    "INSERT INTO pop3_letters (account, uidl, octets, state, first_seen) VALUES (3, 'u', 1, 'whole', 0)",
  );
  db.run('DELETE FROM accounts WHERE id IN (1, 3)');
  assert.deepEqual(db.pluck<number | string>('SELECT account FROM folders'), [2], 'references still hold');
  assert.equal(db.value('SELECT count(*) FROM pop3_letters'), 0);
});
