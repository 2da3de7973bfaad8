/** What the application was started with. Pure: Chromium mixes its own switches in and may reorder them. */
import { isAbsolute, resolve } from 'node:path';

export interface CommandLine {
  /** undefined: the platform's place. */
  readonly profile: string | undefined;
  /** Where Chromium keeps its own files, when somebody named a place for it (tests do). */
  readonly userData: string | undefined;
  readonly language: 'en' | 'ru' | undefined;
  /** Started with the system: no window until it is asked for. */
  readonly hidden: boolean;
  readonly selfcheck: boolean;
  /** mailto: addresses. */
  readonly mailto: readonly string[];
  /** Letters to look at. */
  readonly files: readonly string[];
}

/** A mailto address longer than this is not one a person clicked. */
const MAX_MAILTO = 100_000;

export function isMailto(text: string): boolean {
  return /^mailto:/i.test(text) && text.length <= MAX_MAILTO;
}

/** @param words arguments without the program; @param folder what relative paths are relative to */
export function readCommandLine(words: readonly string[], folder: string): CommandLine {
  const given = (name: string): string | undefined => {
    const found = words.find((word) => word.startsWith(`--${name}=`));
    return found === undefined ? undefined : found.slice(name.length + 3) || undefined;
  };
  const path = (value: string | undefined): string | undefined =>
    value === undefined ? undefined : isAbsolute(value) ? value : resolve(folder, value);
  const language = given('lang')?.slice(0, 2).toLowerCase();
  const plain = words.filter((word) => !word.startsWith('-'));
  return {
    profile: path(given('profile')),
    userData: path(given('user-data-dir')),
    language: language === 'en' || language === 'ru' ? language : undefined,
    hidden: words.includes('--hidden'),
    selfcheck: words.includes('--selfcheck'),
    mailto: plain.filter(isMailto),
    files: plain.filter((word) => /\.(eml|mbox)$/i.test(word)).map((word) => path(word) ?? word),
  };
}
