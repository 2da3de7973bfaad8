/** Numbers inside sentences: `#` in the chosen form stands for the number, written as the language writes it. */
const english = { rules: new Intl.PluralRules('en'), number: new Intl.NumberFormat('en') };
// Russian groups only from five digits by CLDR; an interface reads better with 4 318 grouped too.
const russian = {
  rules: new Intl.PluralRules('ru'),
  number: new Intl.NumberFormat('ru', { useGrouping: 'always' }),
};

/** 1 letter, 2 letters. */
export function pluralEn(n: number, one: string, other: string): string {
  const form = english.rules.select(n) === 'one' ? one : other;
  return form.replaceAll('#', english.number.format(n));
}

/** 1 письмо, 2 письма, 5 писем, 21 письмо; the third form also serves fractions' neighbours. */
export function pluralRu(n: number, one: string, few: string, many: string): string {
  const rule = russian.rules.select(n);
  const form = rule === 'one' ? one : rule === 'few' ? few : rule === 'many' ? many : few;
  return form.replaceAll('#', russian.number.format(n));
}

export const numberEn = (n: number): string => english.number.format(n);
export const numberRu = (n: number): string => russian.number.format(n);
