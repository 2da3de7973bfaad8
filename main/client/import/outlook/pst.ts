/**
 * Outlook's PST and OST, read by pst-extractor: folders, then a few letters at a time, so that memory is bounded by the
 * largest letter and not by the file. It runs in a thread of its own, because that reader waits for the disk.
 *
 * It must never let one broken item end the rest, and never write.
 */
import { PSTAttachment, PSTFile, type PSTFolder, PSTMessage } from 'pst-extractor';
import type { PSTContact } from 'pst-extractor/dist/PSTContact.class.js';
import { Fault } from '../../../base/errors.ts';
import { MAX_MESSAGE_BYTES } from '../../../base/limits.ts';
import type { ImportFlag } from '../../../boxes/maildir.ts';
import type { Address } from '../../../mail/address.ts';
import { decompressRtf, readRtf } from '../../../mail/rtf.ts';
import { charsetOfCodepage } from './charsets.ts';
import { LIST_PROPERTIES, membersOf } from './distribution-list.ts';
import { groupOf, nobody, type Person } from './person.ts';
import { type OutlookFile, type OutlookItem, rebuild } from './rebuild.ts';

export interface PstFolder {
  levels: string[];
  /** Items, letters and others. */
  count: number;
}

export interface PstLetter {
  bytes: Uint8Array<ArrayBuffer>;
  flags: ImportFlag[];
  categories: string[];
  received: number | null;
}

export interface PstPage {
  letters: { n: number; letter: PstLetter }[];
  people: Person[];
  /** Items that are no letters, by kind. */
  others: { calendar: number; tasks: number; notes: number };
  unreadable: { n: number; reason: string }[];
  /** Where the next page begins; null at the end. */
  next: number | null;
}

/** Octets of one page: the thread's answer stays small. */
const PAGE_BYTES = 4 * 1024 * 1024;
const PAGE_ITEMS = 100;
/** Letters inside letters; deeper ones are left out. */
const MAX_NESTING = 5;
const MAX_LEVELS = 60;

/** Properties by their number ([MS-OXPROPS]) that the reader has no name for. */
const HTML = 0x1013;
const RTF = 0x1009;
const BODY_CODEPAGE = 0x3fde;
const SENDER_SMTP = 0x5d01;
const REPRESENTING_SMTP = 0x5d02;
const REFERENCES = 0x1039;
const IN_REPLY_TO = 0x1042;
const MIME_TAG = 0x370e;
const FLAG_STATUS = 0x1090;
const SEARCH_FOLDER = 0x03;
/** The reader's number for PSETID_Address. */
const ADDRESS_SET = 2;

/** What the reader keeps to itself. */
interface Inner {
  getBinaryItem(id: number): Buffer | null;
  getStringItem(id: number): string;
  getIntItem(id: number, otherwise?: number): number;
  pstTableItems: Map<
    number,
    { data: Buffer; isExternalValueReference: boolean; entryValueReference: number }
  > | null;
  localDescriptorItems: Map<number, { getData(): Buffer | null }> | null;
  /** Numbers that this file gave to named properties. */
  pstFile: { getNameToIdMapItem(key: number, set: number): number | undefined };
}
const inner = (object: unknown): Inner => object as Inner;

export class PstBox {
  readonly folders: PstFolder[] = [];
  readonly #file: PSTFile;
  #found: PSTFolder[] = [];
  /** Where each folder's cursor stands. */
  #cursors = new Map<number, number>();

  /** @throws Fault user `not-a-letter`, `encrypted`, `damaged` */
  constructor(path: string) {
    try {
      this.#file = new PSTFile(path);
      for (const top of this.#file.getRootFolder().getSubFolders()) this.#visit(top, [], 0);
    } catch (cause) {
      const text = cause instanceof Error ? cause.message : '';
      if (/Invalid file header|Unrecognised/.test(text))
        throw new Fault('user', 'not-a-letter', 'This is not an Outlook data file.', { cause });
      if (/encrypted/.test(text)) throw new Fault('user', 'encrypted', 'The file is encrypted.', { cause });
      if ((cause as { code?: unknown }).code !== undefined) throw cause;
      throw new Fault('user', 'damaged', 'The Outlook data file is damaged.', { cause });
    }
  }

  #visit(folder: PSTFolder, above: readonly string[], level: number): void {
    if (level > MAX_LEVELS || (folder.descriptorNodeId.toNumber() & 0x1f) === SEARCH_FOLDER) return;
    // The top folder ("Top of Personal Folders", in the language of Outlook) stands above everything and says nothing.
    const levels = level === 0 && folder.hasSubfolders ? [] : [...above, folder.displayName || '_'];
    const count = folder.contentCount;
    if (count > 0) {
      this.folders.push({ levels: levels.length > 0 ? levels : [folder.displayName], count });
      this.#found.push(folder);
    }
    let below: PSTFolder[] = [];
    try {
      below = folder.hasSubfolders ? folder.getSubFolders() : [];
    } catch {
      // A broken table of subfolders: the folder's own letters are still read.
    }
    for (const each of below) this.#visit(each, levels, level + 1);
  }

  page(input: { folder: number; from: number; items?: number }): PstPage {
    const folder = this.#found[input.folder];
    const page: PstPage = {
      letters: [],
      people: [],
      others: { calendar: 0, tasks: 0, notes: 0 },
      unreadable: [],
      next: null,
    };
    if (!folder) return page;
    let n = input.from;
    if ((this.#cursors.get(input.folder) ?? 0) !== n) folder.moveChildCursorTo(n);
    let bytes = 0;
    const last = Math.min(folder.contentCount, input.from + (input.items ?? PAGE_ITEMS));
    for (; n < last && bytes < PAGE_BYTES; n++) {
      try {
        const child: unknown = folder.getNextChild();
        // The reader passes over what it cannot load: the rest is fewer than was promised.
        if (child === null || child === undefined) {
          const kind = otherOf(folder.containerClass);
          // An appointment that the reader cannot load is an appointment still; no letter is missing.
          if (kind) page.others[kind]++;
          else page.unreadable.push({ n, reason: 'damaged' });
          continue;
        }
        bytes += take(page, child, n);
      } catch (failure) {
        page.unreadable.push({ n, reason: failure instanceof Fault ? failure.code : 'damaged' });
        folder.moveChildCursorTo(n + 1);
      }
    }
    this.#cursors.set(input.folder, n);
    page.next = n < folder.contentCount ? n : null;
    return page;
  }

  close(): void {
    this.#file.close();
  }
}

/** By its properties: the reader gives its class to nobody. */
const isContact = (message: PSTMessage): message is PSTContact => 'email1EmailAddress' in message;

/** What a folder of this class ([MS-OXOSFLD] 2.2.5) holds besides letters; null: letters. */
function otherOf(containerClass: string): 'calendar' | 'tasks' | 'notes' | null {
  if (/^IPF\.Appointment/i.test(containerClass)) return 'calendar';
  if (/^IPF\.Task/i.test(containerClass)) return 'tasks';
  return /^IPF\.(StickyNote|Journal)/i.test(containerClass) ? 'notes' : null;
}

/** @returns octets that the item adds to the page */
function take(page: PstPage, child: unknown, n: number): number {
  if (!(child instanceof PSTMessage)) return 0;
  const kind = child.messageClass;
  if (/^IPM\.Contact/.test(kind) && isContact(child)) {
    page.people.push(personOf(child));
    return 1000;
  }
  if (/^IPM\.(Appointment|OLE\.CLASS)/.test(kind)) page.others.calendar++;
  else if (/^IPM\.Task/.test(kind)) page.others.tasks++;
  else if (/^IPM\.DistList/.test(kind)) {
    const list = listOf(child);
    // Without anybody who has an address it is named, so that nobody thinks it came.
    if (list) page.people.push(list);
    else page.unreadable.push({ n, reason: 'distribution-list' });
  } else if (/^IPM\.(StickyNote|Activity|Document)/.test(kind)) page.others.notes++;
  else {
    const letter = letterOf(child);
    page.letters.push({ n, letter });
    return letter.bytes.length;
  }
  return 0;
}

/** null: nobody in it has an address. */
function listOf(message: PSTMessage): Person | null {
  const own = inner(message);
  const ids = LIST_PROPERTIES.flatMap((key) => own.pstFile.getNameToIdMapItem(key, ADDRESS_SET) ?? []);
  const value = (id: number): Buffer | null => {
    const item = own.pstTableItems?.get(id);
    if (!item) return null;
    if (!item.isExternalValueReference) return item.data;
    return own.localDescriptorItems?.get(item.entryValueReference)?.getData() ?? null;
  };
  const members = membersOf({ value }, ids);
  if (members.length === 0) return null;
  const name =
    message.displayName ||
    message.subject ||
    members
      .map((each) => each.name || each.address)
      .join(', ')
      .slice(0, 100);
  return groupOf({
    name,
    // The same list of the same file is the same group when it comes again.
    uid: `pst-${Buffer.from(name.toLowerCase()).toString('hex').slice(0, 120)}`,
    nickname: '',
    note: message.body ?? '',
    members,
  });
}

function letterOf(message: PSTMessage): PstLetter {
  const flags: ImportFlag[] = [];
  if (message.isRead) flags.push('seen');
  if (message.isUnsent && message.messageDeliveryTime === null) flags.push('draft');
  // What was done last: 102, 103 an answer, 104 forwarded ([MS-OXOMSG] 2.2.1.30).
  if (message.lastVerbExecuted === 102 || message.lastVerbExecuted === 103) flags.push('answered');
  if (message.lastVerbExecuted === 104) flags.push('forwarded');
  if (inner(message).getIntItem(FLAG_STATUS) === 2) flags.push('flagged');
  const when = message.messageDeliveryTime ?? message.clientSubmitTime ?? message.creationTime;
  return {
    bytes: rebuild(itemOf(message, 0)),
    flags,
    categories: categoriesOf(message),
    received: when && Number.isFinite(when.getTime()) ? when.getTime() : null,
  };
}

/** Names of categories: a list of strings ([MS-PST] 2.3.3.4.2), by the number this file gave to "Keywords". */
function categoriesOf(message: PSTMessage): string[] {
  const id = PSTFile.getPublicStringToIdMapItem('Keywords');
  const data = inner(message).pstTableItems?.get(id)?.data;
  if (!data || data.length < 8) return [];
  const count = data.readUInt32LE(0);
  if (count > 100 || data.length < 4 + count * 4) return [];
  const found: string[] = [];
  for (let n = 0; n < count; n++) {
    const from = data.readUInt32LE(4 + n * 4);
    const to = n + 1 < count ? data.readUInt32LE(8 + n * 4) : data.length;
    if (from > to || to > data.length) break;
    const name = data.toString('utf16le', from, to).replace(/\0/g, '').trim();
    if (name !== '') found.push(name);
  }
  return found;
}

/** An address of the Exchange directory has no Internet form: its last name, in a domain that nobody has. */
export function addressOf(name: string, kind: string, address: string, smtp: string): Address | null {
  const clean = (text: string): string => text.replace(/[\x00-\x1f\x7f]/g, '').trim();
  const own = clean(smtp) || (kind.toUpperCase() === 'EX' || address.startsWith('/') ? '' : clean(address));
  const shown = clean(name).replace(/^'(.*)'$/, '$1');
  if (own !== '') return { name: shown === own ? '' : shown, address: own };
  const directory = /\/cn=([^/]+)$/i.exec(address)?.[1];
  if (directory)
    return {
      name: shown,
      address: `${directory.toLowerCase().replace(/[^a-z0-9._-]/g, '')}@exchange.invalid`,
    };
  return shown === '' ? null : { name: shown, address: 'unknown@exchange.invalid' };
}

function itemOf(message: PSTMessage, depth: number): OutlookItem {
  const own = inner(message);
  const text = message.body ?? '';
  const codepage = own.getIntItem(BODY_CODEPAGE) || 1252;
  const html = htmlOf(message, charsetOfCodepage(codepage));
  const rtf = html === null && text.trim() === '' ? own.getBinaryItem(RTF) : null;
  const plain = rtf ? decompressRtf(rtf) : undefined;
  const fromRtf = plain ? readRtf(plain) : null;
  const people: Record<number, Address[]> = { 1: [], 2: [], 3: [] };
  for (let n = 0; n < message.numberOfRecipients; n++) {
    const each = message.getRecipient(n);
    const address = each
      ? addressOf(each.displayName, each.addrType, each.emailAddress, each.smtpAddress)
      : null;
    if (each && address) (people[each.recipientType] ?? people[1])?.push(address);
  }
  const sent = message.clientSubmitTime ?? message.messageDeliveryTime ?? message.creationTime;
  return {
    wireHeader: message.transportMessageHeaders ?? '',
    from: addressOf(
      message.sentRepresentingName || message.senderName,
      message.sentRepresentingAddressType || message.senderAddrtype,
      message.sentRepresentingEmailAddress || message.senderEmailAddress,
      own.getStringItem(REPRESENTING_SMTP) || own.getStringItem(SENDER_SMTP),
    ),
    sender: addressOf(
      message.senderName,
      message.senderAddrtype,
      message.senderEmailAddress,
      own.getStringItem(SENDER_SMTP),
    ),
    to: people[1] ?? [],
    cc: people[2] ?? [],
    bcc: people[3] ?? [],
    replyTo: [],
    subject: message.subject ?? '',
    date: sent && Number.isFinite(sent.getTime()) ? sent.getTime() : null,
    messageId: message.internetMessageId ?? '',
    inReplyTo: own.getStringItem(IN_REPLY_TO),
    references: own.getStringItem(REFERENCES),
    text: text || (fromRtf?.text ?? ''),
    html: html ?? (fromRtf?.html ? { bytes: Buffer.from(fromRtf.html, 'utf8'), charset: 'utf-8' } : null),
    importance: message.importance === 2 ? 'high' : message.importance === 0 ? 'low' : 'normal',
    files: filesOf(message, depth),
  };
}

function htmlOf(message: PSTMessage, charset: string): OutlookItem['html'] {
  const item = inner(message).pstTableItems?.get(HTML) as { entryValueType?: number } | undefined;
  if (!item) return null;
  // 0x102 octets in the letter's code page, 0x1f text.
  if (item.entryValueType === 0x102) {
    const bytes = inner(message).getBinaryItem(HTML);
    return bytes && bytes.length > 0 ? { bytes, charset } : null;
  }
  const text = message.bodyHTML;
  return text ? { bytes: Buffer.from(text, 'utf8'), charset: 'utf-8' } : null;
}

function filesOf(message: PSTMessage, depth: number): OutlookFile[] {
  const files: OutlookFile[] = [];
  const { numberOfAttachments } = message;
  for (let n = 0; n < numberOfAttachments; n++) {
    const attachment = message.getAttachment(n);
    const file = fileOf(attachment, depth, n);
    if (file) files.push(file);
  }
  return files;
}

function fileOf(attachment: PSTAttachment, depth: number, n: number): OutlookFile | null {
  const name =
    attachment.longFilename || attachment.filename || attachment.displayName || `attachment-${n + 1}`;
  if (attachment.attachMethod === PSTAttachment.ATTACHMENT_METHOD_EMBEDDED) {
    const embedded = attachment.embeddedPSTMessage;
    if (!embedded || depth >= MAX_NESTING) return null;
    const content = rebuild(itemOf(embedded, depth + 1));
    return { name: `${embedded.subject || name}.eml`, type: 'message/rfc822', contentId: '', content };
  }
  const stream = attachment.fileInputStream;
  if (!stream) return null;
  const length = stream.length.toNumber();
  if (length > MAX_MESSAGE_BYTES) throw new Fault('user', 'too-large', 'A file of the letter is too large.');
  const content = Buffer.alloc(length);
  if (length > 0) stream.readCompletely(content);
  const type = inner(attachment).getStringItem(MIME_TAG);
  return { name, type, contentId: attachment.contentId ?? '', content };
}

function personOf(contact: PSTContact): Person {
  const person = nobody();
  person.name = contact.displayName || contact.subject;
  person.given = contact.givenName;
  person.family = contact.surname;
  person.nickname = contact.nickname;
  const emails = [
    [contact.email1AddressType, contact.email1EmailAddress, contact.email1OriginalDisplayName],
    [contact.email2AddressType, contact.email2EmailAddress, contact.email2OriginalDisplayName],
    [contact.email3AddressType, contact.email3EmailAddress, contact.email3OriginalDisplayName],
  ];
  for (const [kind = '', address = '', shown = ''] of emails) {
    const found = [address, shown].find((each) => /^[^\s@/]+@[^\s@/]+$/.test(each ?? ''));
    if (found && kind !== 'FAX') person.emails.push(found);
  }
  const phones: [Person['phones'][number]['kind'], string][] = [
    ['work', contact.businessTelephoneNumber],
    ['cell', contact.mobileTelephoneNumber],
    ['home', contact.homeTelephoneNumber],
    ['fax', contact.businessFaxNumber],
  ];
  for (const [kind, number] of phones) if (number) person.phones.push({ kind, number });
  person.organisation = contact.companyName;
  person.department = contact.departmentName;
  person.title = contact.title;
  person.address = contact.workAddress || contact.homeAddress;
  person.url = contact.businessHomePage || contact.personalHomePage;
  person.note = contact.body ?? '';
  const { birthday } = contact;
  if (birthday && Number.isFinite(birthday.getTime())) person.birthday = birthday.toISOString().slice(0, 10);
  return person;
}
