/** State, queue, bans, traces, checks and moving in and out: contract -> the rooms. */
import { Fault } from '../../base/errors.ts';
import type { HandlersOf } from '../../contract/door.ts';
import type { OfficeEntries } from '../../contract/office/office.ts';
import type { QueueLetter, upkeepEntries } from '../../contract/office/upkeep.ts';
import type { Person } from '../directory/directory.ts';
import type { Office } from '../office.ts';
import type { QueueEntry } from '../queue/queue.ts';
import { exportMailboxes } from '../transfer/export.ts';
import { importLetters } from '../transfer/import.ts';
import { damageOf } from './damage.ts';

type UpkeepHandlers = HandlersOf<Pick<OfficeEntries, keyof typeof upkeepEntries>>;

/** @param authority the office's CA certificate, PEM; null when the administrator has given a certificate. */
export function upkeepHandlers(office: Office, authority: () => Promise<string | null>): UpkeepHandlers {
  const { context, admin, mailstore, queue, store } = office;
  const personOf = async (address: string): Promise<Person> => {
    const { domains } = await context.directory.office();
    const full = address.includes('@') || domains[0] === undefined ? address : `${address}@${domains[0]}`;
    const person = await context.directory.personByAddress(full);
    if (person) return person;
    throw new Fault('user', 'no-such-address', `There is no ${address} in this office.`, {
      detail: { address },
    });
  };
  const found = (queueId: string, there: boolean) => {
    if (there) return {};
    throw new Fault('user', 'no-such-letter', 'There is no such letter in the queue.', {
      detail: { queueId },
    });
  };
  return {
    async 'office.status'() {
      const { name, hostname, domains } = await context.directory.office();
      return {
        name,
        hostname,
        domains: [...domains],
        people: (await admin.people()).length,
        sessions: office.sessions,
        queue: await queue.counts(),
        meters: { ...context.records.meters.snapshot() },
      };
    },
    async 'queue.list'({ from, count }) {
      const { total, entries } = await queue.list({ from, count });
      return { total, letters: entries.map(letterOf) };
    },
    async 'queue.show'({ queueId }) {
      const entry = await queue.show(queueId);
      found(queueId, entry !== undefined);
      return letterOf(entry!);
    },
    async 'queue.retry'({ queueId }) {
      if (queueId !== undefined) found(queueId, (await queue.show(queueId)) !== undefined);
      return { letters: await queue.retry(queueId) };
    },
    'queue.hold': async ({ queueId, held }) => found(queueId, await queue.hold(queueId, held)),
    'queue.remove': async ({ queueId }) => found(queueId, await queue.remove(queueId)),
    'bans.list': async () => (await context.guard.bans()).map((ban) => ({ ...ban })),
    async 'bans.lift'({ ip }) {
      if (await context.guard.lift(ip)) return {};
      throw new Fault('user', 'no-such-ban', `${ip} is not banned.`, { detail: { ip } });
    },
    'trace.letters': async ({ person, subject, queueId, count }) =>
      queue.trace({
        count,
        ...(person === undefined ? {} : { person }),
        ...(subject === undefined ? {} : { subject }),
        ...(queueId === undefined ? {} : { queueId }),
      }),
    async 'trace.account'({ address, on }) {
      context.records.traceAccount((await personOf(address)).address, on);
      return {};
    },
    async 'office.check'({ repair }) {
      const blobs = await store.check();
      const rows = await mailstore.check({ repair });
      const problems = [
        ...(await damageOf(office, blobs.problems)),
        ...rows.problems.map(({ code, message, repairable }) => ({ code, message, repairable })),
      ];
      const left = problems.filter((each) => !(repair && each.repairable));
      return {
        ok: left.length === 0,
        mailboxes: rows.mailboxes,
        messages: rows.messages,
        letters: rows.letters,
        blobs: blobs.blobs,
        repaired: rows.repaired,
        problems,
      };
    },
    async 'office.restored'() {
      if (office.listening) {
        throw new Fault('user', 'office-running', 'The office is running; stop it first.');
      }
      await mailstore.raiseUidValidity();
      return {};
    },
    'mailboxes.export': async ({ person, format, out }, { signal }) =>
      exportMailboxes(mailstore, await personOf(person), format, out, signal),
    'mailboxes.import': async ({ person, folder, paths }, { signal }) =>
      importLetters(mailstore, await personOf(person), folder, paths, signal),
    async 'ca.export'() {
      const pem = await authority();
      if (pem !== null) return { pem };
      throw new Fault(
        'user',
        'own-certificate',
        'This office uses a certificate of its own and has no authority.',
      );
    },
  };
}

function letterOf({ queueId, sender, subject, size, arrived, recipients }: QueueEntry): QueueLetter {
  return { queueId, sender, subject, size, arrived, recipients: recipients.map((each) => ({ ...each })) };
}
