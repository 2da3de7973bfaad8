/** Type-ahead: what matches the typed words, best first. Pure. */
const fold = (text: string) => text.toLocaleLowerCase().replaceAll('ё', 'е');

/** Every typed word must begin a word of the label (best), or stand inside it. */
function score(words: readonly string[], label: string): number {
  const folded = fold(label);
  let sum = 0;
  for (const word of words) {
    if (folded.startsWith(word)) sum += 3;
    else if (new RegExp(`(^|[^\\p{L}\\p{N}])${quoted(word)}`, 'u').test(folded)) sum += 2;
    else if (folded.includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}

function quoted(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

/** Nothing typed: all, in their own order. Equal matches keep their order. */
export function rank<T>(typed: string, items: readonly T[], label: (item: T) => string): T[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...items];
  return items
    .map((item) => ({ item, points: score(words, label(item)) }))
    .filter((entry) => entry.points > 0)
    .sort((a, b) => b.points - a.points)
    .map((entry) => entry.item);
}
