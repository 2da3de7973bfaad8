/**
 * What the composer asks before a letter leaves: one banner each, never a dialog, never twice. Pure.
 * A guard asks; only an invalid address and a letter to nobody stop a letter.
 */
import type { Draft, DraftContent } from '../../../main/contract/mail/drafts.ts';
import type { Settings } from '../../../main/contract/mail/profile.ts';
import { addressProblem, domainOf, houseOf, type Recipient } from './recipients.ts';

export type Guard =
  | { kind: 'new-outside'; recipients: Recipient[] }
  | { kind: 'forgotten-attachment'; word: string }
  | { kind: 'no-subject' }
  | { kind: 'many-outside'; count: number }
  | { kind: 'no-recipients' }
  | { kind: 'invalid'; recipients: Recipient[] }
  | { kind: 'no-account' };

/** More outside people than this in To and Cc are offered Bcc. */
export const MANY_OUTSIDE = 20;

/** Guards that a person can switch off, by the setting that does it. */
const SWITCHES = {
  'new-outside': 'guardOutside',
  'forgotten-attachment': 'guardAttachment',
  'no-subject': 'guardSubject',
  'many-outside': 'guardMany',
} as const satisfies Partial<Record<Guard['kind'], keyof Settings>>;

export type GuardSettings = Pick<Settings, (typeof SWITCHES)[keyof typeof SWITCHES]>;

/** The guards that the settings want; what stops a letter is always said. */
export function wanted(guards: readonly Guard[], settings: GuardSettings | null): Guard[] {
  return guards.filter((guard) => {
    const name = Object.hasOwn(SWITCHES, guard.kind)
      ? SWITCHES[guard.kind as keyof typeof SWITCHES]
      : undefined;
    return name === undefined || settings === null || settings[name];
  });
}

/** Guards that "send anyway" does not pass. */
export function stops(guard: Guard): boolean {
  return guard.kind === 'no-recipients' || guard.kind === 'invalid' || guard.kind === 'no-account';
}

const NOT_LETTER_BEFORE = '(?<![\\p{L}\\p{N}])';
const NOT_LETTER_AFTER = '(?![\\p{L}\\p{N}])';

/**
 * Words with which people announce a file, in both languages. Stems are spelled out so that "attachment to
 * the team" in a sentence about feelings still asks, and "приложение" (an app) alone does not.
 */
const ANNOUNCED = new RegExp(
  `${NOT_LETTER_BEFORE}(?:${[
    'attach(?:ed|ing|ments?)?',
    'enclosed',
    'enclosing',
    'in the attached file',
    'во? вложени(?:и|ях|е|я)',
    'вложени(?:е|я|ем|и|ях)',
    'вложил[а]? (?:файл|смету|сч[её]т|документ\\p{L}*|акт\\p{L}*|фото\\p{L}*)',
    'вкладываю',
    'прилагаю',
    'прилагаем',
    'приложил[аи]?',
    'приложен[аоы]?',
    'прикладываю',
    'прикладываем',
    'прикрепляю',
    'прикрепляем',
    'прикрепил[аи]?',
    'прикреплен[аоы]?',
    'прикреплён',
    'прикреплённ(?:ый|ая|ое|ые|ом|ую|ых)',
    'прикрепленн(?:ый|ая|ое|ые|ом|ую|ых)',
    'приложенн(?:ый|ая|ое|ые|ую|ых)',
    'вложенн(?:ый|ая|ое|ые|ом|ую|ых) (?:файл|документ|письм)\\p{L}*',
    'во вложенном файле',
    '(?:высылаю|отправляю|направляю|пересылаю|шлю) (?:вам |тебе )?(?:файл|документ|смет|счет|счёт|сч[её]та|акт|договор|фото|скан|чертеж|чертёж|таблиц|прайс|презентаци)\\p{L}*',
    'скан(?:ы)? (?:договора|акта|счёта|счета) (?:ниже|в письме|прилагаю)',
    'в приложении к (?:этому )?письму',
    'в приложенном файле',
    'файл(?:ы)? (?:ниже|в письме)',
  ].join('|')})${NOT_LETTER_AFTER}`,
  'iu',
);

/** The word that announces a file, as it was written; null: none. */
export function announcedFile(text: string): string | null {
  // A line that begins with ">" is somebody else's.
  const own = text
    .split('\n')
    .filter((line) => !/^\s*>/.test(line))
    .join('\n');
  return ANNOUNCED.exec(own)?.[0] ?? null;
}

export interface GuardFacts {
  content: DraftContent;
  kind: Draft['kind'];
  /** Domains of the letter that is answered. */
  knownDomains: readonly string[];
  /** Attachments that are not pictures of the text. */
  files: number;
  /** The person's own words, without signature and quote. */
  ownText: string;
  houses: ReadonlySet<string>;
  ownDomains: ReadonlySet<string>;
}

/** Outside addresses of houses that took no part in the letter being answered. */
export function newOutside(
  facts: Pick<GuardFacts, 'content' | 'kind' | 'knownDomains' | 'houses' | 'ownDomains'>,
): Recipient[] {
  const { content, kind, houses, ownDomains } = facts;
  if ((kind !== 'reply' && kind !== 'reply-all') || houses.size === 0) return [];
  const known = new Set(facts.knownDomains.map(houseOf));
  return [...content.to, ...content.cc, ...content.bcc].filter((each) => {
    if (addressProblem(each.address, ownDomains)) return false;
    const house = houseOf(domainOf(each.address));
    return !houses.has(house) && !known.has(house);
  });
}

/** Everything to be said before this letter leaves, the gravest first. */
export function guardsOf(facts: GuardFacts): Guard[] {
  const { content, houses, ownDomains } = facts;
  const guards: Guard[] = [];
  const all = [...content.to, ...content.cc, ...content.bcc];
  const invalid = all.filter((each) => addressProblem(each.address, ownDomains) !== null);
  if (content.account === null) guards.push({ kind: 'no-account' });
  if (all.length === 0) guards.push({ kind: 'no-recipients' });
  if (invalid.length > 0) guards.push({ kind: 'invalid', recipients: invalid });
  const strangers = newOutside(facts);
  if (strangers.length > 0) guards.push({ kind: 'new-outside', recipients: strangers });
  const word = facts.files === 0 ? announcedFile(`${content.subject}\n${facts.ownText}`) : null;
  if (word !== null) guards.push({ kind: 'forgotten-attachment', word });
  const open = [...content.to, ...content.cc].filter(
    (each) => houses.size > 0 && !houses.has(houseOf(domainOf(each.address))),
  );
  if (open.length > MANY_OUTSIDE) guards.push({ kind: 'many-outside', count: open.length });
  if (content.subject.trim() === '') guards.push({ kind: 'no-subject' });
  return guards;
}
