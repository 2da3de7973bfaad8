/** Untagged answers as the library parses them, read without trusting any of it. */
import type { ImapAttribute } from 'imapflow';

type Node = {
  type: string;
  value: string | Buffer;
  section?: unknown[];
  partial?: number[];
  sensitive?: boolean;
};
export type Argument = Node | Argument[];

/** An untagged answer. */
export interface Untagged {
  command: string;
  attributes?: ImapAttribute[];
  numbers?: number[];
}
/** A row of UID FETCH, with what was asked for and the server chose to give. */
export interface Fetched {
  uid: number;
  flags?: string[];
  modseq?: bigint;
  size?: number;
  /** ms */
  received?: number;
  serverId?: string;
  /** The literal of BODY[...]. */
  body?: Buffer;
}

export const atom = (value: string): Argument => ({ type: 'ATOM', value });
export const text = (value: string): Argument => ({ type: 'STRING', value });

function plain(node: ImapAttribute | undefined): string | Buffer | undefined {
  if (!node || Array.isArray(node)) return undefined;
  const { value } = node;
  return typeof value === 'string' || Buffer.isBuffer(value) ? value : undefined;
}
function strings(node: ImapAttribute | undefined): string[] {
  if (!Array.isArray(node)) return [];
  return node.map((each) => String(plain(each) ?? '')).filter((each) => each !== '');
}
const DIGITS = /^\d{1,15}$/;
function numeral(node: ImapAttribute | undefined): number | undefined {
  const value = plain(node);
  return typeof value === 'string' && DIGITS.test(value) ? Number(value) : undefined;
}

/** RFC 3501 section 9, date-time, in ms; undefined: not readable. */
export function readInternalDate(text: string): number | undefined {
  const time = Date.parse(text.trim().replace(/^(\d{1,2})-(\w{3})-(\d{4})/, '$1 $2 $3'));
  return Number.isNaN(time) ? undefined : time;
}

/** An untagged FETCH; whatever is missing or broken in it is left out. */
export function readFetched(attributes: ImapAttribute[] | undefined): Partial<Fetched> & { uid: number } {
  const row: Partial<Fetched> & { uid: number } = { uid: 0 };
  const list = attributes?.[1];
  if (!Array.isArray(list)) return row;
  for (let at = 0; at + 1 < list.length; at += 2) {
    const key = list[at];
    const value = list[at + 1];
    if (!key || Array.isArray(key) || typeof key.value !== 'string') continue;
    switch (key.value.toUpperCase()) {
      case 'UID':
        row.uid = numeral(value) ?? 0;
        break;
      case 'FLAGS':
        row.flags = strings(value);
        break;
      case 'RFC822.SIZE':
        row.size = numeral(value) ?? 0;
        break;
      case 'INTERNALDATE': {
        const time = readInternalDate(String(plain(value) ?? ''));
        if (time !== undefined) row.received = time;
        break;
      }
      case 'MODSEQ': {
        const number = strings(value)[0];
        if (number !== undefined && /^\d{1,19}$/.test(number)) row.modseq = BigInt(number);
        break;
      }
      case 'EMAILID':
        row.serverId = strings(value)[0] ?? '';
        break;
      case 'X-GM-MSGID':
        row.serverId = String(plain(value) ?? '');
        break;
      case 'BODY': {
        const bytes = plain(value);
        // A section is an nstring: small ones may come quoted instead of as a literal.
        if (bytes !== undefined) row.body = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
        break;
      }
      default:
        break;
    }
  }
  return row;
}

/** `* VANISHED (EARLIER) 41,43:116` (RFC 7162 section 3.2.10). */
export function readVanished(line: Untagged, tell: ((set: string) => void) | undefined): void {
  const set = plain(line.attributes?.at(-1));
  if (typeof set === 'string') tell?.(set);
}

/** COPYUID or APPENDUID of a tagged OK (RFC 4315 section 3); undefined where the server gave none. */
export function responseCode(attributes: ImapAttribute[], name: string): string[] | undefined {
  const first = attributes[0];
  if (!first || Array.isArray(first) || !Array.isArray(first.section)) return undefined;
  const words = first.section.map((each) => String(plain(each) ?? ''));
  return words[0]?.toUpperCase() === name ? words.slice(1) : undefined;
}
