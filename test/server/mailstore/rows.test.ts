import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROW_BATCH } from '../../../main/base/limits.ts';
import type { PackedTexts, RowBatch } from '../../../main/server/mailstore/mailstore.ts';
import type { OpenMailstore } from '../../../main/server/mailstore/office-mailstore.ts';
import { allRows, inboxOf, letterText, openRoom, prepare, put } from '../../kit/office-mailstore.ts';

async function fill(mailstore: OpenMailstore, inbox: number, count: number): Promise<void> {
  for (let at = 1; at <= count; at += 250) {
    const messages = await Promise.all(
      Array.from({ length: Math.min(250, count - at + 1) }, async (_, n) => ({
        message: await prepare(mailstore, letterText(at + n)),
        flags: (at + n) % 32,
        keywords: (at + n) % 10 ? [] : ['$Tenth'],
        internalDate: 1_600_000_000_000 + at + n,
        zone: -210,
      })),
    );
    await mailstore.append(inbox, messages);
  }
}

const uidsOf = (batches: readonly RowBatch[]) => batches.flatMap((each) => [...each.uids]);
const texts = ({ bytes, offsets }: PackedTexts) =>
  Array.from({ length: offsets.length - 1 }, (_, n) =>
    Buffer.from(bytes.subarray(offsets[n], offsets[n + 1])).toString('latin1'),
  );

test('I50 rows come in ascending order, in batches, each column of its own row', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const count = ROW_BATCH * 2 + 500;
  await fill(mailstore, inbox, count);
  const batches = await allRows(
    mailstore.rows(inbox, [[1, Number.POSITIVE_INFINITY]], {
      flags: true,
      internalDate: true,
      envelope: true,
      modseq: true,
    }),
  );
  assert.ok(batches.length >= 3 && batches.every((each) => each.uids.length <= ROW_BATCH));
  assert.deepEqual(
    uidsOf(batches),
    Array.from({ length: count }, (_, n) => n + 1),
  );
  for (const { uids, flags, keywords, internalDates, zones, envelopes, modseqs } of batches) {
    assert.ok(flags && keywords && internalDates && zones && envelopes && modseqs);
    const lines = texts(envelopes);
    assert.deepEqual([flags.length, modseqs.length, lines.length], [uids.length, uids.length, uids.length]);
    for (const [n, uid] of uids.entries()) {
      assert.equal(flags[n], uid % 32);
      assert.equal(internalDates[n], 1_600_000_000_000 + uid);
      assert.equal(zones[n], -210);
      assert.deepEqual(keywords.get(n), uid % 10 ? undefined : ['$Tenth']);
      assert.ok(lines[n]?.includes(`"letter ${uid}"`), lines[n]);
    }
  }

  // Thousands of single UIDs, some of them gone, and ranges that hold nothing.
  await mailstore.removeMessages(inbox, [
    [1, 101],
    [1501, 1503],
  ]);
  const odd = Array.from({ length: count }, (_, n) => n * 2 + 1).map((uid) => [uid, uid] as const);
  const wanted = odd
    .map(([uid]) => uid)
    .filter((uid) => uid > 101 && uid <= count && (uid < 1501 || uid > 1503));
  assert.deepEqual(uidsOf(await allRows(mailstore.rows(inbox, odd, { size: true }))), wanted);
  const withGone = odd.map(([uid]) => uid).filter((uid) => uid <= count);
  assert.deepEqual(
    uidsOf(await allRows(mailstore.rows(inbox, odd, { size: true, expunged: true }))),
    withGone,
  );
  assert.deepEqual(await allRows(mailstore.rows(inbox, [], { size: true })), []);
  assert.deepEqual(await allRows(mailstore.rows(999, [[1, 9]], { size: true })), []);
});

test('whoever stops reading rows, or gives up, is left alone', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await fill(mailstore, inbox, ROW_BATCH + 10);
  for await (const batch of mailstore.rows(inbox, [[1, 9999]], { envelope: true })) {
    assert.equal(batch.uids[0], 1);
    break;
  }
  const giveUp = new AbortController();
  await assert.rejects(
    async () => {
      for await (const _ of mailstore.rows(inbox, [[1, 9999]], { envelope: true }, giveUp.signal))
        giveUp.abort();
    },
    { kind: 'cancelled' },
  );
  assert.equal(uidsOf(await allRows(mailstore.rows(inbox, [[5, 6]], { size: true }))).length, 2);
});

test('I53 octets of a header that are no ASCII come out as they went in; a preview is UTF-8', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, 'Subject: Отчёт\r\n\r\nСъешь ещё этих мягких французских булок.\r\n');
  const [rows] = await allRows(mailstore.rows(inbox, [[1, 1]], { envelope: true, preview: true }));
  assert.ok(rows?.envelopes && rows.previews);
  const subject = Buffer.from('Отчёт').toString('latin1');
  assert.ok(texts(rows.envelopes)[0]?.startsWith(`(NIL {${subject.length}}\r\n${subject} `));
  const { bytes } = rows.previews;
  assert.equal(Buffer.from(bytes).toString(), 'Съешь ещё этих мягких французских булок.');
});
