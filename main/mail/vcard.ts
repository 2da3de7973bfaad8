/** vCards 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350) recognised: who it is and how to reach them. Never throws. */
import { decodeText } from './charset.ts';
import { binaryBytes, binaryString } from './header.ts';
import { decodeBase64, decodeQuotedPrintable } from './transfer.ts';

export interface Card {
  name: string;
  organisation: string;
  title: string;
  emails: string[];
  phones: string[];
}

const MAX_CARDS = 10_000;
const MAX_VALUES = 100;

interface Line {
  key: string;
  params: Map<string, string>;
  value: string;
}

/** Logical lines: RFC 6350 section 3.2 folding, and the soft breaks of 2.1's quoted-printable. */
function logicalLines(text: string): string[] {
  const out: string[] = [];
  let coded = false;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const last = out.length - 1;
    if (coded && last >= 0) out[last] = `${(out[last] as string).slice(0, -1)}${line.replace(/^[ \t]/, '')}`;
    else if (/^[ \t]/.test(line) && last >= 0) out[last] += line.slice(1);
    else out.push(line);
    const whole = out.at(-1) as string;
    coded = whole.endsWith('=') && whole.length < 100_000 && /^[^:]*quoted-printable/i.test(whole);
  }
  return out;
}

function parse(line: string): Line | undefined {
  let quoted = false;
  let colon = -1;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 0x22) quoted = !quoted;
    else if (code === 0x3a && !quoted) {
      colon = i;
      break;
    }
  }
  if (colon < 1) return undefined;
  const [name = '', ...rest] = line.slice(0, colon).split(';');
  const params = new Map<string, string>();
  for (const each of rest) {
    const equals = each.indexOf('=');
    // Version 2.1 writes bare values: TEL;WORK;VOICE and ;QUOTED-PRINTABLE.
    if (equals < 0)
      params.set(
        /^(?:quoted-printable|base64|8bit)$/i.test(each) ? 'encoding' : `type-${each.toLowerCase()}`,
        each.toLowerCase(),
      );
    else
      params.set(
        each.slice(0, equals).trim().toLowerCase(),
        each
          .slice(equals + 1)
          .replace(/^"|"$/g, '')
          .toLowerCase(),
      );
  }
  const dot = name.indexOf('.');
  return {
    key: (dot >= 0 ? name.slice(dot + 1) : name).trim().toUpperCase(),
    params,
    value: line.slice(colon + 1),
  };
}

function decodedValue({ params, value }: Line, charset: string): string {
  const encoding = params.get('encoding') ?? '';
  let bytes = binaryBytes(value);
  if (encoding === 'quoted-printable') bytes = decodeQuotedPrintable(bytes).bytes;
  else if (encoding === 'b' || encoding === 'base64') bytes = decodeBase64(bytes).bytes;
  return decodeText(bytes, params.get('charset') ?? charset).text.trim();
}

/** Splits at unescaped semicolons and resolves escapes (RFC 6350 section 3.4). */
function fields(value: string): string[] {
  return value
    .split(/(?<!\\);/)
    .map((each) =>
      each.replace(/\\([nN,;\\])/g, (_, char: string) => (char === 'n' || char === 'N' ? '\n' : char)).trim(),
    );
}

/** Cards of a file, in order; without BEGIN:VCARD the list is empty. */
export function readVcards(bytes: Uint8Array, charset = 'utf-8'): Card[] {
  const cards: Card[] = [];
  let card: Card | undefined;
  let structured = '';
  for (const text of logicalLines(binaryString(bytes))) {
    const line = parse(text);
    if (!line) continue;
    if (line.key === 'BEGIN' && /^\s*vcard/i.test(line.value)) {
      card = { name: '', organisation: '', title: '', emails: [], phones: [] };
      structured = '';
      continue;
    }
    if (!card) continue;
    if (line.key === 'END') {
      if (card.name === '') card.name = structured || card.organisation || (card.emails[0] ?? '');
      if (cards.length < MAX_CARDS) cards.push(card);
      card = undefined;
      continue;
    }
    if (!['FN', 'N', 'ORG', 'TITLE', 'EMAIL', 'TEL'].includes(line.key)) continue;
    const value = decodedValue(line, charset);
    if (value === '') continue;
    if (line.key === 'FN') card.name = fields(value).join('; ');
    else if (line.key === 'N') {
      const [family = '', given = '', middle = ''] = fields(value);
      structured = [given, middle, family].filter((each) => each !== '').join(' ');
    } else if (line.key === 'ORG')
      card.organisation = fields(value)
        .filter((each) => each !== '')
        .join(', ');
    else if (line.key === 'TITLE') card.title = fields(value).join('; ');
    else if (line.key === 'EMAIL' && card.emails.length < MAX_VALUES)
      card.emails.push(value.replace(/^mailto:/i, ''));
    else if (line.key === 'TEL' && card.phones.length < MAX_VALUES)
      card.phones.push(value.replace(/^tel:/i, ''));
  }
  return cards;
}
