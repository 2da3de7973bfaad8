/**
 * How search compares text (rule I58): without case, without a difference between ё and е, runs of blanks as one. What
 * is kept and what is asked for go through the same function, so a match is a plain search for octets.
 */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ');
}

/** Folded, as UTF-8. */
export function needleOf(text: string): Uint8Array {
  return Buffer.from(fold(text), 'utf8');
}

/** Letters of both languages from the commonest on; any other character is rare. */
const COMMON = ' etaoinsrhldcumfpgwybvоеаинтсрвлкмдпуяыьгзбч';
/** Octets of a tail that is worth a look of its own. */
const TAIL_BYTES = 4;

/**
 * Where a search for a needle should begin in it: SQLite's instr() looks for the first octet and only then compares, and
 * every second octet of Russian text is the same one. The tail from here begins with an octet that is as rare as possible.
 */
export function tailOf(needle: Uint8Array): Uint8Array {
  const text = Buffer.from(needle.buffer, needle.byteOffset, needle.length).toString('utf8');
  let best = 0;
  let rarity = -1;
  let at = 0;
  for (const char of text) {
    const bytes = Buffer.byteLength(char);
    // The second octet of two tells letters apart, the first only alphabets.
    const start = at + (bytes > 1 ? 1 : 0);
    const place = COMMON.indexOf(char);
    const rank = place < 0 ? COMMON.length : place;
    if (rank > rarity && needle.length - start >= TAIL_BYTES) {
      rarity = rank;
      best = start;
    }
    at += bytes;
  }
  return needle.subarray(best);
}
