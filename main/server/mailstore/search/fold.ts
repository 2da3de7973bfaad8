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
