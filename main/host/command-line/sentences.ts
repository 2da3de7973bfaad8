/**
 * What the command line says on standard error, in both languages. A fault of the engine has its English sentence with it;
 * the Russian one is found here by its code. Names of commands, options and fields are not translated.
 */
import type { Fault } from '../../base/errors.ts';
import { ADVICE, type Words } from './words.ts';
import { en } from './words-en.ts';
import { ru } from './words-ru.ts';

export type Language = 'en' | 'ru';

export const isLanguage = (text: string | undefined): text is Language => text === 'en' || text === 'ru';

/** What the system speaks, by the variables that programs of a terminal go by (POSIX, section 8.2). */
export function systemLanguage(env: Readonly<Record<string, string | undefined>> = process.env): Language {
  const chosen = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^ru(?:[_.@-]|$)/i.test(chosen) ? 'ru' : 'en';
}

export const WORDS: Readonly<Record<Language, Words>> = { en, ru };

/** The sentence for a fault that came from anywhere below. */
export function faultSentence(fault: Pick<Fault, 'code' | 'message'>, language: Language): string {
  const words = WORDS[language];
  return words.faults[fault.code] ?? (language === 'en' ? fault.message : words.failed(fault.code));
}

/** The sentence with the server's name and words, and what to do. */
export function wholeSentence(fault: Pick<Fault, 'code' | 'message' | 'detail'>, language: Language): string {
  const words = WORDS[language];
  const sentence = faultSentence(fault, language);
  const { host, port, reply } = fault.detail ?? {};
  const server = typeof host === 'string' ? [host, port].filter((each) => each !== undefined).join(':') : '';
  const said = typeof reply === 'string' ? reply.replace(/[\s\x00-\x1f\x7f]+/g, ' ').trim() : '';
  const facts = [
    sentence.includes(server) ? '' : server,
    said === '' || sentence.includes(said) ? '' : words.serverSaid(said.slice(0, 200)),
  ].filter((each) => each !== '');
  const whole = facts.length === 0 ? sentence : `${sentence.replace(/\.$/, '')} (${facts.join('; ')}).`;
  const advice = ADVICE[fault.code];
  return advice === undefined ? whole : `${whole} ${words.advice[advice]}`;
}
