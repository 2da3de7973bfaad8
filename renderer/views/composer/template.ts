/** A template put into a letter that is being written. Nothing that stands there already is lost. */
import type { Output } from '../../../main/contract/contract.ts';
import type { Draft, DraftContent } from '../../../main/contract/mail/drafts.ts';
import { cleanHtml } from '../../editor/clean.ts';
import { htmlToText, isBlank, ownWords, textToHtml } from '../../editor/markup.ts';
import { blockOf, joinPlain, splitPlain } from '../../editor/signature-block.ts';
import { withoutCursor } from '../../editor/snippet.ts';
import { withoutDoubles } from './recipients.ts';

export type FilledTemplate = Output<'templates.fill'>;

const CURSOR = /<span class="postroom-cursor">[^<]*<\/span>/;
const QUOTE = /<div class="postroom-quote"><\/div>/;

/**
 * Subject and recipients are taken where the letter has none; the text stands above what is written already, or, of a
 * stationery, around it. A template that has a place for the quoted letter gets it there.
 */
export function applyTemplate(
  draft: Draft,
  filled: FilledTemplate,
): Pick<DraftContent, 'subject' | 'to' | 'cc' | 'bcc' | 'html' | 'text' | 'quoteHtml' | 'quoteText'> {
  const { quoteHtml, quoteText } = draft;
  const head = {
    subject: draft.subject.trim() === '' ? filled.subject : draft.subject,
    to: withoutDoubles([...draft.to, ...filled.to]),
    cc: withoutDoubles([...draft.cc, ...filled.cc]),
    bcc: withoutDoubles([...draft.bcc, ...filled.bcc]),
  };
  if (draft.html === null) return { ...head, ...plainly(draft, filled) };
  const { own, signature } = split(draft.html);
  const blank = isBlank(own, '');
  const template = cleanHtml(filled.plain ? textToHtml(filled.text) : filled.html);
  let body: string;
  if (filled.kind === 'stationery') {
    const inside = blank ? '<div><span class="postroom-cursor"></span><br></div>' : own;
    body = CURSOR.test(template) ? template.replace(CURSOR, () => inside) : template + inside;
  } else body = blank ? template : `${template}${own}`;
  const placed = QUOTE.test(body);
  const quote = quoteHtml === null ? '' : cleanHtml(quoteHtml);
  const html = `${body.replace(QUOTE, () => quote)}${signature === '' ? '' : `<div><br></div>${signature}`}`;
  return {
    ...head,
    html,
    text: htmlToText(withoutCursor(html)),
    quoteHtml: placed ? null : quoteHtml,
    quoteText: placed ? '' : quoteText,
  };
}

/** What the person wrote, and the signature's block as it stands. */
function split(html: string): { own: string; signature: string } {
  const block = blockOf(html)?.element;
  if (!block) return { own: html, signature: '' };
  const holder = document.createElement('template');
  holder.innerHTML = html;
  const there = holder.content.querySelector('.postroom-signature');
  there?.remove();
  return { own: holder.innerHTML.replace(/(?:<div><br><\/div>)+$/, ''), signature: block.outerHTML };
}

function plainly(
  draft: Draft,
  filled: FilledTemplate,
): Pick<DraftContent, 'html' | 'text' | 'quoteHtml' | 'quoteText'> {
  const { own, signature } = splitPlain(draft.text);
  const placed = filled.quote !== null;
  const quoted =
    filled.quote === null
      ? filled.text
      : `${filled.text.slice(0, filled.quote)}${draft.quoteText}${filled.text.slice(filled.quote)}`;
  const written = ownWords(null, own).trim() === '' ? quoted : `${quoted}\n${own}`;
  return {
    html: null,
    text: signature === null ? written : joinPlain(written, signature),
    quoteHtml: placed ? null : draft.quoteHtml,
    quoteText: placed ? '' : draft.quoteText,
  };
}
