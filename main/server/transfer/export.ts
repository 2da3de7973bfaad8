/**
 * A person's mailboxes as files that other programs read: one mbox, Maildir or folder of .eml a mailbox. The octets are
 * those that IMAP gives. A letter whose octets are damaged is listed with the reason; the rest goes on.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault, toFault } from '../../base/errors.ts';
import { SPOOL_ABOVE_BYTES } from '../../base/limits.ts';
import type { ImportFlag } from '../../boxes/maildir.ts';
import { type BoxFormat, type BoxTarget, openBox } from '../../boxes/target.ts';
import { safeFilename } from '../../mail/filename.ts';
import type { Person } from '../directory/directory.ts';
import {
  ANSWERED,
  DELETED,
  DRAFT,
  FLAGGED,
  type Letter,
  type Mailstore,
  SEEN,
} from '../mailstore/mailstore.ts';

export interface ExportReport {
  exported: number;
  folders: { name: string; path: string; messages: number }[];
  skipped: { folder: string; uid: number; reason: string }[];
}

const FLAGS: readonly (readonly [number, ImportFlag])[] = [
  [SEEN, 'seen'],
  [ANSWERED, 'answered'],
  [FLAGGED, 'flagged'],
  [DELETED, 'deleted'],
  [DRAFT, 'draft'],
];

/** @throws Fault user `file-exists` when a target is taken, `not-found`, `no-access`; transient `disk-full`. */
export async function exportMailboxes(
  mailstore: Mailstore,
  person: Person,
  format: BoxFormat,
  out: string,
  signal?: AbortSignal,
): Promise<ExportReport> {
  const report: ExportReport = { exported: 0, folders: [], skipped: [] };
  for (const { id, name, selectable } of await mailstore.mailboxes(person.id)) {
    if (!selectable) continue;
    const path = pathOf(out, name, format);
    const before = report.exported;
    try {
      await mkdir(format === 'mbox' ? dirname(path) : path, { recursive: true });
      const target = await openBox(format, path);
      await exportOne(mailstore, { id, name }, target, report, signal);
      await target.close();
    } catch (failure) {
      throw exportFault(failure, path);
    }
    report.folders.push({ name, path, messages: report.exported - before });
  }
  return report;
}

async function exportOne(
  mailstore: Mailstore,
  mailbox: { id: number; name: string },
  target: BoxTarget,
  report: ExportReport,
  signal?: AbortSignal,
): Promise<void> {
  const { uids } = await mailstore.open(mailbox.id, false);
  for await (const rows of mailstore.rows(mailbox.id, uids, { flags: true, internalDate: true }, signal)) {
    for (let row = 0; row < rows.uids.length; row += 1) {
      signal?.throwIfAborted();
      const uid = rows.uids[row]!;
      const set = rows.flags![row]!;
      const flags = FLAGS.filter(([bit]) => set & bit).map(([, flag]) => flag);
      try {
        const letter = await mailstore.letter(mailbox.id, uid);
        if (!letter) continue;
        const whole = letter.size <= SPOOL_ABOVE_BYTES || !target.takesPieces;
        const bytes = whole ? await wholeOf(letter) : letter.stream(0, letter.size);
        await target.put({ id: uid, from: '', received: rows.internalDates![row]!, flags }, bytes);
        report.exported += 1;
      } catch (failure) {
        const { code } = toFault(failure);
        if (code !== 'blob-damaged' && code !== 'blob-missing') throw failure;
        report.skipped.push({ folder: mailbox.name, uid, reason: code });
      }
    }
  }
}

async function wholeOf(letter: Letter): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of letter.stream(0, letter.size)) pieces.push(piece);
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** Levels become folders; what a file system does not take is replaced. */
function pathOf(out: string, name: string, format: BoxFormat): string {
  const levels = name.split('/').map((level) => safeFilename(level, 'mailbox'));
  const path = join(out, ...levels);
  return format === 'mbox' ? `${path}.mbox` : path;
}

function exportFault(failure: unknown, path: string): Fault {
  const { code } = (failure ?? {}) as { code?: unknown };
  const detail = { path };
  if (code === 'EEXIST')
    return new Fault('user', 'file-exists', 'There is a file of this name already.', { detail });
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new Fault('user', 'not-found', 'There is no such file or folder.', { detail });
  return toFault(failure);
}
