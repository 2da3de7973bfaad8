import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  EXPUNGED_REMEMBERED,
  INGEST_BATCH,
  MAX_KEYWORD_BYTES,
  MAX_MAILBOXES,
  ROW_BATCH_BYTES,
} from '../../../main/base/limits.ts';
import { calls } from '../../../main/server/mailstore/ingest.ts';
import { decodePartOffsets } from '../../../main/server/mailstore/wire-text/part-offsets.ts';
import type { Store } from '../../../main/store/store.ts';
import { allRows, inboxOf, letterText, openRoom, prepare, put } from '../../kit/office-mailstore.ts';
import { type KitProgram, kitProgram } from './kit/program.ts';

async function office(t: TestContext) {
  const room = await openRoom(t, { program: kitProgram });
  const store = room.store as unknown as Store<KitProgram>;
  const run = (sql: string, ...values: number[]) => store.write('kit.run', { sql, values });
  return { ...room, run };
}

/** So many numbers from 1 on, in SQL. */
const NUMBERS = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?)';

test(`a person has at most ${MAX_MAILBOXES} mailboxes, and is told so`, async (t) => {
  const { mailstore, run } = await office(t);
  await mailstore.provision(1);
  await run(
    `${NUMBERS} INSERT INTO mailboxes (person, name, uidvalidity, modseq) SELECT 1, 'm' || x, x, 1 FROM n`,
    MAX_MAILBOXES - 7,
  );
  await mailstore.create(1, 'the last');
  await assert.rejects(mailstore.create(1, 'one more'), { kind: 'user', code: 'too-many-mailboxes' });
  await assert.rejects(mailstore.rename(1, 'INBOX', 'x/y'), { code: 'too-many-mailboxes' });
  // A rename makes none, and other people have their own count.
  await mailstore.rename(1, 'the last', 'renamed');
  await mailstore.provision(2);
  assert.equal((await mailstore.mailboxes(1)).length, MAX_MAILBOXES);
});

test('names one is subscribed to are counted, too', async (t) => {
  const { mailstore, run } = await office(t);
  await run(
    `${NUMBERS} INSERT INTO subscriptions (person, name) SELECT 1, 's' || x FROM n`,
    MAX_MAILBOXES * 2 - 1,
  );
  await mailstore.subscribe(1, 'the last', true);
  await assert.rejects(mailstore.subscribe(1, 'one more', true), { code: 'too-many-mailboxes' });
  await mailstore.subscribe(1, 'the last', false);
  await mailstore.subscribe(1, 'one more', true);
});

test('a keyword is an atom of at most 255 octets', async (t) => {
  const { mailstore } = await office(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, letterText(1));
  const set = (...keywords: string[]) =>
    mailstore.setFlags(inbox, [[1, 1]], { mode: 'replace', flags: 0, keywords });
  for (const good of ['k'.repeat(MAX_KEYWORD_BYTES), '$Forwarded', 'NonJunk', "!#$&'+,-./:;<=>?@^_`|}~"]) {
    assert.deepEqual((await set(good)).changed[0]?.keywords, [good]);
  }
  const bad = [
    'k'.repeat(MAX_KEYWORD_BYTES + 1),
    '',
    'a b',
    'a\\b',
    'a"b',
    'a(b',
    'a)b',
    'a{b',
    'a%b',
    'a*b',
    'a]b',
    'я',
    'a\r\n',
  ];
  for (const word of bad) {
    await assert.rejects(set(word), { kind: 'user', code: 'bad-keyword' }, JSON.stringify(word));
  }
});

test(`I63 a mailbox remembers ${EXPUNGED_REMEMBERED} expunged UIDs, the latest ones`, async (t) => {
  const { mailstore, run } = await office(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, letterText(1));
  await run(
    `${NUMBERS} INSERT INTO expunged (mailbox, uid, flags, size, internal_date, zone, save_date, modseq, at)
     SELECT ${inbox}, x + 1, 0, 1, 1, 0, 1, x + 10, ${Date.now()} FROM n`,
    EXPUNGED_REMEMBERED + 700,
  );
  const top = EXPUNGED_REMEMBERED + 701;
  await run(`UPDATE mailboxes SET uidnext = ${top + 1}, modseq = ${top + 10} WHERE id = ?`, inbox);
  assert.equal((await mailstore.sweep()).forgotten, 700);
  assert.equal((await mailstore.sweep()).forgotten, 0);
  // Within memory exactly, beyond it every missing UID.
  assert.deepEqual((await mailstore.changesSince(inbox, 710)).vanished, [[702, top]]);
  assert.deepEqual((await mailstore.changesSince(inbox, 709)).vanished, [[2, top]]);
});

test('rows with large texts come in small batches', async (t) => {
  const { mailstore } = await office(t);
  const inbox = await inboxOf(mailstore);
  const to = Array.from({ length: 1500 }, (_, n) => `person${n}@comp${n % 9}.example.org`).join(',\r\n ');
  const messages = await Promise.all(
    Array.from({ length: INGEST_BATCH * 2 }, async (_, n) => ({
      message: await prepare(mailstore, letterText(n, 'x', [`Cc: ${to}`])),
      flags: 0,
      keywords: [],
    })),
  );
  await mailstore.append(inbox, messages);
  const batches = await allRows(mailstore.rows(inbox, [[1, 999]], { envelope: true }));
  assert.equal(
    batches.reduce((sum, each) => sum + each.uids.length, 0),
    INGEST_BATCH * 2,
  );
  assert.ok(batches.length > 2);
  for (const { envelopes } of batches) {
    const largest = Math.max(
      ...Array.from(envelopes?.offsets ?? []).map((end, n, all) => end - (all[n - 1] ?? 0)),
    );
    assert.ok((envelopes?.bytes.length ?? 0) <= ROW_BATCH_BYTES + largest);
  }
});

const corpus = process.env['POSTROOM_CORPUS'] ?? '';

/** Files of the corpus that hold one letter. */
function lettersOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && /\.(eml|msg|txt|mbox)$|^\d+$/i.test(each.name))
    .map((each) => join(each.parentPath, each.name));
}

test('letters met in the wild all come in, with parts inside of them', { skip: !existsSync(corpus) }, () => {
  const context = { cancelled: () => false, transfer: () => {} };
  let seen = 0;
  for (const file of lettersOf(corpus)) {
    const bytes = readFileSync(file);
    if (bytes.length > 4 * 1024 * 1024) continue;
    for (const normalise of [false, true]) {
      const [made] = calls.small({ letters: [{ bytes: Uint8Array.from(bytes), normalise }] }, context);
      assert.ok(made, file);
      assert.equal(made.facts.size, made.letter.blob.raw, file);
      if (normalise) assert.ok(made.facts.size >= bytes.length, file);
      const check = (part: ReturnType<typeof decodePartOffsets>): void => {
        assert.ok(part.headStart <= part.bodyStart && part.bodyStart <= part.end, file);
        assert.ok(part.end <= made.facts.size, file);
        for (const each of part.parts) check(each);
      };
      check(decodePartOffsets(made.letter.parts));
    }
    seen += 1;
  }
  assert.ok(seen > 0, 'the corpus holds letters');
});
