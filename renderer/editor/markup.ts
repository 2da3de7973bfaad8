/**
 * Between rich text and plain text. Pure: works on strings, with no document, so it also runs in tests.
 * It reads only markup that has been cleaned before (renderer/editor/clean.ts, or the engine's own).
 */
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Plain text as blocks of the editor: a line each, runs of spaces kept. */
export function textToHtml(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => {
      // A space at the beginning of a line, and all but the first of several, would vanish.
      const kept = escapeHtml(line).replace(/^ +| {2,}/g, (run, at: number) =>
        at === 0 ? '&nbsp;'.repeat(run.length) : ` ${'&nbsp;'.repeat(run.length - 1)}`,
      );
      return `<div>${kept === '' ? '<br>' : kept}</div>`;
    })
    .join('');
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (all, decimal, hex, name) => {
    if (name) return NAMED[String(name).toLowerCase()] ?? all;
    const code = decimal ? Number(decimal) : Number.parseInt(String(hex), 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

const BLOCK =
  /^(p|div|h[1-6]|ul|ol|blockquote|pre|table|tr|section|article|header|footer|address|dl|dt|dd|hr)$/;

interface Writer {
  lines: string[];
  /** The line being written, in pieces: joining it at every piece would make long lines slow. */
  line: string[];
  /** How deep in quotes. */
  quotes: number;
  lists: { ordered: boolean; next: number }[];
  links: string[];
  pre: number;
}

function endLine(writer: Writer, force = false): void {
  const line = writer.line.join('');
  writer.line = [];
  if (line.trim() !== '' || force)
    writer.lines.push('> '.repeat(writer.quotes) + line.replace(/[ \t]+$/, ''));
}

/** How the line ends, as far as one has to know. */
const tail = (writer: Writer): string => writer.line.slice(-3).join('');

function open(writer: Writer, name: string, attributes: string): void {
  if (name === 'br') {
    endLine(writer, true);
    return;
  }
  if (BLOCK.test(name)) endLine(writer);
  if (name === 'blockquote') writer.quotes++;
  if (name === 'pre') writer.pre++;
  if (name === 'hr') writer.lines.push('-'.repeat(40));
  if (name === 'ul' || name === 'ol') writer.lists.push({ ordered: name === 'ol', next: 1 });
  if (name === 'li') {
    endLine(writer);
    const list = writer.lists.at(-1);
    writer.line = [
      '  '.repeat(Math.max(0, writer.lists.length - 1)),
      list?.ordered ? `${list.next++}. ` : '- ',
    ];
  }
  if ((name === 'td' || name === 'th') && writer.line.length > 0) writer.line.push('\t');
  if (name === 'img') writer.line.push(decode(/\balt="([^"]*)"/i.exec(attributes)?.[1] ?? ''));
  if (name === 'a') writer.links.push(decode(/\bhref="([^"]*)"/i.exec(attributes)?.[1] ?? ''));
}

function close(writer: Writer, name: string): void {
  if (name === 'a') {
    const target = (writer.links.pop() ?? '').replace(/^mailto:/i, '');
    // The address is written out unless the words already are the address.
    if (target && !tail(writer).endsWith(target) && !/^#/.test(target)) writer.line.push(` <${target}>`);
  }
  if (BLOCK.test(name) || name === 'li') endLine(writer);
  if (name === 'blockquote') writer.quotes = Math.max(0, writer.quotes - 1);
  if (name === 'pre') writer.pre = Math.max(0, writer.pre - 1);
  if (name === 'ul' || name === 'ol') writer.lists.pop();
  if (name === 'p') writer.lines.push('> '.repeat(writer.quotes).trimEnd());
}

/** Rich text as a person without it reads it: lists with marks, quotes with ">", links with their target. */
export function htmlToText(html: string): string {
  const writer: Writer = { lines: [], line: [], quotes: 0, lists: [], links: [], pre: 0 };
  const tokens = html
    .replace(/<(style|script|title)\b[\s\S]*?<\/\1\s*>/gi, '')
    .matchAll(/<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9]*)\b([^>]*)>|([^<]+|<)/gi);
  for (const [, slash, tag, attributes, words] of tokens) {
    if (words !== undefined) {
      const text = decode(words);
      if (writer.pre > 0) {
        const [first = '', ...rest] = text.split('\n');
        writer.line.push(first);
        for (const line of rest) {
          endLine(writer, true);
          writer.line.push(line);
        }
      } else {
        const flat = text.replace(/[\t\n\r ]+/g, ' ');
        const last = tail(writer);
        const piece = last === '' || last.endsWith(' ') ? flat.replace(/^ /, '') : flat;
        if (piece) writer.line.push(piece);
      }
    } else if (tag) {
      if (slash) close(writer, tag.toLowerCase());
      else open(writer, tag.toLowerCase(), attributes ?? '');
    }
  }
  endLine(writer);
  return writer.lines
    .join('\n')
    .replaceAll('\u200b', '')
    .replaceAll('\u00a0', ' ')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\s+$/g, '');
}

const SIGNATURE = /<div[^>]*\bclass="[^"]*\bpostroom-signature\b[^"]*"[^>]*>[\s\S]*$/i;

/** The person's own words: no signature, no quote. */
export function ownWords(html: string | null, text: string): string {
  if (html === null) return text.replace(/(^|\n)-- \n[\s\S]*$/, '');
  return htmlToText(html.replace(SIGNATURE, '').replace(/<blockquote[\s\S]*?<\/blockquote>/gi, ''));
}

/** Nothing a person would miss: spaces, an empty line, a signature alone. */
export function isBlank(html: string | null, text: string): boolean {
  return ownWords(html, text).trim() === '' && !/<(img|table|hr)\b/i.test(html ?? '');
}

/** `cid:` addresses of the pictures in the text. */
export function pictureIds(html: string): string[] {
  return [...html.matchAll(/\bsrc="cid:([^"]+)"/gi)].map(([, id]) => decode(id ?? ''));
}
