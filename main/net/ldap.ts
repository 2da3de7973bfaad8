/**
 * Asking a directory (LDAP, RFC 4511): connect, encrypt, bind, search.
 *
 * The connection is ours (dial.ts), so the rules of tls.ts hold: nothing is sent over a certificate that is neither vouched for
 * nor kept, and with StartTLS the bind follows the verified handshake. A session never reconnects by itself, because a new
 * connection would be neither encrypted nor bound. The library is loaded when the first directory is asked.
 */
import type { Socket } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import type { Client, Entry, SearchOptions } from 'ldapts';
import { cancelled, Fault } from '../base/errors.ts';
import { dial } from './dial.ts';
import { connectionFault, type Endpoint, socketFault } from './failure.ts';
import { type TlsTrust, type TrustedCertificates, tlsOptions, verifyPeer } from './tls.ts';

export interface LdapServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  /** DN to bind as; '': anonymously. */
  readonly bind: string;
}

export interface LdapOptions {
  readonly server: LdapServer;
  readonly password: string;
  readonly trusted: TrustedCertificates;
  /** Authorities instead of the system's, PEM. */
  readonly authorities?: readonly string[];
  /** Ms for connecting, and for each answer. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** An entry: its DN, texts and octets by attribute name in lower case. */
export interface LdapEntry {
  readonly dn: string;
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly octets: ReadonlyMap<string, Uint8Array>;
}

export interface LdapSearch {
  readonly base: string;
  /** RFC 4515. */
  readonly filter: string;
  readonly attributes: readonly string[];
  /** Attributes whose values are octets. */
  readonly binary?: readonly string[];
  /** Entries of one page (RFC 2696). */
  readonly page: number;
}

export interface LdapSession {
  /** Pages of entries, one after the other; whoever stops asking gets no more of them. */
  pages(search: LdapSearch): AsyncGenerator<LdapEntry[]>;
  readonly open: boolean;
  close(): void;
}

/**
 * A value inside a filter (RFC 4515 section 3): nothing in it means anything but itself. Other letters stand as they are; the
 * library takes escaped octets of UTF-8 for characters of their own.
 */
export const escapeFilterValue = (text: string): string =>
  text.replaceAll('\u0000', '').replace(/[()*\\]/g, (char) => `\\${char.charCodeAt(0).toString(16)}`);

/**
 * Connected, encrypted as asked and bound.
 * @throws Fault with a connection code, or user `ldap-wrong-password`, remote `ldap-refused`
 */
export async function openLdap(options: LdapOptions): Promise<LdapSession> {
  const { server, signal, timeout } = options;
  const endpoint: Endpoint = { host: server.host, port: server.port };
  const trust: TlsTrust = {
    endpoint,
    trusted: options.trusted,
    ...(options.authorities ? { authorities: options.authorities } : {}),
  };
  const dialled = { endpoint, timeout, ...(signal ? { signal } : {}) };
  const socket: Socket =
    server.security === 'tls' ? await dial({ ...dialled, tls: trust }) : await dial(dialled);
  const { Client: LdapClient, FilterParser } = await import('ldapts');
  let given = false;
  let secured: TLSSocket | null = null;
  const client = new LdapClient({
    url: 'ldap://server',
    timeout,
    connectTimeout: timeout,
    strictDN: false,
    createConnection: (() => {
      if (given) throw connectionFault('server-error', endpoint);
      given = true;
      return socket;
    }) as never,
    createSecureConnection: ((more: { socket: Socket }) => {
      // verifyPeer() decides below, before anything is said.
      secured = tls.connect({ ...tlsOptions(trust), rejectUnauthorized: false, socket: more.socket });
      return secured;
    }) as never,
  });
  const close = (): void => {
    // The layer above first: it still holds the one below.
    if (secured) secured.destroy();
    else socket.destroy();
  };
  socket.on('error', () => {});
  const abort = (): void => close();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    if (server.security === 'starttls') {
      await client.startTLS().catch((failure: unknown) => {
        throw codeOf(failure) > 0
          ? connectionFault('no-tls-offered', endpoint, { cause: failure })
          : ldapFault(failure, endpoint);
      });
      verifyPeer(secured as unknown as TLSSocket, trust);
    }
    // A DN with an empty password would be taken for anonymous and look like success (RFC 4513 section 5.1.2).
    if (server.bind !== '' && options.password === '') throw wrongPassword(endpoint);
    await client.bind(server.bind, options.password);
  } catch (failure) {
    close();
    if (signal?.aborted) throw cancelled();
    throw ldapFault(failure, endpoint);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
  return {
    pages(search) {
      try {
        FilterParser.parseString(search.filter);
      } catch (cause) {
        const detail = { filter: search.filter };
        throw new Fault('user', 'ldap-bad-filter', 'The filter is not one.', { detail, cause });
      }
      return pagesOf(client, search, endpoint);
    },
    get open() {
      return client.isConnected && !socket.destroyed;
    },
    close,
  };
}

async function* pagesOf(client: Client, search: LdapSearch, endpoint: Endpoint): AsyncGenerator<LdapEntry[]> {
  const asked: SearchOptions = {
    scope: 'sub',
    filter: search.filter,
    attributes: [...search.attributes],
    paged: { pageSize: search.page },
    ...(search.binary ? { explicitBufferAttributes: [...search.binary] } : {}),
  };
  try {
    for await (const page of client.searchPaginated(search.base, asked))
      yield page.searchEntries.map(entryOf);
  } catch (failure) {
    throw ldapFault(failure, endpoint);
  }
}

function entryOf(entry: Entry): LdapEntry {
  const values = new Map<string, string[]>();
  const octets = new Map<string, Uint8Array>();
  for (const [name, value] of Object.entries(entry)) {
    if (name === 'dn') continue;
    const all = Array.isArray(value) ? value : [value];
    // Options of an attribute ("cn;lang-ru") say nothing here.
    const key = name.toLowerCase().replace(/;.*$/, '');
    const texts = all.filter((each): each is string => typeof each === 'string' && each !== '');
    const [binary] = all.filter((each): each is Buffer => Buffer.isBuffer(each) && each.length > 0);
    if (texts.length > 0) values.set(key, [...(values.get(key) ?? []), ...texts]);
    if (binary) octets.set(key, Uint8Array.from(binary));
  }
  return { dn: entry.dn, values, octets };
}

const codeOf = (failure: unknown): number => {
  const code = (failure as { code?: unknown } | null)?.code;
  return typeof code === 'number' ? code : -1;
};

const wrongPassword = (endpoint: Endpoint): Fault =>
  new Fault('user', 'ldap-wrong-password', `${endpoint.host} did not accept the name or the password.`, {
    detail: { host: endpoint.host, port: endpoint.port },
  });

/** Result codes of RFC 4511 appendix A as faults; the server's own words under `reply`. */
function ldapFault(failure: unknown, endpoint: Endpoint): Fault {
  if (failure instanceof Fault) return failure;
  const reply = failure instanceof Error ? failure.message.slice(0, 500) : '';
  const detail = { host: endpoint.host, port: endpoint.port, reply };
  switch (codeOf(failure)) {
    case 49:
      return wrongPassword(endpoint);
    case 32:
    case 34:
      return new Fault('user', 'ldap-no-base', 'The directory has no such place to search in.', { detail });
    case 3:
    case 4:
    case 11:
      return new Fault('remote', 'ldap-limit', 'The directory gives fewer entries than there are.', {
        detail,
      });
    case -1:
      break;
    default:
      return new Fault('remote', 'ldap-refused', `${endpoint.host} refused the request.`, { detail });
  }
  if (/timeout/i.test(reply)) return connectionFault('timed-out', endpoint, { cause: failure });
  const fault = socketFault(failure, endpoint);
  return fault.code === 'server-error'
    ? connectionFault('server-error', endpoint, { detail, cause: failure })
    : fault;
}
