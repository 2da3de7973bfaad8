/** The autoconfig format (config-v1.1.xml), read without trusting it. Pure. */
import { XMLParser } from 'fast-xml-parser';
import type { IncomingKind, Server } from '../../contract/mail/accounts.ts';

export interface ServerPair {
  /** What `incoming` speaks. */
  kind: IncomingKind;
  incoming: Server | null;
  outgoing: Server | null;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  // No entity of the document's own making is ever expanded.
  processEntities: false,
  isArray: (name) => ['incomingServer', 'outgoingServer', 'authentication'].includes(name),
});

const SECURITY: Record<string, Server['security']> = { SSL: 'tls', STARTTLS: 'starttls', plain: 'none' };
const ORDER: Server['security'][] = ['tls', 'starttls', 'none'];
const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;

/** The servers of a document for an address, or null when it is not such a document or names none. */
export function parseAutoconfig(xml: string, address: string): ServerPair | null {
  let root: unknown;
  try {
    root = parser.parse(xml);
  } catch {
    return null;
  }
  const provider = child(child(root, 'clientConfig'), 'emailProvider');
  const offered = list(provider, 'incomingServer');
  const imap = best(offered, 'imap', address);
  // A maildrop only where there is nothing better.
  const incoming = imap ?? best(offered, 'pop3', address);
  const outgoing = best(list(provider, 'outgoingServer'), 'smtp', address);
  return incoming || outgoing ? { kind: imap || !incoming ? 'imap' : 'pop3', incoming, outgoing } : null;
}

function child(value: unknown, name: string): unknown {
  const found =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return Array.isArray(found) && name !== 'authentication' ? found[0] : found;
}

function list(value: unknown, name: string): unknown[] {
  const found =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  return Array.isArray(found) ? found.slice(0, 20) : [];
}

function text(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'object' && value !== null ? text((value as Record<string, unknown>)['#text']) : '';
}

/** Encrypted before clear, in the order of the document otherwise. */
function best(servers: readonly unknown[], type: string, address: string): Server | null {
  const found = servers
    .filter((each) => text(child(each, '@type')).toLowerCase() === type)
    .map((each) => serverOf(each, address))
    .filter((each) => each !== null);
  found.sort((a, b) => ORDER.indexOf(a.security) - ORDER.indexOf(b.security));
  return found[0] ?? null;
}

function serverOf(value: unknown, address: string): Server | null {
  const host = substitute(text(child(value, 'hostname')), address).toLowerCase();
  const port = Number(text(child(value, 'port')));
  const security = SECURITY[text(child(value, 'socketType'))];
  if (!HOST.test(host) || !Number.isInteger(port) || port < 1 || port > 65_535 || !security) return null;
  const methods = list(value, 'authentication').map((each) => text(each).toLowerCase());
  const passwords = methods.filter(
    (each) => each.startsWith('password') || each === 'plain' || each === 'secure',
  );
  const auth = methods.includes('none')
    ? 'none'
    : passwords.length === 0 && methods.includes('oauth2')
      ? 'xoauth2'
      : 'auto';
  return { host, port, security, user: substitute(text(child(value, 'username')), address) || address, auth };
}

export function substitute(template: string, address: string): string {
  const at = address.lastIndexOf('@');
  return template
    .replaceAll('%EMAILADDRESS%', address)
    .replaceAll('%EMAILLOCALPART%', address.slice(0, at))
    .replaceAll('%EMAILDOMAIN%', address.slice(at + 1));
}
