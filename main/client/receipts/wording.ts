/** The sentences of a receipt, in the answerer's language. They say that the letter was shown, and no more (RFC 8098). */
import type { Language } from '../drafts/wording.ts';

const WORDS = {
  en: {
    subject: (subject: string) => (subject === '' ? 'Read' : `Read: ${subject}`),
    text: (to: string, subject: string, when: string) =>
      `Your letter${subject === '' ? '' : ` “${subject}”`}${when === '' ? '' : ` of ${when}`} to ${to} was opened.\n\nThis says that it was shown on the screen, not that it was read through or understood.\n`,
  },
  ru: {
    subject: (subject: string) => (subject === '' ? 'Прочитано' : `Прочитано: ${subject}`),
    text: (to: string, subject: string, when: string) =>
      `Ваше письмо${subject === '' ? '' : ` «${subject}»`}${when === '' ? '' : ` от ${when}`}, адресованное ${to}, открыто.\n\nЭто значит, что письмо показано на экране, а не что оно прочитано до конца или понято.\n`,
  },
} as const;

export function receiptWords(
  language: Language,
  letter: { to: string; subject: string; date: number | null },
): { subject: string; text: string } {
  const words = WORDS[language];
  const when =
    letter.date === null
      ? ''
      : new Intl.DateTimeFormat(language === 'ru' ? 'ru-RU' : 'en-GB', {
          dateStyle: 'medium',
          timeStyle: 'short',
        }).format(letter.date);
  return { subject: words.subject(letter.subject), text: words.text(letter.to, letter.subject, when) };
}
