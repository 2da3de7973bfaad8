/** People a person writes to and hears from, counted by the same transaction that keeps their letters. */
import type { Address } from '../../mail/address.ts';
import type { WriteTx } from '../../store/program.ts';
import { fadingSum, foldWords, joinedSums, wordsOf } from './words.ts';

export { foldWords } from './words.ts';

/** Recipients of one letter that are remembered; a longer list is a mailing. */
const REMEMBERED = 50;

interface Known {
  name: string;
  folded: string;
  last: number;
  use: number;
  written: number;
  received: number;
}

interface Met {
  address: string;
  name: string;
  written: number;
  received: number;
  last: number;
  /** Of these letters alone. */
  use: number;
}

/** People met in one transaction, each written once however many letters they sent. Dates in ms. */
export class People {
  readonly #met = new Map<string, Met>();

  /** Somebody wrote to the person. */
  sender(from: Address, at: number): void {
    this.#meet(from, 0, 1, at);
  }

  /** The person wrote to them. */
  written(to: readonly Address[], at: number): void {
    if (to.length > REMEMBERED) return;
    for (const each of to) this.#meet(each, 1, 0, at);
  }

  #meet(person: Address, written: number, received: number, at: number): void {
    const address = person.address.toLowerCase();
    const cut = address.lastIndexOf('@');
    if (cut <= 0 || address.length > 320) return;
    const name = person.name.slice(0, 200);
    // The latest name counts, so each name keeps its own date until all are written.
    const key = `${address}\n${name}`;
    const known = this.#met.get(key);
    if (known) {
      known.written += written;
      known.received += received;
      known.last = Math.max(known.last, at);
      known.use = fadingSum(known.use, written, received, at);
    } else {
      const use = fadingSum(0, written, received, at);
      this.#met.set(key, { address, name, written, received, last: at, use });
    }
  }

  write(tx: WriteTx): void {
    const met = [...this.#met.values()].sort((a, b) => a.last - b.last);
    for (const each of met) remember(tx, each);
  }
}

function remember(tx: WriteTx, met: Met): void {
  const { address, written, received, last } = met;
  const known = tx.db.get<Known>(
    'SELECT name, folded, last, use, written, received FROM people WHERE address = ?',
    address,
  );
  const renamed = met.name !== '' && (!known || known.name === '' || last >= known.last);
  const name = renamed ? met.name : (known?.name ?? met.name);
  const folded = renamed || !known ? foldWords(`${name} ${address}`) : known.folded;
  const use = joinedSums(known?.use ?? 0, met.use);
  if (known)
    tx.db.run(
      `UPDATE people SET name = ?, folded = ?, written = written + ?, received = received + ?,
         last = max(last, ?), use = ? WHERE address = ?`,
      name,
      folded,
      written,
      received,
      last,
      use,
      address,
    );
  else
    tx.db.run(
      'INSERT INTO people (address, name, folded, written, received, last, use) VALUES (?, ?, ?, ?, ?, ?, ?)',
      address,
      name,
      folded,
      written,
      received,
      last,
      use,
    );
  // Rows made by another hand (pictures allowed, sender known) have no words until the first letter.
  const unused = known !== undefined && known.written === 0 && known.received === 0;
  if (known && known.folded === folded && !unused) return;
  if (known) for (const word of wordsOf(known.folded)) forgetWord(tx, word, address);
  for (const word of wordsOf(folded))
    tx.db.run('INSERT OR IGNORE INTO people_words (word, address) VALUES (?, ?)', word, address);
}

const forgetWord = (tx: WriteTx, word: string, address: string): void => {
  tx.db.run('DELETE FROM people_words WHERE word = ? AND address = ?', word, address);
};

/** The person wrote to them. `at` in ms. */
export function rememberWritten(tx: WriteTx, to: readonly Address[], at: number): void {
  const people = new People();
  people.written(to, at);
  people.write(tx);
}
