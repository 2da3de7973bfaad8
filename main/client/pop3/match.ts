/**
 * Knowing letters again whose unique-ids are worth nothing (protocols.md C38): a server that changed its scheme, and one
 * that has no UIDL at all. Pure.
 */
import { hash } from 'node:crypto';
import { type Field, fieldOf } from '../../mail/header.ts';
import type { KnownLetter, Listed } from './plan.ts';

/**
 * A letter by what stays the same whatever server holds it: Message-ID and Date; where the Message-ID is missing, who wrote,
 * about what and by which way it came. The same for a whole letter and for what TOP gives of it.
 */
export function likenessOf(fields: readonly Field[]): string {
  const value = (key: string) => (fieldOf(fields, key)?.raw ?? '').replace(/\s+/g, ' ').trim();
  const id = value('message-id');
  const named = [id, value('date')];
  if (id === '') named.push(value('from'), value('to'), value('subject'), value('received'));
  return hash('sha256', Buffer.from(named.join('\n'), 'latin1'), 'base64url').slice(0, 22);
}

/** The unique-id that a letter has here when its server gives none. */
export const ownUidl = (likeness: string, octets: number): string => `~${likeness}.${octets}`;
/** The same until its header is known, on a server that gives neither unique-ids nor headers. A blank stands in no unique-id. */
export const unnamedUidl = (n: number): string => ` ${n}`;
export const isUnnamed = (uidl: string): boolean => uidl.startsWith(' ');

/** Another server may count line ends or its own fields otherwise: letters this near in size may be one. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 512 + 0.02 * Math.min(a, b);

/**
 * Whether unique-ids have to be doubted: most of the known ones have vanished while about as many unknown ones have come.
 * A wrong yes costs a look at the headers of what is new; a wrong no would cost fetching all of it again.
 */
export function schemeChanged(listed: readonly Listed[], known: ReadonlyMap<string, KnownLetter>): boolean {
  const there = new Set(listed.map((each) => each.uidl));
  const present = [...known.values()].filter((each) => each.missingSince === null);
  const vanished = present.filter((each) => !there.has(each.uidl)).length;
  const unknown = listed.filter((each) => !known.has(each.uidl)).length;
  return vanished > 0 && vanished * 2 >= present.length && unknown * 2 >= vanished;
}

/** What is known of the letters that the server lists under new ids: pairs of the old unique-id and the new one. */
export function matchLetters(
  listed: readonly (Listed & { likeness: string })[],
  known: ReadonlyMap<string, KnownLetter>,
): { from: string; to: string }[] {
  const there = new Set(listed.map((each) => each.uidl));
  const lost = Map.groupBy(
    [...known.values()].filter((each) => !there.has(each.uidl) && each.likeness !== ''),
    (each) => each.likeness,
  );
  const pairs: { from: string; to: string }[] = [];
  const take = (fits: (one: number, other: number) => boolean, alone: boolean) => {
    const taken = new Set(pairs.map((each) => each.to));
    for (const letter of listed) {
      if (known.has(letter.uidl) || taken.has(letter.uidl)) continue;
      const group = lost.get(letter.likeness) ?? [];
      const fitting = group.filter((each) => fits(each.octets, letter.octets));
      const found = fitting[0];
      if (!found || (alone && fitting.length > 1)) continue;
      group.splice(group.indexOf(found), 1);
      taken.add(letter.uidl);
      pairs.push({ from: found.uidl, to: letter.uidl });
    }
  };
  take((one, other) => one === other, false);
  take(near, true);
  return pairs;
}
