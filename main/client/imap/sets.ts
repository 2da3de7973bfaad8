/** Sets of UIDs as the wire writes them (RFC 3501 section 9, sequence-set) and as sorted arrays. */

/** "1:3,7" of numbers in any order; bounded pieces, since servers limit the length of a line (RFC 2683 section 3.2.1.5). */
export function uidSets(uids: Iterable<number>, maxChars = 6000): string[] {
  const sorted = [...new Set(uids)].sort((a, b) => a - b);
  const sets: string[] = [];
  let text = '';
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at] as number;
    let last = first;
    at += 1;
    while (at < sorted.length && sorted[at] === last + 1) {
      last += 1;
      at += 1;
    }
    const piece = first === last ? String(first) : `${first}:${last}`;
    if (text === '') text = piece;
    else if (text.length + 1 + piece.length > maxChars) {
      sets.push(text);
      text = piece;
    } else text += `,${piece}`;
  }
  if (text !== '') sets.push(text);
  return sets;
}

/** The numbers of a set, at most `limit`: the server chose it, and "1:4294967295" is a few octets. */
export function readSet(text: string, limit: number): number[] {
  const found: number[] = [];
  for (const piece of text.split(',')) {
    const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(piece.trim());
    if (!match) continue;
    const one = Number(match[1]);
    const two = match[2] === undefined ? one : Number(match[2]);
    for (let n = Math.min(one, two); n <= Math.max(one, two) && found.length < limit; n += 1) {
      if (n > 0) found.push(n);
    }
  }
  return found;
}

/** Members of `a` that are not in `b`; both sorted upwards. */
export function without(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const left: number[] = [];
  let at = 0;
  for (let n = 0; n < a.length; n += 1) {
    const value = a[n] as number;
    while (at < b.length && (b[at] as number) < value) at += 1;
    if (at >= b.length || b[at] !== value) left.push(value);
  }
  return left;
}
