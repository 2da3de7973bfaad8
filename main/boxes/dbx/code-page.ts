/**
 * Names in an Outlook Express store stand in the Windows code page of the person who had it, and no file says which. Three
 * witnesses, the surest first: names that are UTF-8; the names of the store's own files, which the disk keeps in Unicode;
 * the look of the words (letters above ASCII stand between Latin ones in western languages, and alone in Russian).
 */

const WESTERN = ['windows-1252', 'windows-1250', 'windows-1254', 'windows-1257'] as const;
const OTHER = [
  'windows-1251',
  'windows-1253',
  'windows-1255',
  'windows-1256',
  'windows-874',
  'shift_jis',
  'gbk',
  'euc-kr',
  'big5',
] as const;

/** A stored text without its zero and what stands behind that. */
const bare = (value: Buffer): Buffer => {
  const end = value.indexOf(0);
  return end < 0 ? value : value.subarray(0, end);
};

/** As the name of a file is compared: Windows keeps the case, and a disk of another system may take accents apart. */
export const foldName = (name: string): string => name.normalize('NFC').toLowerCase();

export const textIn = (page: string, value: Buffer): string => new TextDecoder(page).decode(bare(value));

/**
 * @param names stored names of folders and files
 * @param files names on the disk, folded
 */
export function codePageOf(names: readonly Buffer[], files: ReadonlySet<string>): string {
  const high = names.map(bare).filter((name) => name.some((octet) => octet > 0x7f));
  if (high.length === 0) return WESTERN[0];
  if (high.every(isUtf8)) return 'utf-8';
  const likely = byLook(high);
  let best = likely;
  let most = 0;
  for (const page of [likely, ...WESTERN, ...OTHER]) {
    const there = high.filter((name) => files.has(foldName(textIn(page, name)))).length;
    if (there > most) {
      best = page;
      most = there;
    }
  }
  return best;
}

function isUtf8(octets: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(octets);
    return true;
  } catch {
    return false;
  }
}

function byLook(names: readonly Buffer[]): string {
  let mixed = 0;
  let alone = 0;
  for (const name of names)
    for (const [word] of name.toString('latin1').matchAll(/[A-Za-z\x80-\xff]{2,}/g)) {
      if (!/[\x80-\xff]/.test(word)) continue;
      if (/[A-Za-z]/.test(word)) mixed++;
      else alone++;
    }
  if (alone >= mixed) return OTHER[0];
  // Octets that are signs in one western page are letters in the next.
  const signs = WESTERN.map((page) => signsIn(page, names));
  return WESTERN[signs.indexOf(Math.min(...signs))] ?? WESTERN[0];
}

function signsIn(page: string, names: readonly Buffer[]): number {
  const high = names.flatMap((name) => [...name].filter((octet) => octet > 0x7f));
  const text = new TextDecoder(page).decode(Uint8Array.from(high));
  return [...text].filter((char) => !/\p{L}/u.test(char)).length;
}
