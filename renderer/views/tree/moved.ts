/** Lists put in an order by hand. Pure: what cannot move gives the same list. */

/** The value at another place of the list; the same list when there is no such place. */
export function movedTo<T>(list: readonly T[], value: T, to: number): readonly T[] {
  const from = list.indexOf(value);
  if (from < 0 || to < 0 || to >= list.length || from === to) return list;
  const rest = list.filter((other) => other !== value);
  return [...rest.slice(0, to), value, ...rest.slice(to)];
}

/** The value before or after another one. */
export function movedBeside<T>(list: readonly T[], value: T, beside: T, after: boolean): readonly T[] {
  if (value === beside || !list.includes(value) || !list.includes(beside)) return list;
  const rest = list.filter((other) => other !== value);
  const at = rest.indexOf(beside) + (after ? 1 : 0);
  return [...rest.slice(0, at), value, ...rest.slice(at)];
}
