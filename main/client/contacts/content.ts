/** What a contact's row says beside its content: the name shown, its place in the order, what it is found by. Pure. */
import type { ContactContent } from '../../contract/mail/contacts.ts';
import { emptyContact } from '../../contract/mail/empty-contact.ts';
import { foldWords, wordsOf } from './words.ts';

/** A content with every field, from some of them. Values are taken as they are; a thread of the store loads no validator. */
export const emptyContent = (some: Partial<ContactContent> = {}): ContactContent => ({
  ...emptyContact(),
  ...some,
});

/** Given, middle and family name in the order in which they are said. */
export const spokenName = (content: ContactContent): string =>
  [content.prefix, content.given, content.middle, content.family, content.suffix]
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .join(' ');

/** What a person is called in lists; '' only where nothing at all is known. */
export function shownName(content: ContactContent): string {
  const first = [
    content.name.trim(),
    spokenName(content),
    content.nickname.trim(),
    content.organisation.trim(),
    content.emails[0]?.value.trim() ?? '',
    content.phones[0]?.value.trim() ?? '',
  ].find((each) => each !== '');
  return (first ?? '').slice(0, 1000);
}

/** By this a list is ordered: family name first where it is known. */
export function placeOf(content: ContactContent): string {
  const parts = [content.family, content.given, content.middle].map((each) => each.trim());
  const named = content.kind === 'person' && parts[0] !== '';
  return foldWords(named ? parts.join(' ') : shownName(content)).slice(0, 200);
}

/** Words a contact is found by. */
export function contactWords(content: ContactContent): string[] {
  const text = [
    content.name,
    content.family,
    content.given,
    content.middle,
    content.nickname,
    ...content.emails.map((each) => each.value),
    content.organisation,
    content.department,
    content.room,
    ...content.categories,
  ];
  return wordsOf(foldWords(text.join(' ')));
}

/** Addresses in lower case, in their order, each once; what cannot be one is left out. */
export function addressesOf(content: ContactContent): string[] {
  if (content.kind === 'group') return [];
  const all = content.emails.map((each) => each.value.trim().toLowerCase());
  return [...new Set(all.filter((each) => each.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(each)))];
}

/** Digits of a telephone without the country's or the long-distance prefix of Russia: 8 (495) ... is +7 495 ... */
export function phoneDigits(phone: string): string | null {
  const digits = phone.replace(/(?:доб|ext|x)\.?\s*\d+\s*$/i, '').replace(/\D/g, '');
  if (digits.length < 7) return null;
  return digits.length === 11 && /^[78]/.test(digits) ? digits.slice(1) : digits;
}

/** MM-DD; null: not known, or no day of any year. */
export function birthdayKey(birthday: string): string | null {
  const found = /^(?:\d{4}|-)-(\d\d)-(\d\d)$/.exec(birthday);
  if (!found) return null;
  const [month, day] = [Number(found[1]), Number(found[2])];
  const days = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return days === undefined || day < 1 || day > days ? null : `${found[1]}-${found[2]}`;
}

/** Is there anything to keep? */
export const isEmpty = (content: ContactContent): boolean =>
  shownName(content) === '' && content.members.length === 0 && content.notes.trim() === '';
