/** Letters as the rules' thread needs them, and what rules have done: named reads. */
import type { LogLine, Reason, RuleRun } from '../../contract/mail/rules.ts';
import type { ReadHandle } from '../../store/program.ts';
import type { LetterInput } from './facts.ts';
import type { Before } from './judge.ts';
import type { Names } from './portable.ts';

/** A letter without its octets, and where those are. */
export interface LetterRow extends Omit<LetterInput, 'bytes' | 'has' | 'here'> {
  key: number;
  blob: Uint8Array | null;
  head: Uint8Array | null;
  /** A listing brought `head`, not a whole header. */
  partial: boolean;
  before: Before;
}

interface Raw {
  id: number;
  key: number;
  account: number;
  size: number;
  date: number;
  keywords: string;
  blob: Uint8Array | null;
  head: Uint8Array | null;
  body: number;
  kind: string;
  known: number;
  me: number;
  folder: number;
  inbox: number;
  done: string;
}

const LETTER = `m.id, m.key, m.account, m.size, m.date, m.keywords, m.blob, m.head, m.body, a.kind,
  EXISTS (SELECT 1 FROM contact_addresses c WHERE c.address = lower(m.from_address)) AS known,
  EXISTS (SELECT 1 FROM accounts o WHERE lower(o.address) = lower(m.from_address))
    OR EXISTS (SELECT 1 FROM identities i WHERE lower(i.address) = lower(m.from_address)) AS me`;

function rowsOf(db: ReadHandle, raw: readonly Raw[], onDemand: boolean): LetterRow[] {
  const names = new Map(
    db
      .all<{ name: string; keyword: string }>('SELECT name, keyword FROM tags')
      .map((each) => [each.keyword, each.name]),
  );
  return raw.map((each) => ({
    id: each.id,
    key: each.key,
    account: each.account,
    size: each.size,
    date: each.date,
    tags: each.keywords.split(' ').flatMap((word) => names.get(word) ?? []),
    blob: each.blob,
    head: each.head,
    partial: each.kind === 'imap',
    damaged: each.body === 2,
    known: each.known !== 0,
    me: each.me !== 0,
    before: {
      folder: onDemand ? null : each.folder,
      inbox: each.inbox !== 0,
      done: JSON.parse(each.done) as number[],
    },
  }));
}

/** Letters that can be ruled now: new ones, and those whose text has come. Oldest arrival first. */
function marked(db: ReadHandle, input: { limit: number }): LetterRow[] {
  const raw = db.all<Raw>(
    `SELECT ${LETTER}, k.folder AS folder, k.done AS done, coalesce(f.role = 'inbox', 0) AS inbox
     FROM rule_marks k JOIN messages m ON m.id = k.message JOIN accounts a ON a.id = m.account
     LEFT JOIN folders f ON f.id = k.folder
     WHERE k.needs = 'head' OR m.body != 0 ORDER BY k.message LIMIT ?`,
    input.limit,
  );
  return rowsOf(db, raw, false);
}

/** Letters of a folder, newest first, below a key. */
function letters(db: ReadHandle, input: { folder: number; below: number; limit: number }): LetterRow[] {
  const raw = db.all<Raw>(
    `SELECT ${LETTER}, m.folder AS folder, '[]' AS done, 1 AS inbox FROM messages m JOIN accounts a ON a.id = m.account
     WHERE m.folder = ? AND m.key < ? ORDER BY m.key DESC LIMIT ?`,
    input.folder,
    input.below,
    input.limit,
  );
  return rowsOf(db, raw, true);
}

/** The newest letters of a folder (null: of every inbox) below a place in time, newest first. */
function newest(
  db: ReadHandle,
  input: { folder: number | null; below: number; limit: number },
): { id: number; key: number }[] {
  const folders = inboxesOr(db, input.folder);
  const found = folders.flatMap((folder) =>
    db.all<{ id: number; key: number }>(
      'SELECT id, key FROM messages WHERE folder = ? AND key < ? ORDER BY key DESC LIMIT ?',
      folder,
      input.below,
      input.limit,
    ),
  );
  if (folders.length > 1) found.sort((a, b) => b.key - a.key).splice(input.limit);
  return found;
}

const inboxesOr = (db: ReadHandle, folder: number | null): number[] =>
  folder === null ? db.pluck<number>("SELECT id FROM folders WHERE role = 'inbox'") : [folder];

/** These letters; those that are gone are passed over. */
function lettersOf(db: ReadHandle, input: { ids: number[] }): LetterRow[] {
  const raw = db.all<Raw>(
    `SELECT ${LETTER}, m.folder AS folder, '[]' AS done, 1 AS inbox
     FROM json_each(?) j CROSS JOIN messages m ON m.id = j.value JOIN accounts a ON a.id = m.account`,
    JSON.stringify(input.ids),
  );
  return rowsOf(db, raw, true);
}

export interface Wanted {
  id: number;
  size: number;
}

/** Letters of servers that a rule waits for, newest first. A maildrop's header is the person's choice and stays one, and so is what is marked to stay or to go. */
function wanted(db: ReadHandle, input: { most: number; limit: number }): Wanted[] {
  return db.all<Wanted>(
    `SELECT m.id AS id, m.size AS size FROM rule_marks k JOIN messages m ON m.id = k.message
     JOIN accounts a ON a.id = m.account
     WHERE k.needs = 'body' AND m.body = 0 AND a.kind = 'imap' AND m.uid IS NOT NULL AND m.size <= ?
       AND m.id NOT IN (SELECT message FROM fetch_marks WHERE mark != 'fetch')
     ORDER BY m.key DESC LIMIT ?`,
    input.most,
    input.limit,
  );
}

export interface SendRow {
  id: number;
  message: number;
  rule_id: number;
  rule: string;
  action: string;
  at: number;
  tries: number;
}

export interface Sender {
  account: number;
  name: string;
  address: string;
  /** In lower case. */
  own: string[];
}

interface RawLine extends Omit<LogLine, 'did' | 'reasons'> {
  did: string;
  reasons: string;
}

function log(db: ReadHandle, input: { message: number | null; limit: number }): LogLine[] {
  const rows = db.all<RawLine>(
    `SELECT id, message, subject, rule, at, did, reasons, run FROM rule_log
     ${input.message === null ? '' : 'WHERE message = ?'} ORDER BY id DESC LIMIT ?`,
    ...(input.message === null ? [] : [input.message]),
    input.limit,
  );
  return rows.map((row) => ({
    ...row,
    did: JSON.parse(row.did) as LogLine['did'],
    reasons: JSON.parse(row.reasons) as Reason[],
  }));
}

export const ruleReads = {
  'rules.marked': marked,
  'rules.letters': letters,
  'rules.newest': newest,
  'rules.lettersOf': lettersOf,
  /** Letters of a folder, or of every inbox. */
  'rules.total': (db: ReadHandle, folder: number | null): number =>
    db.value<number>(
      'SELECT coalesce(sum(total), 0) FROM folders WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(inboxesOr(db, folder)),
    ) ?? 0,
  'rules.wanted': wanted,
  'rules.log': log,
  'rules.runs': (db: ReadHandle): RuleRun[] =>
    db
      .all<Omit<RuleRun, 'undone' | 'folderName'> & { undone: number; path: string | null }>(
        `SELECT token AS "undo", r.at AS at, r.folder AS folder, letters, caught, undone, f.path AS path
         FROM rule_runs r LEFT JOIN folders f ON f.id = r.folder ORDER BY r.at DESC LIMIT 50`,
      )
      .map(({ path, undone, ...run }) => ({ ...run, folderName: path ?? '', undone: undone !== 0 })),
  'rules.sends': (db: ReadHandle, input: { after: number; limit: number }): SendRow[] =>
    db.all<SendRow>(
      'SELECT id, message, rule_id, rule, action, at, tries FROM rule_sends WHERE id > ? ORDER BY id LIMIT ?',
      input.after,
      input.limit,
    ),
  'rules.waiting': (db: ReadHandle): number =>
    db.value<number>(
      "SELECT count(*) FROM rule_marks k JOIN messages m ON m.id = k.message WHERE k.needs = 'body'",
    ) ?? 0,
  'rules.names': (db: ReadHandle): Names => ({
    folders: db.all('SELECT id, account, path, server_path AS server, role FROM folders ORDER BY id'),
    accounts: db.all('SELECT id, address FROM accounts ORDER BY id'),
    templates: db.all('SELECT id, name FROM templates WHERE removed IS NULL ORDER BY id'),
  }),
  'rules.places': (db: ReadHandle, input: { ids: number[] }) =>
    db.all<{ id: number; folder: number; role: string | null; path: string }>(
      `SELECT m.id AS id, m.folder AS folder, f.role AS role, f.path AS path
       FROM json_each(?) j CROSS JOIN messages m ON m.id = j.value JOIN folders f ON f.id = m.folder`,
      JSON.stringify(input.ids),
    ),
  /** Who sends for a letter, and every address of the person. */
  'rules.sender'(db: ReadHandle, input: { message: number }): Sender | null {
    const from = db.get<Omit<Sender, 'own'>>(
      `SELECT a.id AS account, a.name AS name, a.address AS address FROM accounts a
       LEFT JOIN messages m ON m.id = ? WHERE a.outgoing IS NOT NULL
       ORDER BY a.id = m.account DESC, a.position, a.id LIMIT 1`,
      input.message,
    );
    const own = db.pluck<string>(
      "SELECT lower(address) FROM accounts WHERE address LIKE '%@%' UNION SELECT lower(address) FROM identities WHERE address LIKE '%@%'",
    );
    return from ? { ...from, own } : null;
  },
  'rules.answered': (db: ReadHandle, input: { rule: number; address: string }): number =>
    db.value<number>(
      'SELECT at FROM rule_answered WHERE rule = ? AND address = ?',
      input.rule,
      input.address,
    ) ?? 0,
};
