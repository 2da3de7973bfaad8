import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { SOUNDS } from '../../main/contract/mail/notices.ts';
import { SOUND_NAMES, soundOf } from '../../scripts/sounds.ts';

test('every sound of the contract is a file as its script makes it, audible and not cut', () => {
  assert.deepEqual(
    [...SOUND_NAMES].sort(),
    SOUNDS.filter((name) => name !== 'none' && name !== 'system').sort(),
  );
  for (const name of SOUND_NAMES) {
    const file = readFileSync(join(import.meta.dirname, '..', '..', 'renderer', 'sounds', `${name}.wav`));
    assert.equal(file.readUInt32LE(4) + 8, file.length);
    const made = soundOf(name);
    assert.equal(made.length, file.length);
    let loudest = 0;
    for (let at = 44; at < file.length; at += 2) {
      const sample = Math.abs(file.readInt16LE(at));
      // Sines may differ in their last bit from one processor to another.
      assert.ok(Math.abs(sample - Math.abs(made.readInt16LE(at))) <= 2);
      loudest = Math.max(loudest, sample);
    }
    assert.ok(loudest > 6000 && loudest < 32_767, `${name}: ${loudest}`);
    assert.ok(Math.abs(file.readInt16LE(file.length - 2)) < 700, `${name} fades`);
  }
});
