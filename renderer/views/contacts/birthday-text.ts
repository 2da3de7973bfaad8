/** A birthday as a person types it: 17.05.1980, 17.05, 1980-05-17. Pure. */

/** As it is kept; null: it is no day. */
export function readBirthday(text: string): string | null {
  const plain = text.trim();
  if (plain === '') return '';
  const dotted = /^(\d\d?)[./](\d\d?)(?:[./](\d{4}))?\.?$/.exec(plain);
  const iso = /^(\d{4})-(\d\d?)-(\d\d?)$/.exec(plain);
  const [year, month, day] = dotted
    ? [dotted[3] ?? '-', Number(dotted[2]), Number(dotted[1])]
    : [iso?.[1] ?? '', Number(iso?.[2] ?? 0), Number(iso?.[3] ?? 0)];
  const last = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  if (last === undefined || day < 1 || day > last) return null;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

export function writeBirthday(birthday: string): string {
  const found = /^(\d{4}|-)-(\d\d)-(\d\d)$/.exec(birthday);
  if (!found) return '';
  return `${found[3]}.${found[2]}${found[1] === '-' ? '' : `.${found[1]}`}`;
}
