/** What a row says: who stands in line 1, and its accessible name (ui.md section 12). Pure. */
import type { Folder } from '../../../main/contract/mail/folders.ts';
import type { Row } from '../../../main/contract/mail/views.ts';
import type { Formats } from '../../i18n/format.ts';
import type { Catalogue } from '../../i18n/text.ts';

type Person = Row['from'];

export function personName(person: Person | undefined): string {
  return person?.name.trim() || person?.address || '';
}

/** In folders of one's own letters a row shows who they go to. */
export function showsRecipients(role: Folder['role'] | undefined): boolean {
  return role === 'sent' || role === 'drafts' || role === 'outbox' || role === 'scheduled';
}

export function peopleOf(row: Row, role: Folder['role'] | undefined, t: Catalogue): string {
  if (!showsRecipients(role)) return personName(row.from) || t.common.noSender;
  const names = row.to.map(personName).filter(Boolean);
  return names.join(', ') || t.list.draftTo;
}

/** A conversation is named by what it is about; a letter alone keeps its "Re:". */
export function rowSubject(row: Pick<Row, 'subject' | 'count'>, t: Catalogue): string {
  const whole = row.subject.trim();
  const subject = row.count > 1 ? whole.replace(ANSWERS, '') || whole : whole;
  return subject || t.common.noSubject;
}

/** Marks of answers that mail programs put before a subject, in the languages an office here meets. */
const ANSWERS = /^(?:(?:re|fwd?|aw|wg|sv|vs|отв|ответ|пересл|на)(?:\[\d+\]|\(\d+\))?:\s*)+/iu;

/** "Unread. Pavel Orlov. Concrete for block 4. Today 10:38. 3 letters, has attachments, flagged." */
export function rowName(row: Row, people: string, t: Catalogue, formats: Formats, now: number): string {
  const facts: string[] = [];
  if (row.count > 1) facts.push(t.list.row.letters(row.count));
  if (row.attachments > 0) facts.push(t.list.row.attachments);
  if (row.flags.includes('flagged')) facts.push(t.list.row.flagged);
  if (row.outside) facts.push(t.list.row.outside);
  if (row.body === 'header') facts.push(t.list.row.headerOnly);
  const onServer = row.server?.gone ? 'gone' : row.server?.mark;
  if (onServer) facts.push(t.maildrop.row[onServer]);
  if (row.tags.length > 0) facts.push(t.list.row.tagged(row.tags.join(', ')));
  const states: string[] = [];
  if (!row.flags.includes('seen')) states.push(t.list.row.unread);
  if (row.flags.includes('answered')) states.push(t.list.row.replied);
  else if (row.flags.includes('forwarded')) states.push(t.list.row.forwarded);
  const subject = rowSubject(row, t);
  const sentences = [...states, people, subject, formats.letterDate(row.date, now), facts.join(', ')];
  return sentences
    .filter((sentence) => sentence !== '')
    .map((sentence) => `${sentence.replace(/[.\s]+$/, '')}.`)
    .join(' ');
}
