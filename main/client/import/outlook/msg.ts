/** One letter that Outlook saved as a file (.msg, [MS-OXMSG]), made an Internet letter. */
import msgReader, { type FieldsData } from '@kenjiuno/msgreader';
import { Fault } from '../../../base/errors.ts';
import type { Address } from '../../../mail/address.ts';
import { parseDate } from '../../../mail/date.ts';
import { decompressRtf, readRtf } from '../../../mail/rtf.ts';
import { charsetOfCodepage } from './charsets.ts';
import { addressOf } from './pst.ts';
import { type OutlookFile, type OutlookItem, rebuild } from './rebuild.ts';

const MAX_NESTING = 5;
/** What a compound file begins with. */
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0];

export const isMsg = (head: Uint8Array): boolean => COMPOUND.every((octet, n) => head[n] === octet);

export interface MsgLetter {
  bytes: Uint8Array<ArrayBuffer>;
  received: number | null;
  seen: boolean;
}

type Reader = InstanceType<typeof msgReader.default>;

/** @throws Fault user `not-a-letter`, `damaged` */
export function readMsg(bytes: Uint8Array): MsgLetter {
  if (!isMsg(bytes)) throw new Fault('user', 'not-a-letter', 'This is not a letter of Outlook.');
  try {
    const reader = new msgReader.default(Uint8Array.from(bytes).buffer);
    // Text of old Outlooks is in the code page of the computer; here that is the Russian one unless the letter says otherwise.
    reader.parserConfig = { ansiEncoding: 'windows-1251' };
    const fields = reader.getFileData();
    const { subject, body, headers, html, bodyHtml, compressedRtf, recipients } = fields;
    const empty = [subject, body, headers, html, bodyHtml, compressedRtf, recipients?.[0]].every(
      (each) => each === undefined,
    );
    if (fields.error || empty) throw new Fault('user', 'damaged', 'The letter is damaged.');
    const received = dateOf(fields.messageDeliveryTime) ?? dateOf(fields.clientSubmitTime);
    return { bytes: rebuild(itemOf(reader, fields, 0)), received, seen: true };
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('user', 'damaged', 'The letter is damaged.', { cause });
  }
}

const dateOf = (text: string | undefined): number | null => (text === undefined ? null : parseDate(text));

function itemOf(reader: Reader, fields: FieldsData, depth: number): OutlookItem {
  const people: Record<'to' | 'cc' | 'bcc', Address[]> = { to: [], cc: [], bcc: [] };
  for (const each of fields.recipients ?? []) {
    const address = addressOf(
      each.name ?? '',
      each.addressType ?? '',
      each.email ?? '',
      each.smtpAddress ?? '',
    );
    if (address) people[each.recipType ?? 'to'].push(address);
  }
  const extra = fields as FieldsData & { internetCodepage?: number; importance?: number };
  const charset = charsetOfCodepage(extra.internetCodepage ?? 65001);
  const text = fields.body ?? '';
  const html = fields.html
    ? { bytes: fields.html, charset }
    : fields.bodyHtml
      ? { bytes: Buffer.from(fields.bodyHtml, 'utf8'), charset: 'utf-8' }
      : null;
  const rtf = html === null && fields.compressedRtf ? decompressRtf(fields.compressedRtf) : undefined;
  const fromRtf = rtf ? readRtf(rtf) : null;
  return {
    wireHeader: fields.headers ?? '',
    from: addressOf(
      fields.senderName ?? '',
      fields.senderAddressType ?? '',
      fields.senderEmail ?? '',
      fields.creatorSMTPAddress ?? '',
    ),
    sender: null,
    ...people,
    replyTo: [],
    subject: fields.subject ?? '',
    date:
      dateOf(fields.clientSubmitTime) ?? dateOf(fields.messageDeliveryTime) ?? dateOf(fields.creationTime),
    messageId: fields.messageId ?? '',
    inReplyTo: '',
    references: '',
    text: text.trim() === '' ? (fromRtf?.text ?? '') : text,
    html: html ?? (fromRtf?.html ? { bytes: Buffer.from(fromRtf.html, 'utf8'), charset: 'utf-8' } : null),
    importance: extra.importance === 2 ? 'high' : extra.importance === 0 ? 'low' : 'normal',
    files: filesOf(reader, fields, depth),
  };
}

function filesOf(reader: Reader, fields: FieldsData, depth: number): OutlookFile[] {
  const files: OutlookFile[] = [];
  for (const [n, each] of (fields.attachments ?? []).entries()) {
    const inside = each.innerMsgContent ? each.innerMsgContentFields : undefined;
    if (inside) {
      if (depth < MAX_NESTING)
        files.push({
          name: `${inside.subject || each.name || `letter-${n + 1}`}.eml`,
          type: 'message/rfc822',
          contentId: '',
          content: rebuild(itemOf(reader, inside, depth + 1)),
        });
      continue;
    }
    const { fileName, content } = reader.getAttachment(each);
    const name = each.fileName || fileName || each.name || `attachment-${n + 1}`;
    files.push({ name, type: each.attachMimeTag ?? '', contentId: each.pidContentId ?? '', content });
  }
  return files;
}
