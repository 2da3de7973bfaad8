import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { packIcns, packIco } from '../../scripts/icons.ts';

const icons = join(import.meta.dirname, '..', '..', 'resources', 'icons');
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

test('icon.ico holds a picture for every size that it lists', () => {
  const file = readFileSync(join(icons, 'icon.ico'));
  assert.equal(file.readUInt16LE(2), 1);
  for (let at = 0; at < file.readUInt16LE(4); at += 1) {
    const entry = 6 + 16 * at;
    const start = file.readUInt32LE(entry + 12);
    const picture = file.subarray(start, start + file.readUInt32LE(entry + 8));
    assert.ok(picture.subarray(0, 8).equals(PNG));
    assert.equal(picture.readUInt32BE(16) % 256, file.readUInt8(entry), 'its width');
  }
});

test('the two containers are as long as they say', () => {
  const icns = packIcns([{ type: 'ic07', png: PNG }]);
  assert.equal(icns.readUInt32BE(4), icns.length);
  const ico = packIco([
    { size: 256, png: PNG },
    { size: 16, png: PNG },
  ]);
  assert.equal(ico.readUInt32LE(6 + 16 + 12) + 8, ico.length);
});
