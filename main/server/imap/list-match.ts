/**
 * Patterns of LIST (RFC 9051 section 6.3.9): `*` is anything, `%` anything within a level. A pattern is walked
 * together with the name by a set of positions, so `*%*%*%` costs no more than name times pattern (rule I35).
 */
import { DELIMITER } from './mailbox-name.ts';

export type Matcher = (name: string) => boolean;

/** @param pattern reference and pattern joined, decoded. INBOX, also as a first level, is matched in any case. */
export function matcher(pattern: string): Matcher {
  // A run of wildcards is one: with a star in it a star, else a percent.
  const plain = pattern.replace(/[*%]+/g, (run) => (run.includes('*') ? '*' : '%'));
  const literals = plain.replace(/[*%]/g, '').length;
  const folded = plain.toUpperCase();
  return (name) => {
    if (literals > name.length) return false;
    if (!plain.includes('*') && !plain.includes('%') && name !== 'INBOX' && !name.startsWith('INBOX/'))
      return plain === name;
    if (walk(plain, name)) return true;
    // RFC 9051 section 5.1: INBOX in any case; only its own five letters are compared so.
    return name === 'INBOX' ? walk(folded, name) : name.startsWith('INBOX/') && walkInbox(plain, name);
  };
}

function walkInbox(pattern: string, name: string): boolean {
  return /^inbox/i.test(pattern) && walk(`INBOX${pattern.slice(5)}`, name);
}

function walk(pattern: string, name: string): boolean {
  let here = new Uint8Array(pattern.length + 1);
  let next = new Uint8Array(pattern.length + 1);
  here[0] = 1;
  skip(here, pattern);
  for (const char of chars(name)) {
    next.fill(0);
    let alive = false;
    for (let at = 0; at < pattern.length; at += 1) {
      if (here[at] === 0) continue;
      const wanted = pattern[at];
      if (wanted === '*' || (wanted === '%' && char !== DELIMITER)) next[at] = 1;
      else if (wanted === char) next[at + 1] = 1;
      else continue;
      alive = true;
    }
    if (!alive) return false;
    skip(next, pattern);
    [here, next] = [next, here];
  }
  return here[pattern.length] === 1;
}

/** A wildcard may stand for nothing. */
function skip(positions: Uint8Array, pattern: string): void {
  for (let at = 0; at < pattern.length; at += 1)
    if (positions[at] === 1 && (pattern[at] === '*' || pattern[at] === '%')) positions[at + 1] = 1;
}

/** UTF-16 units: a pattern and a name are cut the same way. */
function* chars(name: string): Generator<string> {
  for (let at = 0; at < name.length; at += 1) yield name[at]!;
}
