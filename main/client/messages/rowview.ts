/** From database rows to the rows of the contract, for a window's worth of keys or ids at a time. */
import { FLAGS } from '../../contract/mail/flags.ts';
import type { Address, Row } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { addServerMarks } from '../collecting/reads.ts';
import { nameOfKeyword } from './keywords.ts';

interface Stored {
  id: number;
  key: number;
  folder: number;
  account: number;
  thread: number;
  date: number;
  received: number;
  size: number;
  flags: number;
  keywords: string;
  body: number;
  from_name: string;
  from_address: string;
  recipients: string;
  subject: string;
  preview: string;
  attachments: number;
  outside: number;
  files: string;
}

const COLUMNS =
  'id, key, folder, account, thread, date, received, size, flags, keywords, body, from_name, from_address, recipients, subject, preview, attachments, outside, files';
const BODIES = ['header', 'full', 'damaged'] as const;

/** Keywords of servers and programs that are not tags of a person (RFC 5788 and common practice). */
const SYSTEM_KEYWORD =
  /^(\$?(forwarded|mdnsent|submitted|submitpending|junk|notjunk|nonjunk|phishing|hasattachment|hasnoattachment|canunsubscribe)|\\.*)$/i;

export interface RowOptions {
  /** Add the folder's path: the view has more than one. */
  paths: boolean;
  /** Folders whose conversations a row stands for; null: every row is one letter. */
  conversations: readonly number[] | null;
}

export function flagNames(bits: number): Row['flags'] {
  return FLAGS.filter((_, n) => bits & (1 << n));
}

/** Shown tags of a letter: names of known tags (keywords in lower case), of unknown ones what their keywords say. */
function tagsOf(keywords: string, names: ReadonlyMap<string, string>): string[] {
  if (keywords === '') return [];
  return keywords
    .split(' ')
    .flatMap(
      (keyword) =>
        names.get(keyword.toLowerCase()) ?? (SYSTEM_KEYWORD.test(keyword) ? [] : [nameOfKeyword(keyword)]),
    );
}

/** Rows in the order of `keys`; a key whose letter is gone is passed over. */
export function rowsByKey(db: ReadHandle, keys: readonly number[], options: RowOptions): Row[] {
  return toRows(db, 'key', keys, options);
}

export function rowsById(
  db: ReadHandle,
  ids: readonly number[],
  options: RowOptions = { paths: true, conversations: null },
): Row[] {
  return toRows(db, 'id', ids, options);
}

function toRows(db: ReadHandle, column: 'key' | 'id', wanted: readonly number[], options: RowOptions): Row[] {
  const tags = new Map(
    db
      .all<{ name: string; keyword: string }>('SELECT name, keyword FROM tags')
      .map((tag) => [tag.keyword.toLowerCase(), tag.name]),
  );
  const paths = new Map<number, string>();
  const statement = db.prepare(`SELECT ${COLUMNS} FROM messages WHERE ${column} = ?`);
  const rows: Row[] = [];
  for (const value of wanted) {
    const stored = statement.get<Stored>(value);
    if (!stored) continue;
    const row: Row = {
      id: stored.id,
      folder: stored.folder,
      thread: stored.thread,
      count: 1,
      from: { name: stored.from_name, address: stored.from_address },
      to: (JSON.parse(stored.recipients) as [string, string][]).map(
        ([name, address]): Address => ({ name, address }),
      ),
      subject: stored.subject,
      preview: stored.preview,
      date: stored.date,
      received: stored.received,
      account: stored.account,
      size: stored.size,
      flags: flagNames(stored.flags),
      tags: tagsOf(stored.keywords, tags),
      attachments: stored.attachments,
      body: BODIES[stored.body] ?? 'header',
      outside: stored.outside !== 0,
      unread: stored.flags & 1 ? 0 : 1,
    };
    if (options.paths) row.folderPath = pathOf(db, paths, stored.folder);
    if (options.conversations) addConversation(db, row, options.conversations);
    rows.push(row);
  }
  addServerMarks(db, rows);
  return rows;
}

function pathOf(db: ReadHandle, known: Map<number, string>, folder: number): string {
  let path = known.get(folder);
  if (path === undefined) {
    path =
      db.value<string>(
        "SELECT a.address || '/' || f.path FROM folders f JOIN accounts a ON a.id = f.account WHERE f.id = ?",
        folder,
      ) ?? '';
    known.set(folder, path);
  }
  return path;
}

/** The row of a conversation speaks for all its letters in these folders. */
function addConversation(db: ReadHandle, row: Row, folders: readonly number[]): void {
  const sums = db.get<{ total: number; unread: number; flagged: number; files: number }>(
    `SELECT sum(total) AS total, sum(unread) AS unread, sum(flagged) AS flagged, sum(files) AS files FROM conversations
     WHERE thread = ? AND folder IN (${folders.map(() => '?').join(',')})`,
    row.thread,
    ...folders,
  );
  if (!sums?.total) return;
  row.count = sums.total;
  row.unread = sums.unread;
  if (sums.flagged > 0 && !row.flags.includes('flagged')) row.flags.push('flagged');
  if (sums.files > 0 && row.attachments === 0) row.attachments = 1;
}

/** Why a search found each row, where the row's visible text does not say so itself. */
export function explain(db: ReadHandle, rows: readonly Row[], words: readonly string[]): void {
  const folded = words.map(fold).filter((word) => word !== '');
  if (folded.length === 0) return;
  const has = (text: string) => folded.some((word) => fold(text).includes(word));
  const files = db.prepare('SELECT files FROM messages WHERE id = ?');
  for (const row of rows) {
    if (has(row.subject)) continue;
    if (
      has(`${row.from.name} ${row.from.address}`) ||
      row.to.some((each) => has(`${each.name} ${each.address}`))
    )
      continue;
    const name =
      row.attachments === 0
        ? undefined
        : (files.get<{ files: string }>(row.id)?.files ?? '').split('\n').find(has);
    if (name !== undefined) row.found = { where: 'file', name };
    else if (!has(row.preview)) row.found = { where: 'body' };
  }
}

const fold = (text: string) => text.toLowerCase().replace(/ё/g, 'е');
