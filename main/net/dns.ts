/**
 * Questions to the name service, injected wherever an answer decides something, so that tests need no
 * network. "There is no such record" is an answer (an empty list); "nobody answered" is a Fault.
 */
import { Resolver, reverse } from 'node:dns/promises';
import { Fault } from '../base/errors.ts';

export interface MxRecord {
  readonly exchange: string;
  readonly priority: number;
}
export interface SrvRecord {
  /** '.' means: this service is decidedly not offered (RFC 2782). */
  readonly target: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}
export interface Dns {
  /** Lowest preference first. */
  mx(domain: string, signal?: AbortSignal): Promise<MxRecord[]>;
  /** `name` with its underscores, e.g. `_imaps._tcp.example.org`; lowest priority first. */
  srv(name: string, signal?: AbortSignal): Promise<SrvRecord[]>;
  /** IPv4 before IPv6; none is an empty list. */
  addresses(host: string, signal?: AbortSignal): Promise<string[]>;
  /** Whether the host has an address. */
  exists(host: string, signal?: AbortSignal): Promise<boolean>;
}

const ABSENT = new Set(['ENOTFOUND', 'ENODATA', 'NOTFOUND', 'NODATA', 'EBADNAME']);

/** The system's resolvers. @param timeout ms for one question to one resolver. */
export function systemDns(timeout = 5000): Dns {
  const ask = async <T>(
    signal: AbortSignal | undefined,
    question: (resolver: Resolver) => Promise<T[]>,
  ): Promise<T[]> => {
    const resolver = new Resolver({ timeout, tries: 2 });
    const cancel = () => resolver.cancel();
    signal?.throwIfAborted();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await question(resolver);
    } catch (failure) {
      signal?.throwIfAborted();
      if (ABSENT.has((failure as { code?: string }).code ?? '')) return [];
      throw new Fault('transient', 'no-route', 'The name service did not answer.', { cause: failure });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  };
  return {
    async mx(domain, signal) {
      const found = await ask(signal, (resolver) => resolver.resolveMx(domain));
      return found.sort((a, b) => a.priority - b.priority);
    },
    async srv(name, signal) {
      const found = await ask(signal, (resolver) => resolver.resolveSrv(name));
      return found
        .map((each) => ({ target: each.name, port: each.port, priority: each.priority, weight: each.weight }))
        .sort((a, b) => a.priority - b.priority || b.weight - a.weight);
    },
    async addresses(host, signal) {
      const four = await ask(signal, (resolver) => resolver.resolve4(host));
      return [...four, ...(await ask(signal, (resolver) => resolver.resolve6(host)))];
    },
    async exists(host, signal) {
      const four = await ask(signal, (resolver) => resolver.resolve4(host));
      return four.length > 0 || (await ask(signal, (resolver) => resolver.resolve6(host))).length > 0;
    },
  };
}

/** Names of an address as the system knows them. This computer's own are asked of nobody. */
export async function systemReverse(ip: string): Promise<string[]> {
  return ip === '::1' || ip.startsWith('127.') ? [] : reverse(ip);
}
