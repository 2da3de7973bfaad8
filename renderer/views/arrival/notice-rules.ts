/** Changes of the rules for notices. Pure; what comes out is a whole new set. */
import type { NoticeRules, Sound } from '../../../main/contract/mail/notices.ts';

const without = (ids: readonly number[], id: number): number[] => ids.filter((each) => each !== id);
const withIt = (ids: readonly number[], id: number): number[] => [...without(ids, id), id];

export function tellAccount(rules: NoticeRules, account: number, on: boolean): NoticeRules {
  return { ...rules, silent: on ? without(rules.silent, account) : withIt(rules.silent, account) };
}

/** `same`: as most accounts sound. */
export function soundOfAccount(rules: NoticeRules, account: number, sound: Sound | 'same'): NoticeRules {
  const { [String(account)]: _former, ...others } = rules.sounds;
  return { ...rules, sounds: sound === 'same' ? others : { ...others, [String(account)]: sound } };
}

/** An inbox is told of unless it was switched off; any other folder when it was added. */
export function tellFolder(rules: NoticeRules, folder: number, inbox: boolean, on: boolean): NoticeRules {
  if (inbox) {
    const notFolders = on ? without(rules.notFolders, folder) : withIt(rules.notFolders, folder);
    return { ...rules, notFolders };
  }
  return { ...rules, folders: on ? withIt(rules.folders, folder) : without(rules.folders, folder) };
}

/** Addresses as they were typed: one a line, or with commas between them. */
export function peopleOf(typed: string): string[] {
  const words = typed
    .split(/[\s,;]+/)
    .map((word) => word.replace(/^<|>$/g, '').trim().toLowerCase())
    .filter((word) => word.length >= 3 && word.length <= 320 && word.includes('@'));
  return [...new Set(words)].slice(0, 1000);
}

export function toggledDay(days: readonly number[], day: number, on: boolean): number[] {
  return (on ? withIt(days, day) : without(days, day)).sort((a, b) => a - b);
}

/** Half hours of a day, and the given minute if it lies between them. */
export function halfHours(minute: number): number[] {
  const all = Array.from({ length: 48 }, (_, n) => n * 30);
  return all.includes(minute) ? all : [...all, minute].sort((a, b) => a - b);
}

/** "19:30". */
export function clockTime(minute: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
