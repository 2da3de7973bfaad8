/**
 * Addresses as people type and paste them, and what the composer thinks of each: inside the office, outside,
 * or not an address. Pure. It never drops a piece of text: what cannot be read becomes an invalid recipient
 * that the person sees and corrects.
 */
export interface Recipient {
  name: string;
  address: string;
}

/** Why an address cannot be written to; each has a sentence of its own. */
export type AddressProblem =
  | 'empty'
  | 'no-at'
  | 'no-user'
  | 'no-domain'
  | 'two-ats'
  | 'space'
  | 'character'
  | 'dots';

/** Splits at commas, semicolons and line breaks that stand outside quotes, angle brackets and comments. */
export function splitAddresses(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  let angle = false;
  let comment = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quoted && char === '\\') {
      piece += char + (text[++at] ?? '');
      continue;
    }
    if (char === '"' && comment === 0) quoted = !quoted;
    else if (!quoted && char === '<') angle = true;
    else if (!quoted && char === '>') angle = false;
    else if (!quoted && char === '(') comment++;
    else if (!quoted && char === ')') comment = Math.max(0, comment - 1);
    // A line break ends an address even inside an unclosed quote: pasted lists are often torn.
    const ends =
      char === '\n' || char === '\r' || (!quoted && !angle && comment === 0 && /[,;\t]/.test(char));
    if (ends) {
      pieces.push(piece);
      piece = '';
      quoted = false;
      angle = false;
      comment = 0;
    } else piece += char;
  }
  pieces.push(piece);
  return pieces.map((each) => each.trim()).filter(Boolean);
}

const unquote = (text: string): string =>
  text
    .trim()
    .replace(/^"((?:\\.|[^"\\])*)"$/, '$1')
    .replace(/^'(.*)'$/, '$1')
    .replace(/\\(.)/g, '$1')
    .trim();

/** One piece as a recipient: `Name <a@b>`, `a@b (Name)`, `<a@b>`, `mailto:a@b`, `a@b`. */
export function readRecipient(piece: string): Recipient {
  const text = piece.trim().replace(/^mailto:/i, '');
  const angled = /^(.*?)<\s*(?:mailto:)?([^<>]*)>\s*$/s.exec(text);
  if (angled) {
    const address = (angled[2] ?? '').trim();
    const name = unquote(angled[1] ?? '');
    return { name: name.toLowerCase() === address.toLowerCase() ? '' : name, address };
  }
  const commented = /^(\S+@\S+)\s+\(([^()]*)\)$/.exec(text);
  if (commented) return { name: (commented[2] ?? '').trim(), address: commented[1] ?? '' };
  // "Olga Belova o.belova@x.org": two columns of a table, pasted.
  const columns = /^(.*\S)\s+([^\s<>@]+@[^\s<>@]+)$/s.exec(text);
  if (columns && !(columns[1] ?? '').includes('@'))
    return { name: unquote(columns[1] ?? ''), address: columns[2] ?? '' };
  // Spaces separate addresses only when every word is one.
  return { name: '', address: text };
}

/** All recipients of a pasted or typed text, doubles removed. */
export function readRecipients(text: string): Recipient[] {
  const all = splitAddresses(text).flatMap((piece) => {
    const words = piece.split(/\s+/);
    const onlyAddresses = words.length > 1 && words.every((word) => /^[^\s<>()"]+@[^\s<>()"]+$/.test(word));
    return (onlyAddresses ? words : [piece]).map(readRecipient);
  });
  return withoutDoubles(all);
}

/** The first of equal addresses stays; letter case does not make a difference. */
export function withoutDoubles(recipients: readonly Recipient[]): Recipient[] {
  const seen = new Set<string>();
  return recipients.filter((each) => {
    const key = each.address.toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Domain in lower case; '' when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : address.slice(at + 1).toLowerCase();
}

/**
 * Why this address cannot be written to; null: it can. Follows RFC 5321 section 4.1.2 as far as a person can
 * mistype it, with RFC 6531 letters. A name without dots is a domain only where it is one of ours ("office").
 */
export function addressProblem(address: string, ownDomains: ReadonlySet<string>): AddressProblem | null {
  if (address.trim() === '') return 'empty';
  const quotedUser = /^"(?:\\.|[^"\\])*"@/.test(address);
  if (!quotedUser && /\s/.test(address)) return 'space';
  const at = address.lastIndexOf('@');
  if (at < 0) return 'no-at';
  const user = address.slice(0, at);
  const domain = address.slice(at + 1);
  if (user === '') return 'no-user';
  if (domain === '') return 'no-domain';
  if (!quotedUser && user.includes('@')) return 'two-ats';
  if (!quotedUser && /[\u0000-\u0020\u007f()<>[\]:;,\\"]/.test(user)) return 'character';
  if (!quotedUser && /^\.|\.$|\.\./.test(user)) return 'dots';
  if (/^\[[0-9a-f.:]+(ipv6:)?[0-9a-f.:]*\]$/i.test(domain) || /^\[ipv6:[0-9a-f.:]+\]$/i.test(domain))
    return null;
  if (/^\.|\.$|\.\./.test(domain)) return 'dots';
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(domain) || /(^|\.)-|-(\.|$)/.test(domain)) return 'character';
  if (!domain.includes('.') && domain.toLowerCase() !== 'localhost' && !ownDomains.has(domain.toLowerCase()))
    return 'no-domain';
  return null;
}

/** Houses where everybody lives: having an account there makes nobody a colleague. */
const PUBLIC = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.co.uk icloud.com me.com ' +
    'mac.com aol.com gmx.de gmx.net web.de mail.ru bk.ru list.ru inbox.ru internet.ru yandex.ru yandex.com ya.ru ' +
    'yandex.by yandex.kz rambler.ru lenta.ru autorambler.ru myrambler.ru ro.ru proton.me protonmail.com ' +
    'fastmail.com zoho.com mail.com ukr.net tut.by t-online.de orange.fr free.fr libero.it'
  ).split(' '),
);

/** Second levels under which offices register a third: constr.com.ru is an office, com.ru is not. */
const SHARED = /^(com|org|net|edu|gov|ac|co|gob|msk|spb|in|or|ne|go|pp|gen|firm)$/;

/** The part of a domain an office owns: otd1.constr.org and otd2.constr.org are one house. */
export function houseOf(domain: string): string {
  const labels = domain.toLowerCase().split('.').filter(Boolean);
  const second = labels.at(-2) ?? '';
  const wide = labels.length > 2 && SHARED.test(second) && (labels.at(-1) ?? '').length === 2;
  return labels.slice(wide ? -3 : -2).join('.');
}

/** Houses of one's own accounts. Empty: no office is known, so nobody is called outside. */
export function ownHouses(addresses: readonly string[]): Set<string> {
  const houses = addresses.map(domainOf).filter((domain) => domain !== '' && !PUBLIC.has(domain));
  return new Set(houses.map(houseOf));
}

export type Standing = 'inside' | 'outside' | 'invalid';

/** How a chip is drawn. */
export function standingOf(
  recipient: Recipient,
  houses: ReadonlySet<string>,
  ownDomains: ReadonlySet<string>,
): Standing {
  if (addressProblem(recipient.address, ownDomains)) return 'invalid';
  if (houses.size === 0) return 'inside';
  return houses.has(houseOf(domainOf(recipient.address))) ? 'inside' : 'outside';
}

/** As it stands in a header or in the clipboard. */
export function writeRecipient({ name, address }: Recipient): string {
  if (!name) return address;
  const plain = /^[\p{L}\p{N}\p{M} .!#$%&'*+/=?^_`{|}~-]+$/u.test(name) && !name.includes('  ');
  return `${plain ? name : `"${name.replace(/(["\\])/g, '\\$1')}"`} <${address}>`;
}
