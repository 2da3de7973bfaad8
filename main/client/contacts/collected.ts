/**
 * People who enter the address book by being written to. They stand in a book of its own, so that nobody has to clean up
 * among those who were written down by hand; a setting switches it off.
 */
import type { Address } from '../../mail/address.ts';
import type { WriteTx } from '../../store/program.ts';
import { announceContacts, putCard } from './cards.ts';
import { addressesOf, emptyContent } from './content.ts';

/** Nobody answers there. */
const NOBODY = /^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|mailer-daemon|postmaster|bounces?)(?:[+@]|$)/i;

/** Recipients of one letter that are added; a longer list is a mailing. */
const COLLECTED = 50;

/** Adds whoever is in no book yet and is not the person himself. */
export function collect(tx: WriteTx, to: readonly Address[]): void {
  const { db } = tx;
  if (to.length > COLLECTED) return;
  if (db.value<string>("SELECT value FROM settings WHERE name = 'collectPeople'") === 'false') return;
  const book = db.value<number>("SELECT id FROM books WHERE kind = 'collected'");
  if (book === undefined) return;
  let added = false;
  for (const { name, address } of to) {
    const content = emptyContent({
      name: name.slice(0, 1000),
      emails: [{ value: address.slice(0, 1000), type: 'other' }],
    });
    const [lower] = addressesOf(content);
    if (lower === undefined || NOBODY.test(lower)) continue;
    if (db.value('SELECT 1 FROM contact_addresses WHERE address = ? LIMIT 1', lower) !== undefined) continue;
    if (db.value('SELECT 1 FROM accounts WHERE lower(address) = ?', lower) !== undefined) continue;
    putCard(tx, { id: null, book, content });
    added = true;
  }
  if (added) announceContacts(tx);
}
