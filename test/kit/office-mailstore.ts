/** A real mailstore in a temporary folder, and letters to put into it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../main/base/clock.ts';
import { type Log, silentLog } from '../../main/base/log.ts';
import { programModule } from '../../main/server/entries.ts';
import type { Letter, PreparedMessage, RowBatch, UidRanges } from '../../main/server/mailstore/mailstore.ts';
import { type OpenMailstore, openMailstore } from '../../main/server/mailstore/office-mailstore.ts';
import type { OfficeProgram, OfficeStore } from '../../main/server/program.ts';
import { openStore } from '../../main/store/store.ts';

/** What the kit needs of a test: something to call when it ends. */
export interface Ends {
  after(action: () => unknown): void;
}

export interface MailstoreRoom {
  readonly dir: string;
  readonly store: OfficeStore;
  readonly mailstore: OpenMailstore;
  close(): Promise<void>;
}

export function temporaryFolder(t: Ends): string {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-mailstore-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function openRoom(
  t: Ends,
  options: { dir?: string; clock?: Clock; log?: Log; program?: URL } = {},
): Promise<MailstoreRoom> {
  const dir = options.dir ?? temporaryFolder(t);
  const log = options.log ?? silentLog;
  const store = await openStore<OfficeProgram>({ dir, program: options.program ?? programModule, log });
  const mailstore = await openMailstore(store, { dir, clock: options.clock ?? systemClock, log });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await mailstore.close();
    await store.close();
  };
  t.after(close);
  return { dir, store, mailstore, close };
}

/** A small letter with CRLF line ends. */
export function letterText(
  n: number | string,
  body = 'Добрый день!',
  fields: readonly string[] = [],
): string {
  return [
    `Message-ID: <${n}@comp3.otd2.constr.org>`,
    'Date: Fri, 20 Nov 2026 10:00:00 +0300',
    'From: "Пётр Иванов" <Ivanov@comp1.otd1.constr.org>',
    'To: Petrov@comp3.otd2.constr.org',
    `Subject: letter ${n}`,
    'Content-Type: text/plain; charset=utf-8',
    ...fields,
    '',
    body,
    '',
  ].join('\r\n');
}

/** The intake's way of a whole text. */
export async function prepare(mailstore: OpenMailstore, text: string | Uint8Array): Promise<PreparedMessage> {
  const intake = mailstore.intake();
  await intake.write(typeof text === 'string' ? Buffer.from(text) : text);
  return intake.finish();
}

/** Appends one letter; answers its UID. */
export async function put(
  mailstore: OpenMailstore,
  mailboxId: number,
  text: string | Uint8Array,
  options: { flags?: number; keywords?: string[]; internalDate?: number; uidl?: string } = {},
): Promise<number> {
  const message = await prepare(mailstore, text);
  const { uids } = await mailstore.append(mailboxId, [{ message, flags: 0, keywords: [], ...options }]);
  return uids[0] as number;
}

export async function wholeLetter(letter: Letter): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of letter.stream(0, letter.size)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** All UIDs of ranges. */
export function everyUid(ranges: UidRanges): number[] {
  const found: number[] = [];
  for (const [first, last] of ranges) for (let uid = first; uid <= last; uid += 1) found.push(uid);
  return found;
}

/** Every batch of rows(), gathered. */
export async function allRows(batches: AsyncIterable<RowBatch>): Promise<RowBatch[]> {
  const found: RowBatch[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

/** A person's inbox, provisioned. */
export async function inboxOf(mailstore: OpenMailstore, personId = 1): Promise<number> {
  await mailstore.provision(personId);
  const inbox = await mailstore.mailbox(personId, 'INBOX');
  if (!inbox) throw new Error('no inbox');
  return inbox.id;
}
