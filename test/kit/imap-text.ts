/** Reads parenthesised IMAP data (RFC 9051 section 9) into plain values, for tests that compare answers. */
export type ImapValue = string | null | ImapValue[];

/** Reads one value of a latin1 text at `at`; quoted strings and literals become strings, NIL null. */
export function readImapValue(text: string, at = 0): { value: ImapValue; end: number } {
  const char = text.charAt(at);
  if (char === '(') {
    const list: ImapValue[] = [];
    let place = at + 1;
    for (;;) {
      while (text.charAt(place) === ' ') place++;
      if (text.charAt(place) === ')') return { value: list, end: place + 1 };
      if (place >= text.length) throw new Error(`open list in ${text.slice(at, at + 200)}`);
      const item = readImapValue(text, place);
      list.push(item.value);
      place = item.end;
    }
  }
  if (char === '"') {
    let out = '';
    for (let i = at + 1; i < text.length; i++) {
      const each = text.charAt(i);
      if (each === '\\') out += text.charAt(++i);
      else if (each === '"') return { value: out, end: i + 1 };
      else out += each;
    }
    throw new Error(`open quotes in ${text.slice(at, at + 200)}`);
  }
  const literal = /^~?\{(\d+)\}\r\n/.exec(text.slice(at, at + 30));
  if (literal) {
    const from = at + literal[0].length;
    const end = from + Number(literal[1]);
    if (end > text.length) throw new Error('short literal');
    return { value: text.slice(from, end), end };
  }
  const atom = /^[^\s()"{]+/.exec(text.slice(at, at + 500))?.[0];
  if (!atom) throw new Error(`no value at ${at}: ${text.slice(at, at + 100)}`);
  return { value: atom.toUpperCase() === 'NIL' ? null : atom, end: at + atom.length };
}

/** The one value that a text is. @throws when something stands behind it. */
export function imapValue(text: string): ImapValue {
  const { value, end } = readImapValue(text);
  if (end !== text.length) throw new Error(`more behind the value: ${text.slice(end, end + 100)}`);
  return value;
}
