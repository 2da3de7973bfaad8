/**
 * Strings of prepared texts (RFC 9051 section 4.3): quoted where seven bits and a short length allow it, else
 * a literal, which every client of rev1 understands. All text is "binary": one character an octet.
 */
import { MAX_WIRE_STRING_BYTES } from '../../../base/limits.ts';
import { unfold } from '../../../mail/header.ts';

/** RFC 2683 section 3.2.1.5: longer quoted strings overrun the line buffers of clients. */
const LONGEST_QUOTED = 1000;

/** A tab is a TEXT-CHAR and may be quoted. */
const PLAIN = /^[\x20-\x7e\t]*$/;

/** One line of a folded value: a line end and the blanks after it are one space, as everywhere in this house. */
export function unfolded(raw: string): string {
  const text = unfold(raw);
  // RFC 9051 section 4.3: NUL is allowed in no string but literal8.
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

/** A quoted string or a literal; what is over MAX_WIRE_STRING_BYTES is cut. `text` has no CR, LF or NUL. */
export function wireString(text: string): string {
  const kept = text.length > MAX_WIRE_STRING_BYTES ? text.slice(0, MAX_WIRE_STRING_BYTES) : text;
  if (kept.length <= LONGEST_QUOTED && PLAIN.test(kept)) {
    return kept.includes('"') || kept.includes('\\') ? `"${kept.replace(/["\\]/g, '\\$&')}"` : `"${kept}"`;
  }
  return `{${kept.length}}\r\n${kept}`;
}

/** NIL for what is not there; "" for what is there and empty. */
export function nstring(text: string | undefined): string {
  return text === undefined ? 'NIL' : wireString(text);
}
