/** A process to be killed: freezes letters (held for so many ms), says their Message-IDs on standard output, sends them. */
import { systemClock } from '../../main/base/clock.ts';
import { silentLog } from '../../main/base/log.ts';
import { createOutbox } from '../../main/client/outbox/runner.ts';
import type { ClientStore } from '../../main/client/program.ts';
import { openStore } from '../../main/store/store.ts';
import { freezeLetter, PASSWORD } from './outbox.ts';
import { type KitProgram, kitProgram } from './program.ts';

const [dir = '', port = '', count = '', hold = '0'] = process.argv.slice(2);
const store = (await openStore<KitProgram>({
  dir,
  program: kitProgram,
  log: silentLog,
  readers: 1,
})) as unknown as ClientStore;
const account = await store.write('accounts.insert', {
  address: 'anna@office.example',
  name: 'Anna',
  incoming: { host: '127.0.0.1', port: 1, security: 'none', user: 'anna', auth: 'auto' },
  outgoing: { host: '127.0.0.1', port: Number(port), security: 'none', user: 'anna', auth: 'auto' },
  policy: { keep: 'everything' },
  saveSent: true,
});
const ids = Array.from({ length: Number(count) }, (_, at) => `${at}-${process.pid}@office.example`);
const notBefore = Date.now() + Number(hold);
for (const messageId of ids)
  await freezeLetter(store, account, { messageId, notBefore, body: 'x'.repeat(200_000) });
const outbox = createOutbox({
  store,
  secrets: { get: async () => PASSWORD },
  trusted: () => undefined,
  clock: systemClock,
  log: silentLog,
});
await outbox.start();
process.stdout.write(`${JSON.stringify(ids)}\n`);
setInterval(() => {}, 1000);
