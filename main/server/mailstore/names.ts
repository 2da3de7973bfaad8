/** Names of mailboxes: levels joined by `/`, NFC, INBOX in one spelling (rules I33-I35). */
import { Fault } from '../../base/errors.ts';
import { MAILBOX_LEVEL_BYTES, MAILBOX_LEVELS } from '../../base/limits.ts';

export const INBOX = 'INBOX';

const encoder = new TextEncoder();
/** Controls of both sets, and the line and paragraph separators: nothing a list of folders can show. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

export function badName(name: string): Fault {
  return new Fault('user', 'mailbox-name', 'A mailbox cannot have this name.', { detail: { name } });
}

/** INBOX in capitals where the first level spells it in any case (RFC 9051 section 5.1); NFC. */
export function canonicalName(name: string): string {
  const text = name.normalize('NFC');
  const first = text.indexOf('/');
  const level = first < 0 ? text : text.slice(0, first);
  return level.length === INBOX.length && level.toUpperCase() === INBOX
    ? INBOX + text.slice(INBOX.length)
    : text;
}

/**
 * The name a new mailbox gets; a delimiter at the end says nothing (RFC 9051 section 6.3.4).
 * @throws Fault user `mailbox-name` for empty levels, controls, more than MAILBOX_LEVELS levels, long levels.
 */
export function newName(name: string): string {
  const text = canonicalName(name.endsWith('/') ? name.slice(0, -1) : name);
  if (!text.isWellFormed() || CONTROLS.test(text)) throw badName(name);
  const levels = text.split('/');
  if (levels.length > MAILBOX_LEVELS) throw badName(name);
  for (const level of levels) {
    if (level === '' || encoder.encode(level).length > MAILBOX_LEVEL_BYTES) throw badName(name);
  }
  return text;
}

/** Names above this one, the highest first: `a/b/c` gives `a`, `a/b`. */
export function superiors(name: string): string[] {
  const found: string[] = [];
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) found.push(name.slice(0, at));
  return found;
}

/**
 * Bounds of the names below `name` in the order SQLite compares text by: from `a/` up to, without, `a0` (the character
 * after the delimiter).
 */
export function inferiorBounds(name: string): [from: string, before: string] {
  return [`${name}/`, `${name}0`];
}
