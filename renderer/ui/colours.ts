/** Which of the eight tag colours stands for something. Pure. */
export const COLOURS = ['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'grey'] as const;
export type Colour = (typeof COLOURS)[number];

export function isColour(name: string): name is Colour {
  return (COLOURS as readonly string[]).includes(name);
}

/** Red and yellow mean trouble elsewhere in the window, so people never get them. */
const PEOPLE: readonly Colour[] = ['teal', 'violet', 'blue', 'green', 'orange', 'grey'];

/** The same person has the same colour everywhere and for ever. */
export function colourOfPerson(address: string): Colour {
  let hash = 0;
  for (const char of address.toLowerCase()) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return PEOPLE[hash % PEOPLE.length] ?? 'grey';
}

/** Two letters for a portrait: first and last word of the name, else of the address. */
export function initials(name: string, address: string): string {
  const words = (name.trim() || address.split('@')[0] || '?')
    .split(/[\s._-]+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letter = (word: string | undefined) =>
    [...(word ?? '')].find((char) => /[\p{L}\p{N}]/u.test(char)) ?? '';
  const first = letter(words[0]);
  const last =
    words.length > 1 ? letter(words[words.length > 2 && name.includes(',') ? 1 : words.length - 1]) : '';
  return (first + last).toUpperCase() || '?';
}

const KINDS: readonly [Colour, string, RegExp][] = [
  ['green', 'XLS', /^(xlsx?|xlsm|ods|csv)$/],
  ['red', 'PDF', /^pdf$/],
  ['blue', 'DOC', /^(docx?|odt|rtf)$/],
  ['orange', 'PPT', /^(pptx?|odp)$/],
  ['orange', 'ZIP', /^(zip|rar|7z|gz|tar|bz2)$/],
  ['violet', 'IMG', /^(png|jpe?g|gif|webp|bmp|tiff?|heic|svg)$/],
  ['teal', 'EML', /^(eml|msg)$/],
  ['teal', 'ICS', /^(ics|vcs)$/],
  ['grey', 'TXT', /^(txt|log|md)$/],
];

/** Badge of a file by its true extension: colour and at most four letters. */
export function badgeOfFile(name: string): { colour: Colour; letters: string } {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  for (const [colour, letters, pattern] of KINDS) if (pattern.test(extension)) return { colour, letters };
  return { colour: 'grey', letters: extension.slice(0, 4).toUpperCase() || '…' };
}
