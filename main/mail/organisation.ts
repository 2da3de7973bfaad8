/**
 * Whose house an address belongs to: departments of one firm (otd1.constr.org, otd2.constr.org) are inside, everybody else is
 * outside. A full public suffix list is a megabyte that grows old; what offices need is told by the last labels.
 */

/** Second-level names under which anybody registers (co.uk, com.ru, msk.ru ...): the house is one label longer there. */
const SHARED = new Set([
  'co',
  'com',
  'org',
  'net',
  'gov',
  'edu',
  'ac',
  'mil',
  'gob',
  'msk',
  'spb',
  'nov',
  'pp',
  'in',
  'or',
  'ne',
  'go',
  'gv',
]);

/** Mail for everybody: two people there have nothing in common. */
const PUBLIC = new Set([
  'gmail.com',
  'googlemail.com',
  'outlook.com',
  'hotmail.com',
  'live.com',
  'msn.com',
  'yahoo.com',
  'icloud.com',
  'me.com',
  'aol.com',
  'proton.me',
  'protonmail.com',
  'mail.ru',
  'bk.ru',
  'inbox.ru',
  'list.ru',
  'internet.ru',
  'yandex.ru',
  'yandex.com',
  'ya.ru',
  'rambler.ru',
  'lenta.ru',
  'ro.ru',
  'gmx.de',
  'gmx.net',
  'web.de',
  'ukr.net',
]);

/** The registered domain above `domain`; '' for addresses without one and for public mail services. */
export function houseOf(domain: string): string {
  const labels = domain
    .toLowerCase()
    .replace(/\.$/, '')
    .split('.')
    .filter((label) => label !== '');
  const own =
    labels.length > 2 && SHARED.has(labels[labels.length - 2]!) && labels.at(-1)!.length <= 3 ? 3 : 2;
  const house = labels.slice(-own).join('.');
  return PUBLIC.has(house) ? '' : house;
}

/** The house of an address; '' when it has none. */
export function houseOfAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : houseOf(address.slice(at + 1));
}
