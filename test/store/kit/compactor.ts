/** A process that gives room back until there is none to give, unless it is killed before. Says when it begins and ends. */
import { writeSync } from 'node:fs';
import { silentLog } from '../../../main/base/log.ts';
import { openStore } from '../../../main/store/store.ts';
import type { program } from './program.ts';

const [dir = ''] = process.argv.slice(2);
const store = await openStore<typeof program>({
  dir,
  program: new URL('./program.ts', import.meta.url),
  log: silentLog,
  segmentBytes: 64 * 1024,
});
writeSync(1, 'begin\n');
await store.compact({ graceMs: 0, deadShare: 0.01, databases: true });
writeSync(1, 'end\n');
await store.close();
