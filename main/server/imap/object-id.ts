/** Identifiers of RFC 8474 on the wire: 1 to 255 of [A-Za-z0-9_-], in parentheses where the grammar says so. */

/** MAILBOXID of a mailbox; it survives RENAME (rule I65). */
export function mailboxIdText(id: number): string {
  return `F${id.toString(36)}`;
}
