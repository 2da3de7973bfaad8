/** Whether a letter is here already is asked for every letter that comes in: it must not cost more the more there are. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findDoubles } from '../../../main/client/import/doubles.ts';
import { movingReads } from '../../../main/client/import/operations.ts';
import { program } from '../../../main/client/program.ts';
import { takeReport } from '../../../main/client/receipts/rows.ts';
import { Connection } from '../../../main/store/database.ts';
import type { SqlInput, WriteTx } from '../../../main/store/program.ts';
import { openTestProfile } from '../kit/profile.ts';

/** Keeps every question about letters that is asked of it. */
class Listening extends Connection {
  readonly asked: string[] = [];

  override all<T>(sql: string, ...values: SqlInput[]) {
    this.#hear(sql);
    return super.all<T>(sql, ...values);
  }
  override get<T>(sql: string, ...values: SqlInput[]) {
    this.#hear(sql);
    return super.get<T>(sql, ...values);
  }
  #hear(sql: string): void {
    if (/\bFROM messages\b/.test(sql)) this.asked.push(sql);
  }
  /** How SQLite goes about a question. */
  plan(sql: string): string {
    return super
      .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .map(({ detail }) => detail)
      .join('; ');
  }
}

test('letters are found by their Message-ID through its index', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-doubles-'));
  const db = new Listening(join(dir, 'store.db'), { readOnly: false });
  t.after(async () => {
    db.close();
    await rm(dir, { recursive: true, force: true });
  });
  for (const migration of program.migrations) migration.up(db.writing);
  const questions = [
    { folder: 1, messageId: 'a@x.example' },
    { folder: null, messageId: 'b@x.example' },
  ];
  for (const before of [null, 7]) movingReads['moving.twins'](db.reading, { questions, before });
  takeReport({ db: db.writing } as unknown as WriteTx, {
    message: 1,
    report: {
      kind: 'delivery',
      reportingMta: '',
      recipients: [],
      disposition: '',
      originalMessageId: 'a@x.example',
      envelopeId: '',
    },
    at: 0,
  });
  assert.equal(db.asked.length, 5);
  for (const sql of new Set(db.asked))
    assert.match(db.plan(sql), /^SEARCH messages USING INDEX messages_message_id \(message_id=\?\)/, sql);
});

test('what differs in one octet is a letter of its own in its folder, and the same letter among all', async (t) => {
  const p = await openTestProfile(t);
  const text = 'Message-ID: <a@x.example>\r\nSubject: twins\r\n\r\none\r\n';
  await p.put('Inbox', text);
  const folder = await p.folder('Inbox');
  const candidates = [text, text.replaceAll('\r\n', '\n'), text.replace('one', 'two')].map((each) => ({
    folder,
    bytes: Buffer.from(each),
  }));
  const { store } = p.profile;
  const here = (everywhere: boolean) => findDoubles(store, candidates, { everywhere, before: null });
  assert.deepEqual(await here(false), [true, false, false]);
  assert.deepEqual(await here(true), [true, true, false]);
});
