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
    name = CASE WHEN excluded.name != '' AND excluded.last >= last THEN excluded.name ELSE name END,
    folded = CASE WHEN excluded.name != '' AND excluded.last >= last THEN excluded.folded ELSE folded END,
    last = max(last, excluded.last)`;

function remember(tx: WriteTx, person: Address, written: number, received: number, at: number): void {
  const address = person.address.toLowerCase();
  const cut = address.lastIndexOf('@');
  if (cut <= 0 || address.length > 320) return;
  const name = person.name.slice(0, 200);
  tx.db.run(UPSERT, address, name, foldWords(`${name} ${address}`), written, received, at);
}

/** Somebody wrote to the person. `at` in ms. */
export function rememberSender(tx: WriteTx, from: Address, at: number): void {
  remember(tx, from, 0, 1, at);
}

/** The person wrote to them. */
export function rememberWritten(tx: WriteTx, to: readonly Address[], at: number): void {
  if (to.length > REMEMBERED) return;
  for (const each of to) remember(tx, each, 1, 0, at);
}
