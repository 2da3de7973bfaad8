/** A restore that kills its own process after some pieces: path, target, how many. */
import { silentLog } from '../../../main/base/log.ts';
import { restoreInto } from '../../../main/client/backup/restore.ts';
import { factsInThread } from '../../../main/client/handlers/backup.ts';

const [path = '', to = '', steps = '1'] = process.argv.slice(2);
let left = Number(steps);
const step = (): void => {
  if (--left < 0) process.kill(process.pid, 'SIGKILL');
};
await restoreInto(to, {
  path,
  passphrase: null,
  progress: step,
  facts: async (file) => {
    step();
    const found = await factsInThread(silentLog, file, true);
    // Checked and not yet in place: the last moment at which it can be killed.
    process.kill(process.pid, 'SIGKILL');
    return found;
  },
});
