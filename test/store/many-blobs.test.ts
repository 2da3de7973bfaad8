import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from '../../main/base/errors.ts';
import { inboxOf, openRoom, put } from '../kit/office-mailstore.ts';

test('ranges of many blobs come in their order, a missing one is a fault in its place', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-many-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const { mailstore, store } = await openRoom(t, { dir });
  const inbox = await inboxOf(mailstore);
  // Small, compressible, larger than one frame, and not compressible.
  const letters = [
    'Subject: a\r\n\r\nsmall\r\n',
    `Subject: b\r\n\r\n${'same line\r\n'.repeat(60_000)}`,
    `Subject: c\r\n\r\n${randomBytes(400_000).toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n`,
  ];
  for (const text of letters) await put(mailstore, inbox, text);
  const found = await mailstore.letters(inbox, [3, 99, 1, 2]);
  assert.deepEqual(
    found.map((letter) => letter?.size),
    [letters[2]?.length, undefined, letters[0]?.length, letters[1]?.length],
  );
  const [third, , first, second] = found;
  assert.ok(first && second && third);
  const pieces = await mailstore.pieces([
    { letter: third, start: 0, end: third.size },
    { letter: first, start: 9, end: 12 },
    { letter: first, start: 5, end: 5 },
    { letter: second, start: 262_000, end: 263_000 },
    { letter: third, start: third.size - 4, end: third.size + 1000 },
  ]);
  assert.deepEqual(
    pieces.map((piece) => Buffer.from(piece as Uint8Array).toString('latin1')),
    [
      letters[2],
      (letters[0] as string).slice(9, 12),
      '',
      (letters[1] as string).slice(262_000, 263_000),
      (letters[2] as string).slice(-4),
    ],
  );
  const hash = randomBytes(32);
  const mixed = await store.blobs.readMany([{ hash, start: 0, end: 5 }]);
  assert.ok(mixed[0] instanceof Fault && mixed[0].code === 'blob-missing');
  assert.deepEqual(await store.blobs.readMany([]), []);
});
