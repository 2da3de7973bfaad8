/** An office in a process of its own for hosts on plain Node (the client in a browser). Started by office-fork.ts only. */
import { warmStart } from './warm-start.ts';

warmStart();
const { runOffice } = await import('./office-service.ts');

const office = runOffice(
  {
    send: (message) => {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => void process.on('message', listener),
  },
  (code) => process.exit(code),
);
// Whoever started it is gone, by whatever way: nobody could switch it off any more.
process.once('disconnect', () => office.close());
process.once('SIGTERM', () => office.close());
// Ctrl+C in a terminal reaches every process of its group; the one that runs us says what to do.
process.on('SIGINT', () => {});
