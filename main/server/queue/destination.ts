/**
 * Where a domain's letters leave to: a smarthost, a route of its own, or the hosts its MX records name (RFC 5321
 * section 5.1, RFC 7505, rules S61, S62). The name service is injected.
 */
import { Fault } from '../../base/errors.ts';
import type { Dns, MxRecord } from '../../net/dns.ts';

export interface Smarthost {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  /** Empty: no sign-in. */
  readonly user: string;
  readonly password: string;
}

export interface RelaySettings {
  /** `none`: nothing leaves the office but by a route. */
  readonly mode: 'none' | 'smarthost' | 'mx';
  readonly smarthost: Smarthost | null;
  /** By domain (A-labels, lower case); before the mode. */
  readonly routes: ReadonlyMap<string, Smarthost>;
}

export const OFFICE_ONLY: RelaySettings = { mode: 'none', smarthost: null, routes: new Map() };

export type Destination =
  | { readonly kind: 'smarthost'; readonly key: string; readonly smarthost: Smarthost }
  | { readonly kind: 'mx'; readonly key: string; readonly domain: string };

/** undefined: letters to this domain cannot leave. */
export function destinationOf(settings: RelaySettings, domain: string): Destination | undefined {
  const route = settings.routes.get(domain);
  const smarthost = route ?? (settings.mode === 'smarthost' ? settings.smarthost : null);
  if (smarthost) return { kind: 'smarthost', key: `${smarthost.host}:${smarthost.port}`, smarthost };
  return settings.mode === 'mx' ? { kind: 'mx', key: domain, domain } : undefined;
}

export interface Target {
  /** The MX's name, for the record; connections go to `address`. */
  readonly host: string;
  readonly address: string;
}

export interface Self {
  /** Names this host answers to, lower case. */
  readonly names: ReadonlySet<string>;
  /** Addresses of this host. */
  readonly addresses: ReadonlySet<string>;
}

/** Hosts of one letter's attempt; more than this and the sender waits for ever (RFC 5321: at least two). */
const MAX_TARGETS = 6;

/**
 * Addresses to try, best first.
 * @param random 0 <= x < 1, for hosts of equal preference.
 * @throws Fault remote with detail.status: 5.1.10 (RFC 7505 null MX), 5.1.2 (no such domain), 5.4.4 (MX of no use),
 *   5.4.6 (it is ourselves); transient `no-route` when the name service does not answer.
 */
export async function targetsOf(
  domain: string,
  dns: Dns,
  self: Self,
  random: () => number,
): Promise<Target[]> {
  const literal = /^\[(?:IPv6:)?([0-9a-f.:]+)\]$/i.exec(domain)?.[1];
  if (literal) {
    if (self.addresses.has(literal)) throw undeliverable('5.4.6', `${domain} is this server itself.`);
    return [{ host: domain, address: literal }];
  }
  const records = await dns.mx(domain);
  // RFC 7505 section 3: one record with an empty name says that nobody takes mail there.
  if (records.length === 1 && isRoot(records[0]!)) throw undeliverable('5.1.10', `${domain} takes no mail.`);
  if (records.length === 0) {
    const targets = await addressesOf([domain], dns, self);
    if (targets.found.length > 0) return targets.found;
    if (targets.ourselves) throw undeliverable('5.4.6', `${domain} leads back to this server.`);
    throw undeliverable('5.1.2', `There is no domain ${domain}.`);
  }
  const usable = beforeOurselves(records, self);
  if (usable.length === 0) throw undeliverable('5.4.6', `The mail of ${domain} leads back to this server.`);
  const targets = await addressesOf(shuffled(usable, random), dns, self);
  if (targets.found.length > 0) return targets.found;
  // RFC 5321 section 5.1: MX records of no use are an error, the domain's own address is never tried.
  if (targets.ourselves) throw undeliverable('5.4.6', `The mail of ${domain} leads back to this server.`);
  throw undeliverable('5.4.4', `None of the mail hosts of ${domain} has an address.`);
}

function isRoot(record: MxRecord): boolean {
  return record.exchange === '' || record.exchange === '.';
}

/** RFC 5321 section 5.1: ourselves and everything that is not better than us is left out, or mail would circle. */
function beforeOurselves(records: readonly MxRecord[], self: Self): MxRecord[] {
  const own = records.filter((each) => self.names.has(nameOf(each))).map((each) => each.priority);
  const limit = own.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...own);
  return records.filter((each) => !isRoot(each) && each.priority < limit);
}

function nameOf(record: MxRecord): string {
  return record.exchange.toLowerCase().replace(/\.$/, '');
}

function shuffled(records: readonly MxRecord[], random: () => number): string[] {
  return records
    .map((record) => ({ name: nameOf(record), priority: record.priority, lot: random() }))
    .sort((a, b) => a.priority - b.priority || a.lot - b.lot)
    .map((each) => each.name);
}

async function addressesOf(
  hosts: readonly string[],
  dns: Dns,
  self: Self,
): Promise<{ found: Target[]; ourselves: boolean }> {
  const found: Target[] = [];
  let ourselves = false;
  let silent: unknown;
  for (const host of hosts) {
    if (found.length >= MAX_TARGETS) break;
    try {
      for (const address of await dns.addresses(host)) {
        if (self.addresses.has(address)) ourselves = true;
        else if (found.length < MAX_TARGETS) found.push({ host, address });
      }
    } catch (failure) {
      silent = failure;
    }
  }
  if (found.length === 0 && !ourselves && silent) throw silent;
  return { found, ourselves };
}

function undeliverable(status: string, message: string): Fault {
  return new Fault('remote', 'undeliverable', message, { detail: { status } });
}
