/** A profile from before the address book: people met in letters are found and ranked at once, and the two books are there. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { suggest } from '../../../main/client/contacts/suggest.ts';
import { migration010 } from '../../../main/client/schema/010-mail.ts';
import { migration020 } from '../../../main/client/schema/020-pop3.ts';
import { migration040 } from '../../../main/client/schema/040-contacts.ts';
import { Connection } from '../../../main/store/database.ts';

test('people of an earlier profile keep their rank and are found by their words', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-migration-'));
  const db = new Connection(join(dir, 'store.db'), { readOnly: false });
  t.after(async () => {
    db.close();
    await rm(dir, { recursive: true, force: true });
  });
  migration010.up(db.writing);
  migration020.up(db.writing);
  const day = 86_400_000;
  const now = Date.UTC(2026, 10, 1);
  const insert =
    'INSERT INTO people (address, name, folded, written, received, last) VALUES (?, ?, ?, ?, ?, ?)';
  db.run(insert, 'old@x.example', 'Олег', 'олег old x example', 0, 9, now - 900 * day);
  db.run(insert, 'new@x.example', 'Ольга', 'ольга new x example', 0, 2, now - day);
  db.run(insert, 'to@x.example', 'Олеся', 'олеся to x example', 1, 0, now - 300 * day);
  db.run(insert, 'never@x.example', '', 'never x example', 0, 0, 0);
  migration040.up(db.writing);
  assert.deepEqual(
    suggest(db.reading, { text: 'ол', limit: 10 }).map((each) => each.name),
    ['Олеся', 'Ольга', 'Олег'],
  );
  assert.deepEqual(db.pluck<string>('SELECT kind FROM books ORDER BY position'), ['own', 'collected']);
  assert.equal(db.value('SELECT use FROM people WHERE address = ?', 'never@x.example'), 0);
});
