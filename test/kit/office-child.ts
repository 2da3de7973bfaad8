/**
 * An office in a process of its own that a test may kill: opens the folder given as argument, makes the people named
 * there if they are missing, listens for SMTP, IMAP and POP3 on loopback and tells its ports. It checks and measures itself
 * on request.
 */
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createSecureContext } from 'node:tls';
import { silentLog } from '../../main/base/log.ts';
import { keepCompiled, warmStart } from '../../main/host/warm-start.ts';
import type { GuardPolicy } from '../../main/server/guard/policy.ts';
import { certificates } from './certificates.ts';

warmStart();
const { openOffice } = await import('../../main/server/office.ts');
const { writeSettings } = await import('../../main/server/office-settings.ts');
keepCompiled();

export interface ChildOrders {
  readonly dir: string;
  readonly domain: string;
  readonly people: readonly string[];
  readonly password: string;
}

// Given as an argument, or told later to a process that has loaded everything and stands by.
const [first] = process.argv[2] ? [process.argv[2]] : ((await once(process, 'message')) as [string]);
const orders = JSON.parse(first!) as ChildOrders;
const { key, cert } = certificates.office;
const context = createSecureContext({ key, cert });
const office = await openOffice({ dir: orders.dir, log: silentLog, tls: { secureContext: () => context } });
const { admin, mailstore } = office;
if ((await admin.domains()).length === 0) {
  await admin.addDomain(orders.domain);
  await admin.setOffice({ name: 'Killed', hostname: orders.domain });
  const many = 10_000;
  const guard: Partial<GuardPolicy> = {
    clearTextLoginFrom: ['127.0.0.0/8'],
    sessionsPerService: many,
    sessionsPerTrustedPeer: many,
    sessionsPerPerson: many,
    connectionsPerMinute: many * 100,
    messagesPerMinute: many * 100,
  };
  await writeSettings(admin, { guard });
  await office.reload();
}
const there = new Set((await admin.people()).map((each) => each.address));
for (const name of orders.people) {
  const address = `${name}@${orders.domain}`;
  if (there.has(address)) continue;
  // With a secret that a challenge proves: hundreds of sign-ins are not what is looked at here, and scrypt is slow by design.
  const person = await admin.addPerson({ address, name, password: orders.password, legacySecret: true });
  await mailstore.provision(person.id);
}
const ports = await office.listen({ host: '127.0.0.1', smtp: -1, imap: -1, pop3: -1 });
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
process.on('message', async (message) => {
  if (message === 'measure') {
    // The histogram counts its own 5 ms of sleep.
    const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - 5);
    const { rss, heapUsed } = process.memoryUsage();
    const cpu = process.cpuUsage();
    process.send?.({
      measured: {
        p99: ms(delay.percentile(99)),
        max: ms(delay.max),
        rss,
        heapUsed,
        cpuMs: (cpu.user + cpu.system) / 1000,
        sessions: office.sessions,
      },
    });
    delay.reset();
    return;
  }
  if (message !== 'check') return;
  const blobs = await office.store.check();
  const rows = await mailstore.check({ repair: false });
  process.send?.({
    check: [...blobs.problems, ...rows.problems].map(({ code, message: text }) => `${code} ${text}`),
  });
});
process.once('disconnect', () => process.exit(0));
process.send?.({ ports });
