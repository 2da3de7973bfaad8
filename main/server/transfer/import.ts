/**
 * Brings letters of files into one mailbox of a person (made if absent): eml, mbox, Maildir, packed or in folders. A
 * letter that is in the mailbox already, octet for octet, is counted and left out, so that an import which was cut can
 * be run again. NUL becomes a blank (rule P12), a bare CR or LF becomes CRLF (rule I39); nothing else is changed.
 */
import { Fault, toFault } from '../../base/errors.ts';
import type { ImportFlag } from '../../boxes/maildir.ts';
import { readSources } from '../../boxes/source.ts';
import type { Person } from '../directory/directory.ts';
import {
  ANSWERED,
  DELETED,
  DRAFT,
  FLAGGED,
  type Mailstore,
  type PreparedMessage,
  SEEN,
} from '../mailstore/mailstore.ts';
import { emailIdOf } from '../mailstore/prepared.ts';

export interface ImportReport {
  imported: number;
  duplicates: number;
  failed: { path: string; reason: string }[];
}

const FLAGS: Readonly<Partial<Record<ImportFlag, number>>> = {
  seen: SEEN,
  answered: ANSWERED,
  flagged: FLAGGED,
  deleted: DELETED,
  draft: DRAFT,
};
/** Letters that share one transaction. */
const BATCH = 100;
const BATCH_OCTETS = 16 * 1024 * 1024;
const NUL = 0;
const BLANK = 32;

interface Waiting {
  readonly path: string;
  readonly message: PreparedMessage;
  readonly flags: number;
  readonly received: number | null;
}

/** @throws Fault user `not-found` when nothing of the paths is there, `over-quota`, `mailbox-name`; transient `disk-full`. */
export async function importLetters(
  mailstore: Mailstore,
  person: Person,
  folder: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<ImportReport> {
  const report: ImportReport = { imported: 0, duplicates: 0, failed: [] };
  const mailbox = (await mailstore.mailbox(person.id, folder)) ?? (await mailstore.create(person.id, folder));
  const known = await emailIdsOf(mailstore, mailbox.id);
  let waiting: Waiting[] = [];
  let octets = 0;
  const flush = async () => {
    const batch = waiting;
    waiting = [];
    octets = 0;
    if (batch.length === 0) return;
    await mailstore.append(
      mailbox.id,
      batch.map(({ message, flags, received }) => ({
        message,
        flags,
        keywords: [],
        ...(received === null ? {} : { internalDate: received }),
      })),
    );
    report.imported += batch.length;
  };
  const options = {
    onProblem: (path: string, reason: string) => void report.failed.push({ path, reason }),
    ...(signal ? { signal } : {}),
  };
  for await (const source of readSources(paths, options)) {
    signal?.throwIfAborted();
    try {
      const message = await prepared(mailstore, await source.read());
      const id = emailIdOf(message);
      if (known.has(id)) {
        report.duplicates += 1;
        message.abandon();
        continue;
      }
      known.add(id);
      const flags = source.flags.reduce((bits, flag) => bits | (FLAGS[flag] ?? 0), 0);
      waiting.push({ path: source.path, message, flags, received: source.received });
      octets += message.size;
    } catch (failure) {
      const fault = toFault(failure);
      if (fault.kind === 'transient' || fault.kind === 'cancelled') throw fault;
      report.failed.push({ path: source.path, reason: fault.code });
    }
    if (waiting.length >= BATCH || octets >= BATCH_OCTETS) await flush();
  }
  await flush();
  if (
    report.imported + report.duplicates === 0 &&
    report.failed.length > 0 &&
    report.failed.every(({ reason }) => reason === 'not-found')
  ) {
    throw new Fault('user', 'not-found', 'There is no such file or folder.', { detail: { path: paths[0] } });
  }
  return report;
}

async function prepared(mailstore: Mailstore, bytes: Uint8Array): Promise<PreparedMessage> {
  for (let at = bytes.indexOf(NUL); at >= 0; at = bytes.indexOf(NUL, at + 1)) bytes[at] = BLANK;
  const intake = mailstore.intake();
  try {
    await intake.write(bytes);
    return await intake.finish(undefined, { normalise: true });
  } catch (failure) {
    intake.abandon();
    throw failure;
  }
}

async function emailIdsOf(mailstore: Mailstore, mailboxId: number): Promise<Set<string>> {
  const known = new Set<string>();
  const { uids } = await mailstore.open(mailboxId, false);
  for await (const rows of mailstore.rows(mailboxId, uids, { ids: true })) {
    for (const id of rows.emailIds ?? []) known.add(id);
  }
  return known;
}
