/**
 * A process that writes until it is killed. Every write that was acknowledged is told to the parent by
 * one line, after the fact.
 */
import { writeSync } from 'node:fs';
import { silentLog } from '../../../main/base/log.ts';
import { prepareBlob } from '../../../main/store/record.ts';
import { openStore } from '../../../main/store/store.ts';
import { noise } from './noise.ts';
import type { program } from './program.ts';

const [dir = '', round = '0'] = process.argv.slice(2);
const store = await openStore<typeof program>({
  dir,
  program: new URL('./program.ts', import.meta.url),
  log: silentLog,
  segmentBytes: 256 * 1024,
});
writeSync(1, 'ready\n');

let next = 0;
async function deliver(lane: number): Promise<void> {
  for (;;) {
    const number = next++;
    const name = `${round}-${number}`;
    // Some letters are stored twice over, some are taken away again, and some are long.
    const bytes = noise(
      number % 17 === 0 ? 70_000 : 500 + (number % 5000),
      Number(round) * 1000 + (number % 40) + 1,
    );
    await store.write('add', { name, blob: prepareBlob(bytes) });
    writeSync(1, `+${name}\n`);
    if (number % 5 === lane) {
      writeSync(1, `?${name}\n`);
      await store.write('remove', name);
      writeSync(1, `-${name}\n`);
    }
  }
}

async function compacting(): Promise<void> {
  for (;;) {
    await store.compact({ graceMs: 0, deadShare: 0.01 });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await Promise.all([deliver(0), deliver(1), deliver(2), deliver(3), compacting()]);
