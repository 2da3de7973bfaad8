/** Letters one behind the other, as the ingest pool takes them from a maildrop. */
import type { LetterOctets } from '../../../main/client/pop3/letters.ts';

export function joined(letters: readonly Uint8Array[]): LetterOctets {
  let end = 0;
  const ends = letters.map((each) => (end += each.length));
  return { octets: Uint8Array.from(Buffer.concat(letters)), ends };
}
