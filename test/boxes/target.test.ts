import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSources } from '../../main/boxes/source.ts';
import { type BoxFormat, openBox } from '../../main/boxes/target.ts';

const RECEIVED = Date.UTC(2021, 4, 6, 7, 8, 9);
const LETTER = Buffer.from('Subject: when\r\n\r\nFrom here on\r\n');

for (const format of ['eml', 'maildir', 'mbox'] as const satisfies readonly BoxFormat[]) {
  test(`${format}: the time a letter came is read back from what was written`, async (t) => {
    const dir = await mkdtemp(join(tmpdir(), 'boxes-'));
    t.after(() => rm(dir, { recursive: true }));
    const out = join(dir, format === 'mbox' ? 'box.mbox' : 'box');
    const box = await openBox(format, out);
    const path = await box.put({ id: 1, from: 'a@b.example', received: RECEIVED, flags: ['seen'] }, LETTER);
    await box.close();
    if (format !== 'mbox') assert.equal((await stat(path)).mtimeMs, RECEIVED);
    const received: (number | null)[] = [];
    const problems: string[] = [];
    for await (const source of readSources([out], { onProblem: (_, reason) => void problems.push(reason) })) {
      received.push(source.received);
    }
    assert.deepEqual({ received, problems }, { received: [RECEIVED], problems: [] });
  });
}

test('an mbox says the same time in every zone it is read in', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'boxes-'));
  const zone = process.env['TZ'];
  t.after(async () => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
    await rm(dir, { recursive: true });
  });
  const out = join(dir, 'box.mbox');
  const box = await openBox('mbox', out);
  await box.put({ id: 1, from: 'a@b.example', received: RECEIVED, flags: [] }, LETTER);
  await box.close();
  for (const there of ['UTC', 'Pacific/Kiritimati', 'America/St_Johns', 'Europe/Moscow']) {
    process.env['TZ'] = there;
    for await (const source of readSources([out], { onProblem: (_, reason) => assert.fail(reason) }))
      assert.equal(source.received, RECEIVED, there);
  }
});
