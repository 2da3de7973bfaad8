/** What the IMAP engine asks of the database: plain functions run in reader threads. */
import type { KeepPolicy } from '../../contract/mail/accounts.ts';
import type { ReadHandle } from '../../store/program.ts';
import { mergeMarks } from './flags.ts';
import { type OperationRow, operationsOf } from './oplog.ts';
import type { Held } from './validity.ts';
import type { ServerSettings } from './wire.ts';

export interface ImapAccount {
  id: number;
  address: string;
  server: ServerSettings;
  policy: KeepPolicy;
}

export interface ImapFolder {
  id: number;
  account: number;
  path: string;
  serverPath: string;
  role: string | null;
  selectable: boolean;
  subscribed: boolean;
  uidValidity: number | null;
  uidNext: number | null;
  /** Decimal. */
  highestModseq: string | null;
  serverTotal: number | null;
  /** Letters here that have a UID. */
  count: number;
  complete: boolean;
  /** Actions not carried out yet that begin or end here, or letters waiting for their UID. */
  pending: boolean;
}

interface FolderColumns {
  id: number;
  account: number;
  path: string;
  server_path: string;
  role: string | null;
  selectable: number;
  subscribed: number;
  uid_validity: number | null;
  uid_next: number | null;
  highest_modseq: string | null;
  server_total: number | null;
  sync_state: string;
}

export interface SyncState {
  complete?: boolean;
}

const FOLDER =
  'id, account, path, server_path, role, selectable, subscribed, uid_validity, uid_next, highest_modseq, server_total, sync_state';

function folderOf(db: ReadHandle, row: FolderColumns): ImapFolder {
  const state = JSON.parse(row.sync_state) as SyncState;
  return {
    id: row.id,
    account: row.account,
    path: row.path,
    serverPath: row.server_path,
    role: row.role,
    selectable: row.selectable === 1,
    subscribed: row.subscribed === 1,
    uidValidity: row.uid_validity,
    uidNext: row.uid_next,
    highestModseq: row.highest_modseq,
    serverTotal: row.server_total,
    count:
      db.value<number>('SELECT count(*) FROM messages WHERE folder = ? AND uid IS NOT NULL', row.id) ?? 0,
    complete: state.complete === true,
    pending:
      db.value<number>(
        'SELECT 1 FROM operations WHERE account = ? AND folder = ? LIMIT 1',
        row.account,
        row.id,
      ) === 1,
  };
}

/** Undefined: gone, or not an IMAP account. */
function account(db: ReadHandle, id: number): ImapAccount | undefined {
  const row = db.get<{ id: number; address: string; incoming: string | null; policy: string }>(
    "SELECT id, address, incoming, policy FROM accounts WHERE id = ? AND kind = 'imap'",
    id,
  );
  if (!row || row.incoming === null) return undefined;
  return {
    id: row.id,
    address: row.address,
    server: JSON.parse(row.incoming) as ServerSettings,
    policy: JSON.parse(row.policy) as KeepPolicy,
  };
}

/** A folder whether the server has it or not; undefined: gone. */
function folderPlace(db: ReadHandle, id: number): { serverPath: string | null } | undefined {
  return db.get('SELECT server_path AS serverPath FROM folders WHERE id = ?', id);
}

function accounts(db: ReadHandle): number[] {
  return db.pluck<number>("SELECT id FROM accounts WHERE kind = 'imap' ORDER BY position, id");
}

function folders(db: ReadHandle, id: number): ImapFolder[] {
  return db
    .all<FolderColumns>(
      `SELECT ${FOLDER} FROM folders WHERE account = ? AND server_path IS NOT NULL ORDER BY position, path`,
      id,
    )
    .map((row) => folderOf(db, row));
}

function folder(db: ReadHandle, id: number): ImapFolder | undefined {
  const row = db.get<FolderColumns>(
    `SELECT ${FOLDER} FROM folders WHERE id = ? AND server_path IS NOT NULL`,
    id,
  );
  return row && folderOf(db, row);
}

/**
 * UIDs of a folder that are known here, upwards: its letters, and those the person has taken out of it while
 * the server has not heard of it yet (they must neither be fetched again nor count as lost).
 */
function uids(db: ReadHandle, id: number): { held: Float64Array<ArrayBuffer>; leaving: number[] } {
  const held = Float64Array.from(
    db.pluck<number>('SELECT uid FROM messages WHERE folder = ? AND uid IS NOT NULL ORDER BY uid', id),
  );
  return { held, leaving: leavingUids(db, id) };
}

export function leavingUids(db: ReadHandle, folderId: number): number[] {
  return db.pluck<number>(
    "SELECT DISTINCT uid FROM operations WHERE folder = ? AND uid IS NOT NULL AND kind IN ('move', 'expunge') ORDER BY uid",
    folderId,
  );
}

export interface UidMarks {
  uid: number;
  flags: number;
  keywords: string;
}

/** Of what the server says now, only what differs from what it said last: a pass over all flags writes little. */
function changedMarks(db: ReadHandle, input: { folder: number; marks: UidMarks[] }): UidMarks[] {
  return input.marks.filter((now) => {
    const row = db.get<{ flags: number; keywords: string; server_flags: number; server_keywords: string }>(
      'SELECT flags, keywords, server_flags, server_keywords FROM messages WHERE folder = ? AND uid = ?',
      input.folder,
      now.uid,
    );
    if (!row) return false;
    const base = { flags: row.server_flags, keywords: row.server_keywords };
    if (base.flags !== now.flags || base.keywords !== now.keywords) return true;
    const merged = mergeMarks(base, row, now);
    return merged.flags !== row.flags || merged.keywords !== row.keywords;
  });
}

/** Letters of a folder as validity.ts compares them. */
function held(db: ReadHandle, id: number): Held[] {
  return db
    .all<{ id: number; server_id: string | null; message_id: string; size: number; received: number }>(
      'SELECT id, server_id, message_id, size, received FROM messages WHERE folder = ? AND uid IS NOT NULL',
      id,
    )
    .map((row) => ({
      id: row.id,
      serverId: row.server_id ?? '',
      messageId: row.message_id,
      size: row.size,
      received: row.received,
    }));
}

export interface WantedBody {
  id: number;
  uid: number;
  folder: number;
  size: number;
  /** Place in time; the next window begins below it. */
  key: number;
}

/** A person's mark on a letter comes before the policy. */
const UNMARKED = 'id NOT IN (SELECT message FROM fetch_marks)';
/** Rules have looked at its header; one that waits for its text does not hold it up. */
const RULED = "id NOT IN (SELECT message FROM rule_marks WHERE needs = 'head')";
const unheld = (ruled: boolean): string => (ruled ? `${UNMARKED} AND ${RULED}` : UNMARKED);

/**
 * Bodies the policy asks for, newest first, of one folder. `since` in ms; 0: all. `most`: octets of the largest. `ruled`:
 * without those that rules have yet to see.
 */
function wantedBodies(
  db: ReadHandle,
  input: {
    account: number;
    folder: number;
    since: number;
    most: number;
    ruled: boolean;
    before: number | null;
    limit: number;
  },
): WantedBody[] {
  return db.all<WantedBody>(
    `SELECT id, uid, folder, size, key FROM messages
     WHERE account = ? AND body = 0 AND uid IS NOT NULL AND folder = ? AND date >= ? AND size <= ? AND ${unheld(input.ruled)} AND key < ?
     ORDER BY key DESC LIMIT ?`,
    input.account,
    input.folder,
    input.since,
    input.most,
    input.before ?? Number.MAX_SAFE_INTEGER,
    input.limit,
  );
}

/** How many bodies are wanted, and their octets. */
function wantedTotals(
  db: ReadHandle,
  input: { account: number; since: number; most: number; ruled: boolean },
): { folder: number; count: number; bytes: number }[] {
  return db.all<{ folder: number; count: number; bytes: number }>(
    `SELECT folder, count(*) AS count, sum(size) AS bytes FROM messages
     WHERE account = ? AND body = 0 AND uid IS NOT NULL AND date >= ? AND size <= ? AND ${unheld(input.ruled)} GROUP BY folder`,
    input.account,
    input.since,
    input.most,
  );
}

export interface BodyPlace {
  id: number;
  account: number;
  folder: number;
  serverPath: string | null;
  uid: number | null;
  uidValidity: number | null;
  size: number;
  /** 0 header, 1 full, 2 damaged */
  body: number;
}

function bodyPlace(db: ReadHandle, id: number): BodyPlace | undefined {
  return db.get<BodyPlace>(
    `SELECT m.id, m.account, m.folder, f.server_path AS serverPath, m.uid, f.uid_validity AS uidValidity, m.size, m.body
     FROM messages m JOIN folders f ON f.id = m.folder WHERE m.id = ?`,
    id,
  );
}

export interface Place {
  id: number;
  folder: number;
  serverPath: string | null;
  uid: number | null;
  messageId: string;
  size: number;
}

/** Message-IDs of letters that were erased here and that the server has yet to lose, by their former ids. */
function erased(db: ReadHandle, ids: number[]): { id: number; messageId: string }[] {
  return ids.flatMap((id) => {
    const payload = db.value<string>(
      "SELECT payload FROM operations WHERE message = ? AND kind = 'expunge'",
      id,
    );
    return payload === undefined
      ? []
      : { id, messageId: (JSON.parse(payload) as { messageId?: string }).messageId ?? '' };
  });
}

/** Where letters are for the server. What is not there any more is left out. */
function places(db: ReadHandle, ids: number[]): Place[] {
  return ids.flatMap(
    (id) =>
      db.get<Place>(
        `SELECT m.id, m.folder, f.server_path AS serverPath, m.uid, m.message_id AS messageId, m.size
         FROM messages m JOIN folders f ON f.id = m.folder WHERE m.id = ?`,
        id,
      ) ?? [],
  );
}

function operations(db: ReadHandle, input: { account: number; limit: number }): OperationRow[] {
  return operationsOf(db, input.account, input.limit);
}

function trusted(db: ReadHandle): { host: string; port: number; fingerprint256: string }[] {
  return db.all('SELECT host, port, fingerprint256 FROM trusted_certificates');
}

export const imapReads = {
  'imap.account': account,
  'imap.accounts': accounts,
  'imap.folders': folders,
  'imap.folder': folder,
  'imap.folderPlace': folderPlace,
  'imap.uids': uids,
  'imap.changedMarks': changedMarks,
  'imap.held': held,
  'imap.wantedBodies': wantedBodies,
  'imap.wantedTotals': wantedTotals,
  'imap.bodyPlace': bodyPlace,
  'imap.places': places,
  'imap.erased': erased,
  'imap.operations': operations,
  'imap.trusted': trusted,
};
