/** What the POP3 engine asks of the database: plain functions run in reader threads. */
import type { Pop3Policy } from '../../contract/mail/accounts.ts';
import type { ReadHandle } from '../../store/program.ts';
import { folderByRole } from '../folders/rows.ts';
import type { KnownLetter, LetterState, Mark } from './plan.ts';
import type { Pop3Server } from './session.ts';

export interface Pop3Account {
  id: number;
  address: string;
  server: Pop3Server;
  policy: Pop3Policy;
  /** Where its letters come. */
  inbox: number;
}

function account(db: ReadHandle, id: number): Pop3Account | undefined {
  const row = db.get<{ address: string; incoming: string; pop3: string }>(
    "SELECT address, incoming, pop3 FROM accounts WHERE id = ? AND kind = 'pop3' AND incoming IS NOT NULL",
    id,
  );
  const inbox = folderByRole(db, id, 'inbox')?.id;
  if (!row || inbox === undefined) return undefined;
  const server = JSON.parse(row.incoming) as Pop3Server;
  return { id, address: row.address, server, policy: JSON.parse(row.pop3) as Pop3Policy, inbox };
}

interface Columns {
  uidl: string;
  octets: number;
  state: LetterState;
  mark: Mark | null;
  message: number | null;
  first_seen: number;
  missing_since: number | null;
  failures: number;
  tried: number;
  likeness: string;
}

const COLUMNS = 'uidl, octets, state, mark, message, first_seen, missing_since, failures, tried, likeness';

const knownOf = ({ first_seen, missing_since, ...row }: Columns): KnownLetter => ({
  ...row,
  firstSeen: first_seen,
  missingSince: missing_since,
});

/** A letter that is, or was, on a server, by its row here. */
export interface MaildropPlace {
  account: number;
  uidl: string;
  state: LetterState;
  mark: Mark | null;
  octets: number;
}

export const pop3Reads = {
  'pop3.accounts': (db: ReadHandle): number[] =>
    db.pluck<number>("SELECT id FROM accounts WHERE kind = 'pop3' ORDER BY position, id"),
  'pop3.account': account,
  'pop3.known': (db: ReadHandle, id: number): KnownLetter[] =>
    db.all<Columns>(`SELECT ${COLUMNS} FROM pop3_letters WHERE account = ?`, id).map(knownOf),
  'pop3.place': (db: ReadHandle, message: number): MaildropPlace | undefined =>
    db.get<MaildropPlace>(
      'SELECT account, uidl, state, mark, octets FROM pop3_letters WHERE message = ? AND missing_since IS NULL',
      message,
    ),
};
