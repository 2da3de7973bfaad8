/** What stands on servers by its header alone, and what is marked: read for rows, plans and passes. Run in reader threads. */
import type { FetchMark, KeepPolicy, Pop3Policy } from '../../contract/mail/accounts.ts';
import type { Letters, PlannedLetter, ServerPlan } from '../../contract/mail/maildrop.ts';
import type { Row } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';

/** A plan as the database knows it; the engines add times and speeds. */
export type KnownPlan = Omit<ServerPlan, 'at' | 'rate'>;

const NONE: Letters = { count: 0, octets: 0 };
/** Letters told of one plan. */
const TOLD = 500;

interface AccountColumns {
  id: number;
  kind: 'imap' | 'pop3';
  policy: string;
  pop3: string | null;
}

const accounts = (db: ReadHandle): AccountColumns[] =>
  db.all<AccountColumns>(
    "SELECT id, kind, policy, pop3 FROM accounts WHERE kind IN ('imap', 'pop3') ORDER BY position, id",
  );

/** Letters above this many KB come as their headers only; null: none do by their size. */
export function thresholdOf(policy: KeepPolicy): number | null {
  return policy.keep === 'headers' ? 0 : (policy.headersAbove ?? null);
}

const MARKED: Record<'imap' | 'pop3', string> = {
  pop3: `SELECT p.message AS message, p.mark AS mark, p.octets AS octets FROM pop3_letters p
         INDEXED BY pop3_letters_marked WHERE p.account = ? AND p.mark IS NOT NULL AND p.missing_since IS NULL`,
  imap: `SELECT f.message AS message, f.mark AS mark, m.size AS octets FROM fetch_marks f
         JOIN messages m ON m.id = f.message WHERE f.account = ? AND m.body = 0`,
};
const BY_HEADER: Record<'imap' | 'pop3', string> = {
  pop3: `SELECT count(*) AS count, sum(p.octets) AS octets, sum(length(m.head)) AS moved FROM pop3_letters p
         JOIN messages m ON m.id = p.message WHERE p.account = ? AND p.state = 'header' AND p.missing_since IS NULL`,
  imap: `SELECT count(*) AS count, sum(size) AS octets, sum(length(head)) AS moved FROM messages
         WHERE account = ? AND body = 0 AND uid IS NOT NULL`,
};

function planOf(db: ReadHandle, { id, kind, policy, pop3 }: AccountColumns): KnownPlan | null {
  const threshold =
    kind === 'pop3'
      ? ((pop3 === null ? null : (JSON.parse(pop3) as Pop3Policy).headersAbove) ?? null)
      : thresholdOf(JSON.parse(policy) as KeepPolicy);
  const marked = db.all<{ mark: FetchMark } & Letters>(
    `SELECT mark, count(*) AS count, sum(octets) AS octets FROM (${MARKED[kind]}) GROUP BY mark`,
    id,
  );
  // Bodies that have not come yet are no headers-only letters; such an account is never asked to count them.
  if (kind === 'imap' && threshold === null && marked.length === 0) return null;
  const of = (mark: FetchMark): Letters => {
    const found = marked.find((each) => each.mark === mark);
    return found ? { count: found.count, octets: found.octets } : NONE;
  };
  const by = db.get<{ count: number; octets: number | null; moved: number | null }>(BY_HEADER[kind], id);
  return {
    account: id,
    kind,
    fetch: of('fetch'),
    keep: of('keep'),
    remove: of('delete'),
    headers: { count: by?.count ?? 0, octets: by?.octets ?? 0 },
    moved: by?.moved ?? 0,
    threshold,
  };
}

function plannedLetters(db: ReadHandle, account: number): PlannedLetter[] {
  const kind = accounts(db).find((each) => each.id === account)?.kind;
  if (!kind) return [];
  // Deletions go last: what is fetched in the same connection comes first.
  return db.all<PlannedLetter>(
    `SELECT m.id AS message, x.mark AS mark, coalesce(nullif(m.from_name, ''), m.from_address) AS "from",
       m.subject AS subject, x.octets AS octets
     FROM (${MARKED[kind]}) x JOIN messages m ON m.id = x.message
     ORDER BY x.mark = 'delete', x.mark = 'keep', m.key DESC LIMIT ${TOLD}`,
    account,
  );
}

/** Says of rows whose text stands on a server only by choice that it is so, and what is to be done with them. */
export function addServerMarks(db: ReadHandle, rows: readonly Row[]): void {
  const known = new Map<number, AccountColumns>(accounts(db).map((each) => [each.id, each]));
  if (known.size === 0) return;
  const maildrop = db.prepare('SELECT state, mark, missing_since FROM pop3_letters WHERE message = ?');
  const marked =
    db.value<number>(
      'SELECT EXISTS (SELECT 1 FROM pop3_letters WHERE mark IS NOT NULL) OR EXISTS (SELECT 1 FROM fetch_marks)',
    ) === 1;
  const imap = db.prepare(
    'SELECT m.account, m.uid, f.mark FROM messages m LEFT JOIN fetch_marks f ON f.message = m.id WHERE m.id = ?',
  );
  for (const row of rows) {
    if (row.body === 'damaged' || (row.body === 'full' && !marked)) continue;
    const line = maildrop.get<{ state: string; mark: FetchMark | null; missing_since: number | null }>(
      row.id,
    );
    if (line) {
      if (line.missing_since !== null) {
        if (line.state === 'header') row.server = { mark: null, gone: true };
      } else if (line.state === 'header' || line.mark !== null) row.server = { mark: line.mark, gone: false };
      continue;
    }
    if (row.body !== 'header') continue;
    const place = imap.get<{ account: number; uid: number | null; mark: FetchMark | null }>(row.id);
    const account = place && known.get(place.account);
    if (!place || place.uid === null || account?.kind !== 'imap') continue;
    const above = thresholdOf(JSON.parse(account.policy) as KeepPolicy);
    if (place.mark !== null || (above !== null && row.size > above * 1024))
      row.server = { mark: place.mark, gone: false };
  }
}

/** Letters of an IMAP account marked to be fetched, newest first, one folder. */
function markedBodies(
  db: ReadHandle,
  account: number,
): { id: number; uid: number; folder: number; size: number; key: number }[] {
  return db.all(
    `SELECT m.id, m.uid, m.folder, m.size, m.key FROM fetch_marks f JOIN messages m ON m.id = f.message
     WHERE f.account = ? AND f.mark = 'fetch' AND m.body = 0 AND m.uid IS NOT NULL ORDER BY m.folder, m.key DESC`,
    account,
  );
}

export const collectingReads = {
  'maildrop.plans': (db: ReadHandle): KnownPlan[] =>
    accounts(db).flatMap((account) => planOf(db, account) ?? []),
  'maildrop.letters': plannedLetters,
  'maildrop.markedBodies': markedBodies,
};
