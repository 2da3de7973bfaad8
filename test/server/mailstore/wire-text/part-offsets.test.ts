import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from '../../../../main/base/errors.ts';
import { readMessage } from '../../../../main/mail/letter.ts';
import { bodyOf, bodyStructureOf } from '../../../../main/server/mailstore/wire-text/body-structure.ts';
import { envelopeOf } from '../../../../main/server/mailstore/wire-text/envelope.ts';
import {
  decodePartOffsets,
  encodePartOffsets,
  partOffsetsOf,
} from '../../../../main/server/mailstore/wire-text/part-offsets.ts';
import { imapValue } from '../../../kit/imap-text.ts';

const LETTER = Buffer.from(
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: x-odd/type\r\n' +
    'Content-Transfer-Encoding: x-odd\r\n\r\ntwo\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: s\r\n\r\nin\r\n--b--\r\n',
);

test('offsets come back from their octets as they were', () => {
  const offsets = partOffsetsOf(readMessage(LETTER).tree);
  const packed = encodePartOffsets(offsets);
  assert.deepEqual(decodePartOffsets(packed), offsets);
  assert.ok(packed.length < 60, `${packed.length} octets`);
  const inner = offsets.parts[2]?.parts[0];
  assert.equal(LETTER.subarray(inner?.bodyStart, inner?.end).toString(), 'in');
});

test('offsets above 4 GiB survive', () => {
  const far = {
    headStart: 0,
    bodyStart: 5_000_000_000,
    end: 6_000_000_000,
    type: 'text/plain',
    encoding: '7bit',
    parts: [],
  };
  assert.deepEqual(decodePartOffsets(encodePartOffsets(far)), far);
});

test('damaged octets are a fault, never a wrong section', () => {
  const packed = encodePartOffsets(partOffsetsOf(readMessage(LETTER).tree));
  const damaged = (bytes: Uint8Array) =>
    assert.throws(
      () => decodePartOffsets(bytes),
      (thrown) => thrown instanceof Fault && thrown.code === 'part-offsets-damaged',
    );
  for (let length = 0; length < packed.length; length++) damaged(packed.subarray(0, length));
  damaged(Uint8Array.from([...packed, 0]));
  damaged(Uint8Array.from([2, ...packed.subarray(1)]));
  damaged(new Uint8Array(100_000).fill(1));
});

const corpus = process.env['POSTROOM_CORPUS'];

test('I53 I54 every hard letter gives balanced texts and offsets that come back', { skip: !corpus }, () => {
  const root = join(corpus as string, 'hard');
  let count = 0;
  for (const folder of readdirSync(root, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const name of readdirSync(join(root, folder.name))) {
      if (!name.endsWith('.eml')) continue;
      const bytes = readFileSync(join(root, folder.name, name));
      const message = readMessage(bytes);
      for (const text of [
        envelopeOf(bytes, message),
        bodyStructureOf(bytes, message),
        bodyOf(bytes, message),
      ])
        assert.ok(Array.isArray(imapValue(text)), name);
      const offsets = partOffsetsOf(message.tree);
      assert.deepEqual(decodePartOffsets(encodePartOffsets(offsets)), offsets, name);
      count++;
    }
  }
  assert.ok(count > 0);
});
