/**
 * What is told of letters that came: letters, rules and the time in, notices out. Pure; what the letters are now, after rules
 * have had their turn, is read before (reads.ts), and how a notice looks is the host's matter.
 *
 * It never tells of a letter that is read, junk, the person's own, or no longer where it arrived (a rule moved it, or the
 * person did on another device), and tells no letter twice.
 */
import type { Notice, NoticeRules, Sound } from '../../contract/mail/notices.ts';
import type { Address } from '../../contract/mail/views.ts';
import { isQuiet, type Moment } from './quiet.ts';

/** A letter that came, as it stands now. */
export interface Arrived {
  id: number;
  account: number;
  /** Where it is now. */
  folder: number;
  /** Where it came. */
  cameTo: number;
  role: string | null;
  date: number;
  seen: boolean;
  junk: boolean;
  /** From an address of the person's own accounts. */
  own: boolean;
  /** The person has written to the sender, or keeps the address. */
  known: boolean;
  from: Address;
  subject: string;
  preview: string;
}

/** More letters than this, come together, are one summary. */
export const MOST_SINGLE = 5;
/** Letters that the buttons of one notice act upon. */
const MOST_IDS = 500;
const MOST_SENDERS = 5;
/** Folders whose letters are told only where a person asks for it. */
const NEVER = new Set(['junk', 'trash', 'sent', 'drafts', 'outbox', 'scheduled']);

function wanted(letter: Arrived, rules: NoticeRules): boolean {
  if (letter.seen || letter.junk || letter.own || letter.folder !== letter.cameTo) return false;
  if (NEVER.has(letter.role ?? '') || rules.silent.includes(letter.account)) return false;
  const inbox = letter.role === 'inbox' && !rules.notFolders.includes(letter.folder);
  if (!inbox && !rules.folders.includes(letter.folder)) return false;
  if (rules.who === 'everyone') return true;
  if (rules.who === 'book') return letter.known;
  const address = letter.from.address.toLowerCase();
  return rules.people.some((each) => (each.startsWith('@') ? address.endsWith(each) : address === each));
}

const soundOf = (account: number, rules: NoticeRules): Sound => rules.sounds[String(account)] ?? rules.sound;

function noticeOf(letters: readonly Arrived[], rules: NoticeRules, kind: Notice['kind']): Omit<Notice, 'id'> {
  // The caller never brings none.
  const newest = letters.reduce((a, b) => (b.date > a.date ? b : a));
  const accounts = new Set(letters.map((each) => each.account));
  const sounds = letters.map((each) => soundOf(each.account, rules));
  return {
    kind,
    account: accounts.size === 1 ? newest.account : null,
    letter: { id: newest.id, folder: newest.folder },
    ids: letters.slice(0, MOST_IDS).map((each) => each.id),
    count: letters.length,
    from: newest.from,
    subject: newest.subject,
    preview: newest.preview,
    senders: [...new Set(letters.map((each) => each.from.name || each.from.address))].slice(0, MOST_SENDERS),
    // A silent account does not silence the others that came with it.
    sound: sounds.find((each) => each !== 'none') ?? 'none',
    hideWhenLocked: rules.hideWhenLocked,
  };
}

/** Notices for letters that came together. Only the first of several is heard. */
export function planNotices(
  letters: readonly Arrived[],
  rules: NoticeRules,
  moment: Moment,
): Omit<Notice, 'id'>[] {
  if (isQuiet(rules.quiet, moment)) return [];
  const told = letters.filter((letter) => wanted(letter, rules));
  if (told.length === 0) return [];
  if (told.length > MOST_SINGLE) return [noticeOf(told, rules, 'summary')];
  const notices = told.map((letter) => noticeOf([letter], rules, 'letter'));
  const heard = notices.findIndex(({ sound }) => sound !== 'none');
  return notices.map((notice, n) => (n === heard ? notice : { ...notice, sound: 'none' as const }));
}
