/** Identities of Thunderbird's accounts with their signatures, from the preferences. Passwords are not looked for. It only reads. */
import { readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { toFault } from '../../base/errors.ts';
import { type Prefs, prefText } from './prefs.ts';
import type { ThunderbirdAccount, ThunderbirdProfile } from './profile.ts';

export interface ThunderbirdIdentity {
  /** Address of its account. */
  account: string;
  /** The first of its account. */
  main: boolean;
  name: string;
  address: string;
  label: string;
  organisation: string;
  replyTo: string;
  /** null: none. */
  bcc: string | null;
  signature: { text: string; html: boolean } | null;
}

/** A signature of more than this is a picture or a mistake, octets. */
const MAX_SIGNATURE = 512 * 1024;

/** @param onProblem of a signature whose file cannot be read as text */
export async function thunderbirdIdentities(
  profile: ThunderbirdProfile,
  onProblem: (path: string, reason: string) => void,
): Promise<ThunderbirdIdentity[]> {
  const found: ThunderbirdIdentity[] = [];
  for (const account of profile.accounts)
    for (const [n, key] of account.identities.entries())
      found.push(await identityOf(profile, account, key, n === 0, onProblem));
  return found.filter((each) => each.address.includes('@'));
}

async function identityOf(
  { dir, prefs }: ThunderbirdProfile,
  account: ThunderbirdAccount,
  key: string,
  main: boolean,
  onProblem: (path: string, reason: string) => void,
): Promise<ThunderbirdIdentity> {
  const text = (name: string): string => prefText(prefs, `mail.identity.${key}.${name}`);
  const on = (name: string): boolean => prefs.get(`mail.identity.${key}.${name}`) === true;
  return {
    account: account.address,
    main,
    name: text('fullName'),
    address: text('useremail'),
    label: text('label'),
    organisation: text('organization'),
    replyTo: text('reply_to'),
    bcc: on('doBcc') ? text('doBccList') : null,
    signature: on('attach_signature')
      ? await signatureFile(dir, prefs, key, onProblem)
      : text('htmlSigText').trim() === ''
        ? null
        : { text: text('htmlSigText'), html: on('htmlSigFormat') },
  };
}

async function signatureFile(
  dir: string,
  prefs: Prefs,
  key: string,
  onProblem: (path: string, reason: string) => void,
): Promise<ThunderbirdIdentity['signature']> {
  const relative = prefText(prefs, `mail.identity.${key}.sig_file-rel`);
  const whole = prefText(prefs, `mail.identity.${key}.sig_file`);
  const places = [
    ...(relative.startsWith('[ProfD]') ? [join(dir, ...relative.slice(7).split('/'))] : []),
    ...(isAbsolute(whole) ? [whole] : []),
    // A profile that was carried here took the file with it, if it lay inside.
    ...(whole === '' ? [] : [join(dir, basename(whole.replaceAll('\\', '/')))]),
  ];
  for (const path of places) {
    const there = await stat(path).catch(() => null);
    if (!there?.isFile()) continue;
    if (there.size > MAX_SIGNATURE || /\.(png|gif|jpe?g|bmp|webp|svg)$/i.test(path)) {
      onProblem(path, 'signature-file');
      return null;
    }
    try {
      return { text: await readFile(path, 'utf8'), html: /\.html?$/i.test(path) };
    } catch (failure) {
      onProblem(path, toFault(failure).code);
      return null;
    }
  }
  if (places[0] !== undefined) onProblem(places[0], 'not-found');
  return null;
}
