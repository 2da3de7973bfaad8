/**
 * Finds the servers of an address (protocols.md 5.6): the built-in list; the domain's own autoconfig over
 * HTTPS; the public database, asked by domain only; the host that takes the domain's mail; SRV records; and
 * a guess when nothing else answered. Each source has ten seconds; the first complete answer in this order
 * stands first.
 *
 * Never: a password leaves here; the address goes to anybody but its own domain; an answer over plain HTTP is
 * used; a failure of one source stops another.
 */

import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { EventData } from '../../contract/contract.ts';
import type { Discovered, Server } from '../../contract/mail/accounts.ts';
import { domainOf, isValidAddress } from '../../mail/address.ts';
import type { Dns, SrvRecord } from '../../net/dns.ts';
import { parseAutoconfig, type ServerPair } from './autoconfig.ts';
import { type Provider, providerByMx, providerOf } from './providers.ts';

export interface DiscoveryDeps {
  readonly clock: Clock;
  readonly dns: Dns;
  /** The document at an https: address; null: there is none. Follows no redirection to plain HTTP. */
  readonly fetchText: (url: string, signal: AbortSignal) => Promise<string | null>;
  /** Whether a server of this kind answers there. */
  readonly knock: (server: Server, kind: 'imap' | 'pop3' | 'smtp', signal: AbortSignal) => Promise<boolean>;
}

export type DiscoveryStep = EventData<'discovery'>['step'];
export type Source = 'providers' | 'autoconfig' | 'ispdb' | 'mx' | 'srv' | 'guess';
const ORDER: readonly Source[] = ['providers', 'autoconfig', 'ispdb', 'mx', 'srv', 'guess'];
export const SOURCE_MS = 10_000;
const ISPDB = 'https://autoconfig.thunderbird.net/v1.1/';

interface Answer extends ServerPair {
  source: Source;
  /** The hosts were named by somebody whose word needs no look. */
  vouched: boolean;
}

export async function discover(
  address: string,
  deps: DiscoveryDeps,
  onStep: (step: DiscoveryStep) => void,
  signal?: AbortSignal,
): Promise<{ steps: DiscoveryStep[]; found: Discovered[] }> {
  if (!isValidAddress(address)) {
    throw new Fault('user', 'bad-address', 'This is not a mail address.', { detail: { address } });
  }
  const domain = domainOf(address).toLowerCase();
  const steps = new Map<Source, DiscoveryStep>();
  const tell = (source: Source, state: DiscoveryStep['state'], detail = '') => {
    const step = { source, state, detail };
    steps.set(source, step);
    onStep(step);
  };
  const ask = async (
    source: Source,
    work: (signal: AbortSignal) => Promise<Answer | null>,
  ): Promise<Answer | null> => {
    tell(source, 'asking');
    try {
      const answer = await within(deps.clock, signal, work);
      const host = answer?.incoming?.host ?? answer?.outgoing?.host;
      tell(source, answer ? 'found' : 'nothing', host ?? '');
      return answer;
    } catch (failure) {
      signal?.throwIfAborted();
      tell(source, 'failed', failure instanceof Fault ? failure.code : 'no-route');
      return null;
    }
  };
  const known = await ask('providers', async () =>
    fromProvider(providerOf(domain), address, 'providers', true),
  );
  const answers: (Answer | null)[] = [known];
  if (!known) {
    answers.push(
      ...(await Promise.all([
        ask('autoconfig', (each) => autoconfig(deps, domain, address, each)),
        ask('ispdb', (each) => ispdb(deps, domain, address, 'ispdb', true, each)),
        ask('mx', (each) => byMx(deps, domain, address, each)),
        ask('srv', (each) => bySrv(deps, domain, address, each)),
      ])),
    );
    if (!answers.some(isComplete))
      answers.push(await ask('guess', (each) => guess(deps, domain, address, each)));
  }
  const sorted = answers
    .filter((each) => each !== null)
    .sort(
      (a, b) =>
        Number(isComplete(b)) - Number(isComplete(a)) || ORDER.indexOf(a.source) - ORDER.indexOf(b.source),
    );
  return {
    steps: ORDER.map((source) => steps.get(source)).filter((each) => each !== undefined),
    found: withoutTwins(sorted.map((each) => discovered(each, domain))),
  };
}

const isComplete = (answer: Answer | null): boolean => Boolean(answer?.incoming && answer.outgoing);

function discovered(answer: Answer, domain: string): Discovered {
  const servers = [answer.incoming, answer.outgoing].filter((each) => each !== null);
  const own = baseDomain(domain);
  return {
    kind: answer.kind,
    incoming: answer.incoming,
    outgoing: answer.outgoing,
    source: answer.source,
    secure: servers.every((each) => each.security !== 'none'),
    foreignHost: !answer.vouched && servers.some((each) => baseDomain(each.host) !== own),
  };
}

function withoutTwins(found: readonly Discovered[]): Discovered[] {
  const seen = new Set<string>();
  return found.filter((each) => {
    const key = JSON.stringify([each.kind, each.incoming, each.outgoing]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function fromProvider(
  provider: Provider | undefined,
  address: string,
  source: Source,
  vouched: boolean,
): Answer | null {
  if (!provider) return null;
  const server = (each: Provider['incoming']): Server => ({ ...each, user: address, auth: 'auto' });
  return {
    kind: 'imap',
    incoming: server(provider.incoming),
    outgoing: server(provider.outgoing),
    source,
    vouched,
  };
}

/** The domain's own word; the address goes to nobody else. */
async function autoconfig(
  deps: DiscoveryDeps,
  domain: string,
  address: string,
  signal: AbortSignal,
): Promise<Answer | null> {
  const asked = encodeURIComponent(address);
  const urls = [
    `https://autoconfig.${domain}/mail/config-v1.1.xml?emailaddress=${asked}`,
    `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=${asked}`,
  ];
  const results = await Promise.allSettled(urls.map((url) => deps.fetchText(url, signal)));
  for (const each of results) {
    const pair =
      each.status === 'fulfilled' && each.value !== null ? parseAutoconfig(each.value, address) : null;
    if (pair) return { ...pair, source: 'autoconfig', vouched: false };
  }
  const failed = results.find((each) => each.status === 'rejected');
  if (failed && results.every((each) => each.status === 'rejected')) throw failed.reason;
  return null;
}

async function ispdb(
  deps: DiscoveryDeps,
  domain: string,
  address: string,
  source: Source,
  vouched: boolean,
  signal: AbortSignal,
): Promise<Answer | null> {
  const xml = await deps.fetchText(ISPDB + encodeURIComponent(domain), signal);
  const pair = xml === null ? null : parseAutoconfig(xml, address);
  return pair && { ...pair, source, vouched };
}

/** A company's domain whose mail is taken by a provider. The name service is not secured, so the host wants a look. */
async function byMx(
  deps: DiscoveryDeps,
  domain: string,
  address: string,
  signal: AbortSignal,
): Promise<Answer | null> {
  const [first] = await deps.dns.mx(domain, signal);
  if (!first) return null;
  const provider = fromProvider(providerByMx(first.exchange), address, 'mx', false);
  if (provider) return provider;
  const base = baseDomain(first.exchange);
  if (base === baseDomain(domain)) return null;
  const url = `https://autoconfig.${base}/mail/config-v1.1.xml`;
  const own = await deps.fetchText(url, signal).catch(() => null);
  const pair = own === null ? null : parseAutoconfig(own, address);
  if (pair) return { ...pair, source: 'mx', vouched: false };
  return ispdb(deps, base, address, 'mx', false, signal);
}

/** RFC 6186 and RFC 8314: encrypted from the start first. "." says that the service is not offered. */
async function bySrv(
  deps: DiscoveryDeps,
  domain: string,
  address: string,
  signal: AbortSignal,
): Promise<Answer | null> {
  const ask = async (service: string): Promise<SrvRecord | undefined> => {
    const [first] = await deps.dns.srv(`_${service}._tcp.${domain}`, signal);
    return first && first.target !== '.' && first.target !== '' ? first : undefined;
  };
  const [imaps, imap, pop3s, pop3, submissions, submission] = await Promise.all(
    ['imaps', 'imap', 'pop3s', 'pop3', 'submissions', 'submission'].map(ask),
  );
  const server = (record: SrvRecord | undefined, security: Server['security']): Server | null =>
    record
      ? {
          host: record.target.toLowerCase().replace(/\.$/, ''),
          port: record.port,
          security,
          user: address,
          auth: 'auto',
        }
      : null;
  const better = server(imaps, 'tls') ?? server(imap, 'starttls');
  const incoming = better ?? server(pop3s, 'tls') ?? server(pop3, 'starttls');
  const outgoing = server(submissions, 'tls') ?? server(submission, 'starttls');
  const kind = better || !incoming ? 'imap' : 'pop3';
  return incoming || outgoing ? { kind, incoming, outgoing, source: 'srv', vouched: false } : null;
}

/** Names and ports that most servers have, encrypted ones first. */
async function guess(
  deps: DiscoveryDeps,
  domain: string,
  address: string,
  signal: AbortSignal,
): Promise<Answer | null> {
  const candidates = (
    names: readonly string[],
    ports: readonly (readonly [number, Server['security']])[],
  ): Server[] =>
    ports.flatMap(([port, security]) =>
      names.map((name) => ({
        host: `${name}.${domain}`,
        port,
        security,
        user: address,
        auth: 'auto' as const,
      })),
    );
  const first = async (
    kind: 'imap' | 'pop3' | 'smtp',
    servers: readonly Server[],
  ): Promise<Server | null> => {
    const answers = await Promise.all(
      servers.map(async (server) => {
        try {
          return (await deps.dns.exists(server.host, signal)) && (await deps.knock(server, kind, signal));
        } catch {
          return false;
        }
      }),
    );
    return servers.find((_server, at) => answers[at]) ?? null;
  };
  const [imap, pop3, outgoing] = await Promise.all([
    first(
      'imap',
      candidates(
        ['imap', 'mail'],
        [
          [993, 'tls'],
          [143, 'starttls'],
        ],
      ),
    ),
    first(
      'pop3',
      candidates(
        ['pop3', 'pop', 'mail'],
        [
          [995, 'tls'],
          [110, 'starttls'],
        ],
      ),
    ),
    first(
      'smtp',
      candidates(
        ['smtp', 'mail'],
        [
          [465, 'tls'],
          [587, 'starttls'],
        ],
      ),
    ),
  ]);
  const incoming = imap ?? pop3;
  const kind = imap || !incoming ? 'imap' : 'pop3';
  return incoming || outgoing ? { kind, incoming, outgoing, source: 'guess', vouched: false } : null;
}

/** The registrable part of a name, near enough for "is this the same owner?". */
export function baseDomain(host: string): string {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  const shared =
    /^(?:co|com|org|net|ac|gov|edu|or|ne|msk|spb)$/.test(labels.at(-2) ?? '') &&
    (labels.at(-1) ?? '').length === 2;
  return labels.slice(shared ? -3 : -2).join('.');
}

async function within<T>(
  clock: Clock,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const late = new Fault('transient', 'timed-out', 'There was no answer in time.');
  const stop = clock.after(SOURCE_MS, () => own.abort(late));
  const signal = outer ? AbortSignal.any([outer, own.signal]) : own.signal;
  // Whoever does not listen to the signal must not hold the others up either.
  const given = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  given.catch(() => {});
  try {
    return await Promise.race([work(signal), given]);
  } finally {
    stop();
  }
}
