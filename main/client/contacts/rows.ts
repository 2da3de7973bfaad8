/** People a person writes to and hears from, counted by the same transaction that keeps their letters. */
import type { Address } from '../../mail/address.ts';
import type { WriteTx } from '../../store/program.ts';

/** Recipients of one letter that are remembered; a longer list is a mailing. */
const REMEMBERED = 50;

/** Lower case, ё as е, words apart: what a prefix is looked for in. */
export function foldWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/ё/g, 'е')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ');
}

const UPSERT = `INSERT INTO people (address, name, folded, written, received, last) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (address) DO UPDATE SET written = written + excluded.written, received = received + excluded.received,
    name = CASE WHEN excluded.name != '' AND (name = '' OR excluded.last >= last) THEN excluded.name ELSE name END,
    folded = CASE WHEN excluded.name != '' AND (name = '' OR excluded.last >= last) THEN excluded.folded ELSE folded END,
    last = max(last, excluded.last)`;

/** People met in one transaction, each written once however many letters they sent. Dates in ms. */
export class People {
  readonly #met = new Map<
    string,
    { address: string; name: string; written: number; received: number; last: number }
  >();

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
    } else this.#met.set(key, { address, name, written, received, last: at });
  }

  write(tx: WriteTx): void {
    const met = [...this.#met.values()].sort((a, b) => a.last - b.last);
    for (const { address, name, written, received, last } of met) {
      tx.db.run(UPSERT, address, name, foldWords(`${name} ${address}`), written, received, last);
    }
  }
}

/** The person wrote to them. `at` in ms. */
export function rememberWritten(tx: WriteTx, to: readonly Address[], at: number): void {
  const people = new People();
  people.written(to, at);
  people.write(tx);
}
