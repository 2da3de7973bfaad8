import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { INTAKE_MEMORY_BYTES } from '../../../main/base/limits.ts';
import { octetFacts, withCrlf } from '../../../main/server/mailstore/octets.ts';
import {
  allRows,
  inboxOf,
  letterText,
  openRoom,
  prepare,
  put,
  wholeLetter,
} from '../../kit/office-mailstore.ts';

const spooled = (dir: string) => readdirSync(join(dir, 'spool'));

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < end, 'in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('trace lines go in front, and the facts are those of the whole', async (t) => {
  const { mailstore } = await openRoom(t);
  const intake = mailstore.intake();
  const text = letterText(1, 'Тело', [
    'Reply-To: other@example.org',
    'Delivered-To: petrov@comp3.otd2.constr.org',
    'Received: from a by b; Fri, 20 Nov 2026 10:00:00 +0300',
  ]);
  for (const octet of Buffer.from(text)) await intake.write(Uint8Array.of(octet));
  assert.equal(intake.size, Buffer.byteLength(text));
  const head =
    'Return-Path: <Ivanov@comp1.otd1.constr.org>\r\nReceived: from x by y; Fri, 20 Nov 2026 10:00:01 +0300\r\n';
  const message = await intake.finish(Buffer.from(head));
  assert.equal(message.size, Buffer.byteLength(head + text));
  assert.equal(message.messageId, '1@comp3.otd2.constr.org');
  assert.equal(message.subject, 'letter 1');
  assert.deepEqual(message.from, ['Ivanov@comp1.otd1.constr.org', 'other@example.org']);
  assert.equal(message.receivedCount, 2);
  assert.deepEqual(message.deliveredTo, ['petrov@comp3.otd2.constr.org']);
  assert.deepEqual(
    [message.hasDate, message.eightBit, message.bareLineEnds, message.nul],
    [true, true, false, false],
  );
  const inbox = await inboxOf(mailstore);
  await mailstore.append(inbox, [{ message, flags: 0, keywords: [] }]);
  const letter = await mailstore.letter(inbox, 1);
  assert.ok(letter);
  assert.equal(await wholeLetter(letter), head + text);
  await assert.rejects(intake.finish(), { code: 'intake-ended' });
  await assert.rejects(intake.write(new Uint8Array(1)), { code: 'intake-ended' });
});

test('octets: bare line ends, NUL, 8-bit, the longest line', () => {
  const table: [text: string, bare: boolean, longest: number][] = [
    ['', false, 0],
    ['a\r\nbb\r\n', false, 4],
    ['a\nb\r\n', true, 3],
    ['a\rb\r\n', true, 5],
    ['a\r\r\n', true, 4],
    ['a\r\n\n', true, 3],
    ['\n', true, 1],
    ['a\r\nb\r', true, 3],
    ['a\r', true, 2],
    ['a\r\nlast', false, 4],
  ];
  for (const [text, bare, longest] of table) {
    const facts = octetFacts(Buffer.from(text));
    assert.deepEqual([facts.bareLineEnds, facts.longestLine], [bare, longest], JSON.stringify(text));
    const right = withCrlf(Buffer.from(text));
    assert.equal(octetFacts(right).bareLineEnds, false, JSON.stringify(text));
    assert.equal(Buffer.from(right).toString(), text.replace(/\r\n|\r|\n/g, '\r\n'), JSON.stringify(text));
  }
  assert.equal(octetFacts(Buffer.from('a\0b\r\n')).nul, true);
  assert.equal(octetFacts(Buffer.from('я\r\n')).eightBit, true);
  assert.equal(octetFacts(Buffer.from('z\r\n')).eightBit, false);
});

test('S31 I39 octets stay as they came, or are made right where that is asked for; both are told', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const text = 'Subject: x\nTo: y\r\n\r\none\rtwo\r\n';
  const kept = mailstore.intake();
  await kept.write(Buffer.from(text));
  const asIs = await kept.finish();
  assert.deepEqual([asIs.bareLineEnds, asIs.size], [true, text.length]);
  asIs.abandon();
  const made = mailstore.intake();
  await made.write(Buffer.from(text));
  const right = await made.finish(undefined, { normalise: true });
  const wanted = 'Subject: x\r\nTo: y\r\n\r\none\r\ntwo\r\n';
  assert.deepEqual([right.bareLineEnds, right.size], [true, wanted.length]);
  await mailstore.append(inbox, [{ message: right, flags: 0, keywords: [] }]);
  const letter = await mailstore.letter(inbox, 1);
  assert.ok(letter);
  assert.equal(await wholeLetter(letter), wanted);
});

test('P12 a letter without a line end at its end gets one, and it is counted', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, 'Subject: x\r\n\r\nno end');
  const letter = await mailstore.letter(inbox, 1);
  assert.ok(letter);
  assert.equal(await wholeLetter(letter), 'Subject: x\r\n\r\nno end\r\n');
  assert.equal(letter.size, 22);
});

test('what is longer than an intake holds passes through the spool, which is empty afterwards', async (t) => {
  const { mailstore, dir } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const line = `${'0123456789'.repeat(7)}\r\n`;
  for (const octets of [INTAKE_MEMORY_BYTES - 1000, INTAKE_MEMORY_BYTES + 1, 9 * INTAKE_MEMORY_BYTES]) {
    const text = letterText(octets, line.repeat(Math.ceil(octets / line.length)));
    const intake = mailstore.intake();
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 65_536) await intake.write(bytes.subarray(at, at + 65_536));
    assert.equal(spooled(dir).length, octets > INTAKE_MEMORY_BYTES ? 1 : 0);
    const message = await intake.finish(Buffer.from('X-Head: 1\r\n'));
    const { uids } = await mailstore.append(inbox, [{ message, flags: 0, keywords: [] }]);
    const letter = await mailstore.letter(inbox, uids[0] ?? 0);
    assert.ok(letter);
    assert.equal(await wholeLetter(letter), `X-Head: 1\r\n${text}`);
  }
  await until(() => spooled(dir).length === 0);
});

test('an intake or a message that is given up leaves nothing behind', async (t) => {
  const { mailstore, dir, store } = await openRoom(t);
  const big = Buffer.alloc(10 * INTAKE_MEMORY_BYTES, 'A line of text that goes on\r\n');
  const cut = mailstore.intake();
  await cut.write(big);
  assert.equal(spooled(dir).length, 1);
  cut.abandon();
  cut.abandon();
  await until(() => spooled(dir).length === 0);
  const message = await prepare(mailstore, big);
  await until(() => spooled(dir).length === 1);
  message.abandon();
  await until(() => spooled(dir).length === 0);
  const racing = mailstore.intake();
  const writing = racing.write(big);
  racing.abandon();
  await writing.catch(() => {});
  await until(() => spooled(dir).length === 0);
  assert.equal((await store.stats()).blobs, 0);
});

test('the same large letter twice is one record, and the second file goes', async (t) => {
  const { mailstore, dir, store } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const big = Buffer.alloc(10 * INTAKE_MEMORY_BYTES, 'A line of text that goes on\r\n');
  const messages = await Promise.all([prepare(mailstore, big), prepare(mailstore, big)]);
  await mailstore.append(
    inbox,
    messages.map((message) => ({ message, flags: 0, keywords: [] })),
  );
  await until(() => spooled(dir).length === 0);
  assert.equal((await store.stats()).blobs, 1);
  assert.deepEqual((await store.check()).problems, []);
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('letters of one conversation have one THREADID, in whatever order they come', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const refs = (...ids: number[]) => [
    `References: ${ids.map((id) => `<${id}@comp3.otd2.constr.org>`).join(' ')}`,
  ];
  await put(mailstore, inbox, letterText(3, 'c', refs(1, 2)));
  await put(mailstore, inbox, letterText(1, 'a'));
  await put(mailstore, inbox, letterText(2, 'b', refs(1)));
  await put(mailstore, inbox, letterText(9, 'alone'));
  const [rows] = await allRows(mailstore.rows(inbox, [[1, 4]], { ids: true }));
  const [c, a, b, alone] = rows?.threadIds ?? [];
  assert.equal(a, c);
  assert.equal(b, c);
  assert.notEqual(alone, c);
});

test('garbage is a letter, too: no header, no octets of sense, a megabyte of one line', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const noise = Uint8Array.from({ length: 5000 }, (_, n) => (n * 7919 + (n >> 3)) & 255);
  const letters = [
    noise,
    Buffer.from('\r\n'),
    Buffer.from('x'),
    Buffer.alloc(900_000, 'y'),
    new Uint8Array(0),
  ];
  for (const bytes of letters) {
    const uid = await put(mailstore, inbox, bytes);
    const letter = await mailstore.letter(inbox, uid);
    assert.ok(letter && letter.size >= bytes.length);
    const [rows] = await allRows(
      mailstore.rows(inbox, [[uid, uid]], { envelope: true, bodyStructure: true }),
    );
    assert.equal(rows?.uids.length, 1);
  }
  assert.deepEqual((await mailstore.check()).problems, []);
});
