/**
 * What rules may ask of a letter, read from its octets when it is asked and kept: a hundred rules look at one decoded
 * subject. Pure; run in the rules' thread. A question whose answer lies in octets that are not here has no answer yet
 * (undefined), which is not "no".
 */
import { RULE_BODY_CHARS } from '../../base/limits.ts';
import { type Address, domainOf } from '../../mail/address.ts';
import {
  type Content,
  htmlToText,
  type Message,
  type MessageHead,
  readContent,
  readHead,
  readMessage,
} from '../../mail/message.ts';

/** A letter as the database gives it to the thread. */
export interface LetterInput {
  id: number;
  /** Its octets: whole, the header alone, or those header fields that a listing asks for. */
  bytes: Uint8Array;
  has: 'whole' | 'header' | 'fields';
  /** All of it is on this computer, whatever of it is in `bytes`. */
  here: boolean;
  /** Its body cannot be had: what lies there counts as empty. */
  damaged: boolean;
  account: number;
  /** Octets of the whole letter. */
  size: number;
  /** ms */
  date: number;
  /** Names of tags. */
  tags: string[];
  /** The sender stands in the address book; is one of the person's own addresses. */
  known: boolean;
  me: boolean;
}

export type TextField =
  | 'from'
  | 'to'
  | 'cc'
  | 'recipient'
  | 'subject'
  | 'body'
  | 'file-name'
  | 'file-type'
  | `header:${string}`;

/** A text as it was written and as it is compared. Both have the same length, or there is nothing to mark in it. */
export interface Text {
  shown: string;
  folded: string;
  /** Of an address: itself and its domain, folded. */
  address?: string;
  domain?: string;
}

/** Lower case, ё as е: how words are compared. */
export const foldText = (text: string): string => text.toLowerCase().replaceAll('ё', 'е');

/** Fields that a listing over IMAP asks for (imap/headers.ts). */
const LISTED = new Set(
  'date subject from sender to cc message-id in-reply-to references list-id list-unsubscribe list-post precedence auto-submitted content-type'.split(
    ' ',
  ),
);

const plain = (shown: string): Text => ({ shown, folded: foldText(shown) });

function ofAddress(each: Address): Text {
  const shown = each.name === '' ? each.address : `${each.name} <${each.address}>`;
  const address = foldText(each.address);
  return { shown, folded: foldText(shown), address, domain: domainOf(address) };
}

export class Facts {
  readonly input: Omit<LetterInput, 'bytes'>;
  #bytes: Uint8Array | null;
  #head: MessageHead | null = null;
  #message: Message | null = null;
  #content: Content | null = null;
  readonly #texts = new Map<TextField, Text[] | undefined>();

  constructor({ bytes, ...input }: LetterInput) {
    this.input = input;
    this.#bytes = bytes;
  }

  /** The letter is all here, or will never be. */
  get settled(): boolean {
    return this.input.here || this.input.damaged;
  }

  get head(): MessageHead {
    this.#head ??= readHead(this.#bytes ?? new Uint8Array(0));
    return this.#head;
  }

  /** Texts of a field; undefined: not known yet. */
  texts(field: TextField): Text[] | undefined {
    if (this.#texts.has(field)) return this.#texts.get(field);
    const found = this.#find(field);
    this.#texts.set(field, found);
    return found;
  }

  /** It comes through a mailing list (RFC 2369, RFC 2919), or says so in its precedence. */
  get list(): boolean {
    const { head } = this;
    return (
      head.listId !== '' ||
      head.listUnsubscribe !== '' ||
      head.headers.some(
        ([name, value]) =>
          /^list-(post|help|archive)$/i.test(name) ||
          (/^precedence$/i.test(name) && /^\s*(list|bulk)\b/i.test(value)),
      )
    );
  }

  /** undefined: not known yet. */
  get hasFile(): boolean | undefined {
    return this.texts('file-name')?.some(({ shown }) => shown !== '');
  }

  /** Reads the header and what a preview asks of the body now, and lets the octets go. */
  settle(body: boolean): this {
    void this.head;
    if (body && this.input.has === 'whole') {
      this.texts('body');
      this.texts('file-name');
      this.texts('file-type');
    }
    // What was not asked for now is not asked for later.
    this.#bytes = null;
    this.#message = null;
    this.#content = null;
    return this;
  }

  /** Characters it holds; what a letter without its octets costs. */
  get weight(): number {
    let sum = 500;
    for (const texts of this.#texts.values()) for (const { shown } of texts ?? []) sum += shown.length * 2;
    for (const [name, value] of this.#head?.headers ?? []) sum += name.length + value.length;
    return sum;
  }

  #find(field: TextField): Text[] | undefined {
    switch (field) {
      case 'from':
        return [...this.head.from, ...(this.head.from.length === 0 ? this.head.sender : [])].map(ofAddress);
      case 'to':
        return this.head.to.map(ofAddress);
      case 'cc':
        return this.head.cc.map(ofAddress);
      case 'recipient':
        return [...this.head.to, ...this.head.cc, ...this.head.bcc].map(ofAddress);
      case 'subject':
        return [plain(this.head.subject)];
      case 'body':
        return this.#ofBody((content) => [plain(bodyText(content))]);
      case 'file-name':
        return this.#ofBody((content) => filesOf(content).map((each) => plain(each.name)));
      case 'file-type':
        return this.#ofBody((content) => filesOf(content).map((each) => plain(each.type)));
      default:
        return this.#header(field.slice('header:'.length));
    }
  }

  #ofBody(read: (content: Content) => Text[]): Text[] | undefined {
    if (this.input.damaged) return [];
    if (this.input.has !== 'whole' || !this.#bytes) return undefined;
    this.#content ??= readContent(this.#bytes, this.#read());
    return read(this.#content);
  }

  #header(name: string): Text[] | undefined {
    if (this.input.has === 'fields' && !LISTED.has(name) && !this.input.damaged) return undefined;
    return this.head.headers
      .filter(([each]) => each.toLowerCase() === name)
      .map(([, value]) => plain(value.trim()));
  }

  #read(): Message {
    this.#message ??= readMessage(this.#bytes ?? new Uint8Array(0));
    return this.#message;
  }
}

const filesOf = (content: Content) =>
  content.attachments.filter((each) => !each.inline && each.kind !== 'signature');

function bodyText(content: Content): string {
  const text = content.text ?? '';
  const words =
    text.trim() === '' && content.html !== null ? htmlToText(content.html, RULE_BODY_CHARS) : text;
  return words.slice(0, RULE_BODY_CHARS);
}
