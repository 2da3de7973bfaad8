/** Addresses as the directory compares them. Pure. */
import { domainToUnicode } from 'node:url';
import { Fault } from '../../base/errors.ts';
import { isValidAddress } from '../../mail/address.ts';

/** A mailbox in comparable form. */
export interface Mailbox {
  /** Local part as it was written, quotes removed. */
  readonly local: string;
  /** Lower case, U-labels, no trailing dot; `[...]` for an address literal. */
  readonly domain: string;
  /** What two writings of one mailbox have in common. */
  readonly key: string;
}

/** Longer than any address that can be meant (RFC 5321 section 4.5.3.1.3 allows 256). */
const MAX_LENGTH = 1000;
const PLAIN_DOMAIN = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

/** Lower case with U-labels in NFC, without the dot of a fully qualified name; undefined when it is no domain. */
export function canonicalDomain(domain: string): string | undefined {
  const bare = (domain.endsWith('.') ? domain.slice(0, -1) : domain).toLowerCase();
  if (bare === '' || bare.length > 255) return undefined;
  if (bare.startsWith('[')) return bare.endsWith(']') ? bare : undefined;
  if (PLAIN_DOMAIN.test(bare) && !bare.includes('xn--')) return bare;
  // The URL rules would also undo percent signs and read numbers as addresses; a domain has neither.
  if (/[\s%/\\:@?#[\]\u0000-\u0020]/.test(bare)) return undefined;
  const unicode = domainToUnicode(bare.normalize('NFC'));
  // An A-label that stays one is broken: it would be another name each time it is read.
  if (/(^|\.)(xn--|\.|$)/.test(unicode)) return undefined;
  if (!/[^\x00-\x7f]/.test(unicode)) return PLAIN_DOMAIN.test(unicode) ? unicode : undefined;
  return unicode.normalize('NFC');
}

/** A local part without the quotes of RFC 5321 section 4.1.2: `"a\"b"` is `a"b`. */
export function unquoted(local: string): string {
  if (local.length < 2 || !local.startsWith('"') || !local.endsWith('"')) return local;
  return local.slice(1, -1).replace(/\\(.)/g, '$1');
}

export function localKey(local: string): string {
  return local.normalize('NFC').toLowerCase();
}

/**
 * Splits at the last `@`: what stands before it is this office's to read and never a second domain, so
 * `user%remote@local` and `"user@remote"@local` cannot become relays (rule S51).
 */
export function parseMailbox(text: string): Mailbox | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const at = text.lastIndexOf('@');
  if (at < 1) return undefined;
  const domain = canonicalDomain(text.slice(at + 1));
  if (domain === undefined) return undefined;
  const local = unquoted(text.slice(0, at));
  return local === '' ? undefined : { local, domain, key: `${localKey(local)}@${domain}` };
}

/** @throws Fault user `bad-address` with the address. */
export function requireMailbox(address: string): Mailbox {
  const mailbox = isValidAddress(address) ? parseMailbox(address) : undefined;
  if (!mailbox || mailbox.domain.startsWith('[')) {
    throw new Fault('user', 'bad-address', `"${address}" is no mail address.`, { detail: { address } });
  }
  return mailbox;
}

/** @throws Fault user `bad-domain` with the domain. */
export function requireDomain(domain: string): string {
  const canonical = canonicalDomain(domain.trim());
  const good =
    canonical !== undefined && !canonical.startsWith('[') && isValidAddress(`postmaster@${canonical}`);
  if (!good) throw new Fault('user', 'bad-domain', `"${domain}" is no domain name.`, { detail: { domain } });
  return canonical;
}
