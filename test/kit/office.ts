/** A whole office in a temporary folder: every room real, listeners on free loopback ports. */
import { createSecureContext } from 'node:tls';
import { type Clock, systemClock } from '../../main/base/clock.ts';
import { type Log, silentLog } from '../../main/base/log.ts';
import type { Dns } from '../../main/net/dns.ts';
import type { SmtpTimeouts } from '../../main/net/smtp/session.ts';
import type { OfficeContext, Policy } from '../../main/server/context.ts';
import type { DirectoryAdmin, NewPerson } from '../../main/server/directory/admin.ts';
import type { Person } from '../../main/server/directory/directory.ts';
import { openAdmin } from '../../main/server/directory/office-admin.ts';
import { openDirectory } from '../../main/server/directory/office-directory.ts';
import { openSecretBox } from '../../main/server/directory/secret-box.ts';
import { openAuthenticator } from '../../main/server/directory/sign-in.ts';
import { programModule } from '../../main/server/entries.ts';
import { openGuard } from '../../main/server/guard/office-guard.ts';
import { DEFAULT_GUARD_POLICY, type GuardPolicy } from '../../main/server/guard/policy.ts';
import { type OpenMailstore, openMailstore } from '../../main/server/mailstore/office-mailstore.ts';
import type { OfficeProgram, OfficeStore } from '../../main/server/program.ts';
import { OFFICE_ONLY, type RelaySettings } from '../../main/server/queue/destination.ts';
import { type OfficeQueue, openQueue } from '../../main/server/queue/office-queue.ts';
import { SCHEDULE, type Schedule } from '../../main/server/queue/schedule.ts';
import { openRecords } from '../../main/server/records.ts';
import { openStore } from '../../main/store/store.ts';
import { certificates } from './certificates.ts';
import { type Ends, temporaryFolder } from './office-mailstore.ts';

export const OFFICE_DOMAIN = 'comp3.otd2.constr.org';

export interface TestOfficeOptions {
  readonly dir?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly guard?: Partial<GuardPolicy>;
  readonly policy?: Partial<Policy>;
  readonly relay?: RelaySettings;
  readonly schedule?: Schedule;
  readonly dns?: Dns;
  readonly mxPort?: number;
  readonly relayTimeouts?: SmtpTimeouts;
  /** People by local part; the password is the local part backwards. */
  readonly people?: readonly string[];
}

export interface TestOffice {
  readonly dir: string;
  readonly context: OfficeContext;
  readonly store: OfficeStore;
  readonly admin: DirectoryAdmin;
  readonly mailstore: OpenMailstore;
  readonly queue: OfficeQueue;
  /** Replaces what the relay does from now on. */
  relay: RelaySettings;
  add(person: Partial<NewPerson> & { address: string }): Promise<Person>;
  inbox(person: Person): Promise<number>;
  close(): Promise<void>;
}

/** Nothing has a name: every question about a domain is answered with "no such domain". */
export const NO_DNS: Dns = {
  mx: async () => [],
  srv: async () => [],
  addresses: async () => [],
  exists: async () => false,
};

export function passwordOf(local: string): string {
  return [...local].reverse().join('');
}

let serial = 0;

export async function openTestOffice(t: Ends, options: TestOfficeOptions = {}): Promise<TestOffice> {
  const dir = options.dir ?? temporaryFolder(t);
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLog;
  const store = await openStore<OfficeProgram>({ dir, program: programModule, log, readers: 1 });
  const mailstore = await openMailstore(store, { dir, clock, log, threads: 1 });
  const box = await openSecretBox(dir);
  const directory = openDirectory(store);
  const loopback = ['127.0.0.0/8', '::1'];
  const guardPolicy = { ...DEFAULT_GUARD_POLICY, clearTextLoginFrom: loopback, ...options.guard };
  const guard = await openGuard({ store, clock, log, policy: () => guardPolicy });
  const admin = openAdmin(store, directory, box);
  const authenticator = openAuthenticator({ store, directory, guard, box, clock, log });
  if ((await admin.domains()).length === 0) {
    await admin.addDomain(OFFICE_DOMAIN);
    await admin.setOffice({ name: 'Department 2', hostname: OFFICE_DOMAIN });
  }
  const office = { relay: options.relay ?? OFFICE_ONLY };
  const queue = openQueue({
    store,
    directory,
    mailstore,
    clock,
    log,
    dns: options.dns ?? NO_DNS,
    settings: () => office.relay,
    newQueueId: () => {
      serial += 1;
      return `test${serial}`;
    },
    schedule: options.schedule ?? SCHEDULE,
    timeouts: options.relayTimeouts ?? { setup: 10_000, idle: 10_000 },
    ...(options.mxPort ? { mxPort: options.mxPort } : {}),
  });
  const { key, cert } = certificates.office;
  const secureContext = createSecureContext({ key, cert, minVersion: 'TLSv1.2' });
  const policy: Policy = {
    maxMessageBytes: 50 * 1024 * 1024,
    maxRecipients: 500,
    strictLines: false,
    ...options.policy,
  };
  const context: OfficeContext = {
    clock,
    log,
    records: openRecords(log, clock),
    directory,
    authenticator,
    guard,
    mailstore,
    queue,
    tls: { secureContext: () => secureContext },
    policy: () => policy,
  };
  await queue.start();
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await queue.close(1000);
    await mailstore.close();
    await store.close();
  };
  t.after(close);
  const made: TestOffice = {
    dir,
    context,
    store,
    admin,
    mailstore,
    queue,
    get relay() {
      return office.relay;
    },
    set relay(relay) {
      office.relay = relay;
    },
    async add(person) {
      const local = person.address.split('@')[0]!;
      const added = await admin.addPerson({ name: '', password: passwordOf(local), ...person });
      await mailstore.provision(added.id);
      return added;
    },
    async inbox(person) {
      return (await mailstore.mailbox(person.id, 'INBOX'))!.id;
    },
    close,
  };
  for (const local of options.people ?? []) await made.add({ address: `${local}@${OFFICE_DOMAIN}` });
  return made;
}
