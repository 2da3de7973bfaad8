/**
 * Prints a letter: its sanitised markup is put under a shadow root of the page, alone on paper, and taken
 * away afterwards. The engine has removed what acts; DOMPurify is the second wall here because this markup
 * stands in the window's own origin for that moment.
 */
import DOMPurify from 'dompurify';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import { formats, text } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';

function line(label: string, value: string): HTMLElement {
  const paragraph = document.createElement('p');
  const name = document.createElement('b');
  name.textContent = `${label}: `;
  paragraph.append(name, value);
  return paragraph;
}

const people = (list: Letter['from']) =>
  list.map((person) => (person.name ? `${person.name} <${person.address}>` : person.address)).join(', ');

/** The dialog prints what is there when it opens; a picture that cannot be had is not waited for longer than this, ms. */
const PICTURES_MS = 5000;

function picturesOf(body: HTMLElement): Promise<unknown> {
  const here = [...body.querySelectorAll('img')].map((picture) => picture.decode().catch(() => undefined));
  return Promise.race([Promise.all(here), new Promise((late) => setTimeout(late, PICTURES_MS))]);
}

/** Resolves when the system's print dialog was closed. "Save as PDF" is one of its printers. */
export async function printLetter(
  letter: Letter,
  pictures: boolean,
  charset: string | undefined,
): Promise<void> {
  const { html } = await engine().request('messages.html', {
    id: letter.row.id,
    pictures,
    ...(charset ? { charset } : {}),
  });
  const t = text();
  const host = document.createElement('div');
  host.className = 'paper';
  const root = host.attachShadow({ mode: 'closed' });
  const head = document.createElement('header');
  const title = document.createElement('h1');
  title.textContent = letter.subject || t.common.noSubject;
  head.append(title, line(t.a11y.from, people(letter.from)), line(t.reader.to, people(letter.to)));
  if (letter.cc.length > 0) head.append(line(t.reader.cc, people(letter.cc)));
  head.append(line(t.list.columns.date, formats().fullDate(letter.date)));
  const body = document.createElement('div');
  body.append(
    DOMPurify.sanitize(html, { RETURN_DOM_FRAGMENT: true, FORBID_TAGS: ['form', 'input', 'iframe'] }),
  );
  const style = document.createElement('style');
  style.textContent =
    ':host{font:11pt/1.4 sans-serif;color:#000}h1{font-size:16pt;margin:0 0 8pt}p{margin:0 0 3pt}header{border-bottom:1pt solid #999;margin-bottom:12pt;padding-bottom:8pt}img{max-width:100%}';
  root.append(style, head, body);
  document.body.append(host);
  try {
    await picturesOf(body);
    window.print();
  } finally {
    host.remove();
  }
}
