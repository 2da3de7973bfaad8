/**
 * The browser host in a process of its own, as `npm start -- --browser` starts it, but for its clock: tests turn it by
 * messages. Arguments: the profile's folder, and how far the clock is ahead of the system's, ms.
 */
import { join } from 'node:path';
import { warmStart } from '../../main/host/warm-start.ts';
import { buildStale } from '../../scripts/build.ts';
import { TurnedClock } from './turned-clock.ts';

const [profile = '', ahead = '0'] = process.argv.slice(2);
const files = join(import.meta.dirname, '..', '..', 'out', 'renderer');
const clock = new TurnedClock(Number(ahead));
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

warmStart();
await buildStale(['window'], () => {});
const { openInBrowser } = await import('../../main/host/open.ts');
const opened = await openInBrowser({ profile, port: 0, files, clock });
process.on('message', ({ turn }: { turn: number }) => {
  clock.turn(turn);
  process.send?.({ now: clock.now() });
});
process.stdout.write(`${JSON.stringify({ url: opened.url })}\n`);
await new Promise<void>((done) => {
  if (stop.signal.aborted) done();
  else stop.signal.addEventListener('abort', () => done());
});
await opened.close();
process.exit(0);
