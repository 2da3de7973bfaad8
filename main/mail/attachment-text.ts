/** Text of attachments for the search index. Office formats and PDF need more than pure functions: null. */
import { MAX_INDEXED_CHARS } from '../base/limits.ts';
import { decodeText } from './charset.ts';
import { readContent } from './content.ts';
import { htmlToText } from './html-text.ts';
import { readMessage } from './letter.ts';
import { rtfToText } from './rtf.ts';

const TEXT_NAMES =
  /\.(?:txt|text|log|md|csv|tsv|ics|vcf|xml|json|ya?ml|ini|conf|cfg|patch|diff|sql|tex|srt|c|h|cpp|py|js|ts|java|css|sh)$/i;
const HTML_NAMES = /\.(?:x?html?|mht)$/i;

/**
 * Text of an attachment's decoded octets, at most MAX_INDEXED_CHARS; null when the format is not text.
 * @param type lower-case media type
 */
export function attachmentText(type: string, name: string, bytes: Uint8Array): string | null {
  const sample = bytes.length > MAX_INDEXED_CHARS * 3 ? bytes.subarray(0, MAX_INDEXED_CHARS * 3) : bytes;
  const cut = (text: string) => text.slice(0, MAX_INDEXED_CHARS);
  const generic = type === 'application/octet-stream' || type === '';
  if (
    type === 'message/rfc822' ||
    type === 'message/global' ||
    type === 'message/news' ||
    (generic && /\.eml$/i.test(name))
  ) {
    const message = readMessage(bytes);
    const content = readContent(bytes, message);
    const people = [...message.from, ...message.to, ...message.cc].map(
      (each) => `${each.name} ${each.address}`,
    );
    const files = content.attachments.map((each) => each.name);
    return cut(
      [message.subject, ...people, content.text ?? htmlToText(content.html ?? ''), ...files].join('\n'),
    );
  }
  if (type === 'text/html' || type === 'application/xhtml+xml' || (generic && HTML_NAMES.test(name)))
    return cut(htmlToText(decodeText(sample, undefined).text));
  if (type === 'text/rtf' || type === 'application/rtf' || (generic && /\.rtf$/i.test(name)))
    return cut(rtfToText(sample));
  const texty =
    type.startsWith('text/') ||
    type === 'application/json' ||
    type === 'application/xml' ||
    type === 'application/ics' ||
    type === 'message/delivery-status' ||
    type === 'message/disposition-notification' ||
    (generic && TEXT_NAMES.test(name));
  if (!texty) return null;
  // A program with a text label is not text.
  const zeros = sample.subarray(0, 4096).indexOf(0);
  if (zeros >= 0 && !(sample[0] === 0xff || sample[0] === 0xfe)) return null;
  return cut(decodeText(sample, undefined).text);
}
