/** Letters that come in by the hundred end up exactly as if each had come alone. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { insertMessages, type NewMessage } from '../../../main/client/messages/rows.ts';
import { migration010 } from '../../../main/client/schema/010-mail.ts';
import { migration020 } from '../../../main/client/schema/020-pop3.ts';
import { migration040 } from '../../../main/client/schema/040-contacts.ts';
import { Connection } from '../../../main/store/database.ts';
import type { WriteTx } from '../../../main/store/program.ts';

const names = ['a@x', 'b@x', 'c@x', 'd@x', 'e@x', 'f@x'];
const people = ['', 'Anna', 'Анна', 'Bob'];
const addresses = ['anna@x.example', 'Bob@Y.example', 'me@office.example', 'nobody', ''];
const person = fc.record({ name: fc.constantFrom(...people), address: fc.constantFrom(...addresses) });
const letter: fc.Arbitrary<NewMessage> = fc.record({
  folder: fc.constantFrom(1, 2),
  uid: fc.constant(null),
  received: fc.constantFrom(1_700_000_000_000, 1_700_000_000_400, 1_600_000_000_000),
  flags: fc.constantFrom(0, 1, 4, 5, 16, 64),
  keywords: fc.subarray(['later', 'work']),
  facts: fc.record({
    messageId: fc.constantFrom('', ...names),
    inReplyTo: fc.subarray(names, { maxLength: 1 }),
    references: fc.subarray(names, { maxLength: 3 }),
    subject: fc.constantFrom('one', 'two'),
    from: person,
    to: fc.array(person, { maxLength: 3 }),
    cc: fc.array(person, { maxLength: 1 }),
    date: fc.constantFrom(null, 1_700_000_000_000, 1_700_000_001_000, 1_500_000_000_000, 9e15),
    preview: fc.constant(''),
    attachments: fc.constantFrom(0, 2),
    size: fc.constant(10),
    listId: fc.constant(''),
  }),
  blob: fc.constant(null),
  head: fc.constant(null),
});

function taken(dir: string, batches: readonly NewMessage[][]): Record<string, unknown> {
  const db = new Connection(join(dir, `${Math.random()}.db`), { readOnly: false });
  try {
    db.exec('PRAGMA synchronous = OFF');
    migration010.up(db.writing);
    migration020.up(db.writing);
    migration040.up(db.writing);
    db.run("INSERT INTO accounts (kind, address, name) VALUES ('imap', 'me@office.example', 'Me')");
    for (const path of ['One', 'Two'])
      db.run('INSERT INTO folders (account, path, name) VALUES (1, ?, ?)', path, path);
    const announced: number[] = [];
    for (const batch of batches) {
      const tx: WriteTx = {
        db: db.writing,
        modseq: 1,
        now: 1_750_000_000_000,
        change: (kind, data) => {
          if (kind === 'message') announced.push(...(data as { ids: number[] }).ids);
        },
        blobs: { append() {}, retain() {}, release() {}, has: () => true },
      };
      insertMessages(tx, batch);
    }
    const tables = ['messages', 'conversations', 'thread_ids', 'people', 'folders', 'to_index'];
    const rows = tables.map((table) => {
      const all = db.all(`SELECT * FROM ${table}`);
      // Of several names the latest is shown; among letters that come together it does not matter which was asked first.
      if (table === 'people')
        for (const row of all) {
          // Sums of logarithms, in another order: the last bits may differ.
          const use = Math.round(Number(row['use']) * 1e6);
          Object.assign(row, { name: row['name'] !== '', folded: '', use });
        }
      return [table, all] as const;
    });
    return {
      ...Object.fromEntries(rows.map(([name, all]) => [name, all])),
      announced: announced.sort((a, b) => a - b),
    };
  } finally {
    db.close();
  }
}

describe('letters taken in together', () => {
  it('are rows, conversations, counters and people as if taken in one by one', () => {
    const dir = mkdtempSync(join(tmpdir(), 'postroom-arrival-'));
    try {
      fc.assert(
        fc.property(fc.array(letter, { maxLength: 24 }), fc.integer({ min: 1, max: 12 }), (letters, size) => {
          const batches: NewMessage[][] = [];
          for (let at = 0; at < letters.length; at += size) batches.push(letters.slice(at, at + size));
          const singles = letters.map((each) => [each]);
          assert.deepEqual(taken(dir, batches), taken(dir, singles));
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
