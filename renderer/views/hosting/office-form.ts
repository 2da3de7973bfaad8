/** What a person types about a new office, and what is wrong with it. Pure. */
import type { HostingSetup } from '../../../main/contract/mail/hosting.ts';

export type OfficeForm = HostingSetup;

export const USUAL_DOMAIN = 'office.lan';
/** Shorter ones are guessed in an afternoon; the office itself takes any. */
export const LEAST_PASSWORD = 8;

const LATIN: Readonly<Record<string, string>> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  ж: 'zh',
  з: 'z',
  и: 'i',
  й: 'y',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'yu',
  я: 'ya',
};

/** An address for a name, as offices write them: the first letter of the given name, a dot, the family name. */
export function userOf(name: string): string {
  const latin = [...name.toLowerCase()].map((each) => LATIN[each] ?? each).join('');
  // Accents go; what is not Latin after that cannot be typed everywhere.
  const words = latin
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const [first = ''] = words;
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${first.slice(0, 1)}.${last}` : first;
}

export type OfficeProblems = Partial<Record<'office' | 'domain' | 'user' | 'password', true>>;

const DOMAIN = /^(?=.{1,253}$)[\p{L}\d]([\p{L}\d-]*[\p{L}\d])?(\.[\p{L}\d]([\p{L}\d-]*[\p{L}\d])?)*$/u;
const USER = /^(?=.{1,64}$)[a-z0-9_+-]+(\.[a-z0-9_+-]+)*$/i;

/** null: the office can be made. */
export function officeProblems(form: OfficeForm): OfficeProblems | null {
  const problems: OfficeProblems = {
    ...(form.office.trim() === '' ? { office: true } : {}),
    ...(DOMAIN.test(form.domain.trim()) ? {} : { domain: true }),
    ...(USER.test(form.user.trim()) ? {} : { user: true }),
    ...([...form.password].length < LEAST_PASSWORD ? { password: true } : {}),
  };
  return Object.keys(problems).length > 0 ? problems : null;
}

/** As the office will have it. */
export function trimmed(form: OfficeForm): OfficeForm {
  const { office, domain, user, name, password } = form;
  return {
    office: office.trim(),
    domain: domain.trim().toLowerCase(),
    user: user.trim(),
    name: name.trim(),
    password,
  };
}
