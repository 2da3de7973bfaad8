/** The words of a text whose spelling is worth a look. Pure. */

export interface Word {
  at: number;
  text: string;
}

export type Script = 'ru' | 'en' | 'mixed' | 'other';

/**
 * What is no prose: addresses of pages and people, file names, paths, fields of templates, snippets; quoted lines; what
 * stands below the signature's dashes.
 */
const PASSED =
  /\b[a-z][a-z0-9+.-]*:\/\/\S+|\bwww\.\S+|[^\s<>@"«»()]+@[^\s<>@"«»()]+|(?:[a-z]:)?[\\/][^\s"«»]*|[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.[a-z]{2,6}\b|\{\{[^{}\n]*\}\}|(?<=^|\s)[;#@][\p{L}\p{N}_-]+|^[ \t]*>.*$|(?:^|\n)-- \n[\s\S]*$/gimu;

const WORD = /[\p{L}\p{M}\p{N}]+(?:['’ʼ-][\p{L}\p{M}\p{N}]+)*/gu;

/** An abbreviation is at most this long; longer capitals are a headline. */
const ABBREVIATION = 6;

/** Words in their order. Letters only: what holds a digit is a number, a mark, an article. */
export function* proseWords(text: string): Generator<Word> {
  // Passed over by their length, so that places stay places.
  const prose = text.replace(PASSED, (passed) =>
    passed.replace(/[^\n]/gu, (char) => ' '.repeat(char.length)),
  );
  for (const found of prose.matchAll(WORD)) {
    const [word] = found;
    if (/\p{N}/u.test(word) || word.length < 2) continue;
    if (word.length <= ABBREVIATION && word === word.toLocaleUpperCase()) continue;
    // GitHub, iPhone: names that no dictionary has.
    if (/[a-z][A-Z]/.test(word)) continue;
    yield { at: found.index, text: word };
  }
}

/** By which dictionary a word is looked up. */
export function scriptOf(word: string): Script {
  const cyrillic = /\p{Script=Cyrillic}/u.test(word);
  const latin = /\p{Script=Latin}/u.test(word);
  if (cyrillic && latin) return 'mixed';
  if (cyrillic) return /[іїєґўјљњћђџѕ]/iu.test(word) ? 'other' : 'ru';
  return latin ? 'en' : 'other';
}

/** Letters of the two scripts that look alike on a screen. */
const LATIN = 'ABEKMHOPCTXaeopcyxk';
const CYRILLIC = 'АВЕКМНОРСТХаеорсухк';

/** A word written in two scripts, in each of them: "Cкан" with a Latin C is «Скан». */
export function inOneScript(word: string): string[] {
  const turned = (from: string, to: string): string =>
    [...word].map((char) => (from.includes(char) ? (to[from.indexOf(char)] ?? char) : char)).join('');
  return [turned(LATIN, CYRILLIC), turned(CYRILLIC, LATIN)].filter((each) => scriptOf(each) !== 'mixed');
}

/** ё is written as е by half of those who write. */
export const foldYo = (word: string): string => word.replaceAll('ё', 'е').replaceAll('Ё', 'Е');

const ENDINGS =
  /(?:иями|ями|ами|ого|ему|ому|ыми|ими|иях|ях|ах|ей|ой|ый|ий|ая|яя|ую|юю|ых|их|ым|им|ом|ем|ам|ям|ия|ии|ию|а|я|у|ю|е|ы|и|о|ь|й)$/u;

/**
 * A name without its ending, folded: «Кузнецовой» and «Кузнецова» are one person. Never shorter than three letters, or
 * every short word would be somebody's name.
 */
export function nameStem(word: string): string {
  const folded = foldYo(word).toLocaleLowerCase().replace(/[’ʼ]/g, "'").replace(/'s$/, '');
  const stem = folded.replace(ENDINGS, '');
  return stem.length >= 3 ? stem : folded;
}

const VOWELS: Readonly<Record<string, string>> = { о: 'а', а: 'о', е: 'и', и: 'е', я: 'е', ы: 'и' };

/** How far a suggestion is from what was written: edits, where confused vowels and swapped neighbours are half of one. */
export function distance(written: string, meant: string): number {
  const a = foldYo(written).toLocaleLowerCase();
  const b = foldYo(meant).toLocaleLowerCase();
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const line = [i];
    for (let j = 1; j <= b.length; j++) {
      const from = a[i - 1] ?? '';
      const to = b[j - 1] ?? '';
      const change = from === to ? 0 : VOWELS[from] === to ? 0.5 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (line[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change);
      if (i > 1 && j > 1 && from === b[j - 2] && a[i - 2] === to)
        best = Math.min(best, (before[j - 2] ?? 0) + 0.5);
      line.push(best);
    }
    before = last;
    last = line;
  }
  return last[b.length] ?? 0;
}
