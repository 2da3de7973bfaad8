/** Letters that came, as they stand now, for the plan of notices. */
import type { ReadHandle } from '../../store/program.ts';
import { FLAG } from '../messages/row.ts';
import type { Arrived } from './plan.ts';

interface Stored {
  id: number;
  account: number;
  folder: number;
  role: string | null;
  date: number;
  flags: number;
  from_name: string;
  from_address: string;
  subject: string;
  preview: string;
}

function arrived(db: ReadHandle, input: { id: number; cameTo: number }[]): Arrived[] {
  const own = new Set(db.pluck<string>("SELECT lower(address) FROM accounts WHERE address LIKE '%@%'"));
  const letter = db.prepare(
    `SELECT m.id, m.account, m.folder, f.role, m.date, m.flags, m.from_name, m.from_address, m.subject, m.preview
     FROM messages m JOIN folders f ON f.id = m.folder WHERE m.id = ?`,
  );
  const book = db.value("SELECT 1 FROM sqlite_master WHERE name = 'contact_addresses'") !== undefined;
  const person = db.prepare(
    `SELECT EXISTS (SELECT 1 FROM people WHERE address = ?1 AND (written > 0 OR known > 0))
       ${book ? 'OR EXISTS (SELECT 1 FROM contact_addresses WHERE address = ?1)' : ''} AS known`,
  );
  return input.flatMap(({ id, cameTo }) => {
    const row = letter.get<Stored>(id);
    if (!row) return [];
    const address = row.from_address.toLowerCase();
    const known = person.get<{ known: number }>(address)?.known === 1;
    return {
      id: row.id,
      account: row.account,
      folder: row.folder,
      cameTo,
      role: row.role,
      date: row.date,
      seen: (row.flags & FLAG.seen) !== 0,
      junk: (row.flags & FLAG.junk) !== 0,
      own: own.has(address),
      known,
      from: { name: row.from_name, address: row.from_address },
      subject: row.subject,
      preview: row.preview,
    };
  });
}

export const noticeReads = { 'notices.arrived': arrived };
