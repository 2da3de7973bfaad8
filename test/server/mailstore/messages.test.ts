import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELETED, FLAGGED, type MailboxEvent, SEEN } from '../../../main/server/mailstore/mailstore.ts';
import {
  allRows,
  inboxOf,
  letterText,
  openRoom,
  prepare,
  put,
  wholeLetter,
} from '../../kit/office-mailstore.ts';

test('a letter comes in, is opened, read, flagged, expunged; events carry all of it', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const events: MailboxEvent[] = [];
  mailstore.watch(inbox, (event) => events.push(event));

  const uid = await put(mailstore, inbox, letterText(1), { flags: FLAGGED, keywords: ['$Work'] });
  assert.equal(uid, 1);
  const opened = await mailstore.open(inbox, true);
  assert.deepEqual(opened.uids, [[1, 1]]);
  assert.equal(opened.firstUnseen, 1);
  assert.equal(opened.recentFrom, 1);
  assert.deepEqual(opened.keywords, ['$Work']);
  assert.equal(opened.mailbox.messages, 1);
  assert.equal(opened.mailbox.unseen, 1);
  assert.equal(opened.mailbox.size, Buffer.byteLength(letterText(1)));

  const [rows] = await allRows(
    mailstore.rows(inbox, [[1, 10]], {
      flags: true,
      size: true,
      internalDate: true,
      modseq: true,
      saveDate: true,
      envelope: true,
      body: true,
      bodyStructure: true,
      preview: true,
      ids: true,
      uidl: true,
    }),
  );
  assert.ok(rows);
  assert.deepEqual([...rows.uids], [1]);
  assert.deepEqual([...(rows.flags ?? [])], [FLAGGED]);
  assert.deepEqual(rows.keywords?.get(0), ['$Work']);
  assert.equal(rows.modseqs?.[0], opened.mailbox.highestModseq);
  const text = ({ bytes, offsets }: { bytes: Uint8Array; offsets: Uint32Array }) =>
    Buffer.from(bytes.subarray(offsets[0], offsets[1])).toString();
  assert.ok(rows.envelopes && rows.bodies && rows.bodyStructures && rows.previews);
  assert.match(text(rows.envelopes), /^\("Fri, 20 Nov 2026 10:00:00 \+0300" "letter 1" /);
  assert.match(text(rows.bodies), /^\("text" "plain"/i);
  assert.equal(text(rows.previews), 'Добрый день!');
  assert.match(rows.emailIds?.[0] ?? '', /^M[0-9a-f]{30}$/);
  assert.match(rows.uidls?.[0] ?? '', /^[!-~]{1,70}$/);

  const letter = await mailstore.letter(inbox, 1);
  assert.ok(letter);
  assert.equal(await wholeLetter(letter), letterText(1));
  assert.equal(letter.root.type, 'text/plain');
  const head = Buffer.from(await letter.read(0, letter.root.bodyStart)).toString();
  assert.ok(head.endsWith('\r\n\r\n'));

  const outcome = await mailstore.setFlags(inbox, [[1, 1]], {
    mode: 'add',
    flags: SEEN | DELETED,
    keywords: [],
  });
  assert.deepEqual(outcome.changed, [
    { uid: 1, flags: SEEN | DELETED | FLAGGED, keywords: ['$Work'], modseq: outcome.modseq },
  ]);
  const gone = await mailstore.expunge(inbox);
  assert.deepEqual(gone.uids, [1]);
  assert.ok(gone.modseq > outcome.modseq);

  assert.deepEqual(
    events.map(({ added, changed, vanished, uidNext }) => ({
      added: added.map((each) => [each.uid, each.flags, ...each.keywords]),
      changed: changed.map((each) => [each.uid, each.flags]),
      vanished,
      uidNext,
    })),
    [
      { added: [[1, FLAGGED, '$Work']], changed: [], vanished: [], uidNext: 2 },
      { added: [], changed: [[1, SEEN | DELETED | FLAGGED]], vanished: [], uidNext: 2 },
      { added: [], changed: [], vanished: [[1, 1]], uidNext: 2 },
    ],
  );
  const after = await mailstore.mailboxById(inbox);
  assert.deepEqual(
    [after?.messages, after?.unseen, after?.deleted, after?.size, after?.uidNext, after?.highestModseq],
    [0, 0, 0, 0, 2, gone.modseq],
  );
  // G12: who has not been told still reads it.
  const kept = await mailstore.letter(inbox, 1);
  assert.ok(kept);
  assert.equal(await wholeLetter(kept), letterText(1));
  assert.deepEqual(await allRows(mailstore.rows(inbox, [[1, 1]], { flags: true })), []);
  const [held] = await allRows(
    mailstore.rows(inbox, [[1, 1]], { flags: true, envelope: true, expunged: true }),
  );
  assert.deepEqual([...(held?.uids ?? [])], [1]);
});

test('two copies of one letter are stored once, and have unique ids of their own (P15)', async (t) => {
  const { mailstore, store } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, letterText(1));
  await put(mailstore, inbox, letterText(1));
  await put(mailstore, inbox, letterText(1), { uidl: 'old-maildrop.17' });
  const [rows] = await allRows(mailstore.rows(inbox, [[1, 3]], { uidl: true, ids: true }));
  assert.equal(new Set(rows?.uidls).size, 3);
  assert.equal(rows?.uidls?.[2], 'old-maildrop.17');
  assert.equal(new Set(rows?.emailIds).size, 1);
  const stats = await store.stats();
  assert.equal(stats.blobs, 1);
  // What cannot be kept is made anew: taken, too long, not printable, or of the form that is made here.
  const own = rows?.uidls?.[0] ?? '';
  for (const uidl of ['old-maildrop.17', 'x'.repeat(71), 'a b', '', `${own}9`]) {
    await put(mailstore, inbox, letterText(1), { uidl });
  }
  await put(mailstore, inbox, letterText(1), { uidl: 'y'.repeat(70) });
  const [all] = await allRows(mailstore.rows(inbox, [[1, 99]], { uidl: true }));
  assert.equal(new Set(all?.uidls).size, 9);
  assert.equal(all?.uidls?.[8], 'y'.repeat(70));
});

test('a prepared message is stored once', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const message = await prepare(mailstore, letterText(1));
  await mailstore.append(inbox, [{ message, flags: 0, keywords: [] }]);
  await assert.rejects(mailstore.append(inbox, [{ message, flags: 0, keywords: [] }]), {
    code: 'message-used',
  });
});

test('I39 APPEND of several is all or nothing', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const messages = await Promise.all(
    [1, 2, 3].map(async (n) => ({
      message: await prepare(mailstore, letterText(n)),
      flags: 0,
      keywords: n === 3 ? ['bad keyword'] : [],
    })),
  );
  await assert.rejects(mailstore.append(inbox, messages), { code: 'bad-keyword' });
  const after = await mailstore.mailboxById(inbox);
  assert.deepEqual([after?.messages, after?.uidNext, after?.size], [0, 1, 0]);
  assert.deepEqual(await mailstore.quota(1), { usedBytes: 0, limitBytes: null, messages: 0 });
});
