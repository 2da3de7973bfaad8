/** The few sentences that go out with a letter itself, in the person's language. */
import type { Address } from '../../mail/address.ts';
import type { MessageHead } from '../../mail/message.ts';

export type Language = 'en' | 'ru';

const WORDS = {
  en: {
    forwarded: '-------- Forwarded message --------',
    from: 'From',
    date: 'Date',
    subject: 'Subject',
    to: 'To',
    cc: 'Cc',
    wrote: (who: string, when: string) => (when === '' ? `${who} wrote:` : `On ${when}, ${who} wrote:`),
  },
  ru: {
    forwarded: '-------- Пересылаемое сообщение --------',
    from: 'От',
    date: 'Дата',
    subject: 'Тема',
    to: 'Кому',
    cc: 'Копия',
    wrote: (who: string, when: string) => (when === '' ? `${who} пишет:` : `${when}, ${who} пишет:`),
  },
} as const;

const people = (list: readonly Address[]): string =>
  list
    .slice(0, 100)
    .map(({ name, address }) => (name === '' ? address : `${name} <${address}>`))
    .join(', ');

function when(date: number | null, language: Language): string {
  if (date === null) return '';
  return new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(date);
}

export const forwardTitle = (language: Language): string => WORDS[language].forwarded;

export function attributionOf(head: MessageHead, language: Language): string {
  return WORDS[language].wrote(people(head.from.slice(0, 1)) || '?', when(head.date, language));
}

/** The head of a forwarded letter as lines; empty ones are left out by who shows them. */
export function forwardFields(head: MessageHead, language: Language): [string, string][] {
  const words = WORDS[language];
  return [
    [words.from, people(head.from)],
    [words.date, when(head.date, language)],
    [words.subject, head.subject],
    [words.to, people(head.to)],
    [words.cc, people(head.cc)],
  ];
}
