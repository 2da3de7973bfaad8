/**
 * TLS towards mail servers, and whom it trusts.
 *
 * A certificate is good when the system's authorities vouch for it and it carries the server's name, or
 * when the person has kept a certificate for exactly this host and port (its SHA-256 fingerprint): the
 * server's own, or the authority that signed it, as an office's is kept. There is no third way: nothing here
 * can "turn checks off", and a kept certificate never counts for another host or port.
 *
 * Invariant: a socket returned by startTls() has been verified. Where a library makes its own handshake,
 * tlsOptions() lets a certificate through only where one is kept for that host and port, and the caller
 * must call verifyPeer() before it sends a single credential.
 */
import { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import tls, { type ConnectionOptions, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { Fault } from '../base/errors.ts';
import { connectionFault, type Endpoint, socketFault } from './failure.ts';

/** The kept certificates: SHA-256 fingerprint ("AB:CD:...") for a host and port, or undefined. */
export type TrustedCertificates = (host: string, port: number) => string | undefined;

/** What a person is shown of a certificate; plain data. The contract's `Certificate`. */
export interface CertificateFacts {
  host: string;
  port: number;
  fingerprint256: string;
  subject: string;
  issuer: string;
  /** ISO 8601 UTC. */
  validFrom: string;
  validTo: string;
  names: string[];
  reason: CertificateReason;
}
export type CertificateReason =
  | 'self-signed'
  | 'expired'
  | 'wrong-name'
  | 'unknown-issuer'
  | 'replaced-by-antivirus'
  | 'changed';

export interface TlsTrust {
  readonly endpoint: Endpoint;
  readonly trusted: TrustedCertificates;
  /** Authorities instead of the system's, PEM; for tests and for an office's own authority. */
  readonly authorities?: readonly string[];
}

/** Programs that put themselves into TLS connections of the computer they protect, by their authority's name. */
const ANTIVIRUS =
  /kaspersky|\beset\b|avast|\bavg\b|dr\.?\s?web|norton|symantec endpoint|bitdefender|sophos|mcafee|trend micro|comodo internet|adguard|f-secure|g ?data|panda|360 (?:total|internet)|zonealarm|fortinet|fortigate|zscaler|netskope|cisco umbrella/i;

const EXPIRED = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

/**
 * Options for a library that calls tls.connect() itself. Verification is Node's own, except where a
 * certificate is kept for this host and port: then the handshake passes and verifyPeer() decides.
 */
export function tlsOptions(trust: TlsTrust): ConnectionOptions {
  const { host, port } = trust.endpoint;
  const options: ConnectionOptions = {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: trust.trusted(host, port) === undefined,
  };
  if (trust.authorities) options.ca = [...trust.authorities];
  // RFC 6066 section 3: the server name is never an address.
  if (isIP(host) === 0) options.servername = host;
  return options;
}

/**
 * Judges the certificate of a finished handshake.
 * @throws Fault user `certificate-unknown`, `certificate-changed` or `certificate-antivirus`, with the
 *   certificate's facts under `detail.certificate`.
 */
export function verifyPeer(socket: TLSSocket, trust: TlsTrust): void {
  if (socket.authorized) return;
  const { host, port } = trust.endpoint;
  const certificate = socket.getPeerCertificate(true);
  if (!certificate?.fingerprint256) {
    throw connectionFault('tls-failed', trust.endpoint, { cause: socket.authorizationError });
  }
  const kept = trust.trusted(host, port);
  if (kept !== undefined) {
    if (sameFingerprint(kept, certificate.fingerprint256)) return;
    if (signedByKept(certificate, kept, host)) return;
  }
  const problem = socket.authorizationError as unknown;
  const code = problem instanceof Error ? ((problem as { code?: string }).code ?? '') : String(problem ?? '');
  throw certificateFault(certificate, code, trust, kept !== undefined);
}

/**
 * Makes `socket` (connected, nothing of TLS on it yet) a verified TLS connection.
 * @param timeout ms for the whole handshake.
 * @throws Fault with a connection code. The socket is destroyed then.
 */
export function startTls(
  socket: Socket,
  trust: TlsTrust,
  timeout: number,
  signal?: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // The handshake is let through so that the certificate can be shown; verifyPeer() decides below.
    const secured = tls.connect({ ...tlsOptions(trust), rejectUnauthorized: false, socket });
    const timer = setTimeout(() => fail(connectionFault('timed-out', trust.endpoint)), timeout);
    const stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      secured.removeListener('error', fail);
      secured.removeListener('close', closed);
    };
    const fail = (failure: unknown) => {
      stop();
      secured.on('error', () => {});
      secured.destroy();
      const fault = socketFault(failure, trust.endpoint);
      // A peer that drops the line in the middle of the handshake refuses TLS, whatever the errno says.
      reject(
        fault.code === 'server-error'
          ? connectionFault('tls-failed', trust.endpoint, { cause: failure })
          : fault,
      );
    };
    const closed = () => fail(new Fault('transient', 'tls-failed', 'The server closed the connection.'));
    const abort = () => fail(signal?.reason);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    secured.once('error', fail);
    secured.once('close', closed);
    secured.once('secureConnect', () => {
      try {
        verifyPeer(secured, trust);
      } catch (failure) {
        return fail(failure);
      }
      stop();
      resolve(secured);
    });
  });
}

/**
 * True when the kept certificate is an authority that the server sent along and that signed the server's, which has the
 * host's name and is valid now. The handshake has proved that the server has its key; all the rest is proved here, because
 * Node stopped at an authority that the system does not know.
 */
function signedByKept(certificate: DetailedPeerCertificate, kept: string, host: string): boolean {
  const issuer = certificate.issuerCertificate;
  if (!issuer?.raw || issuer === certificate || !sameFingerprint(kept, issuer.fingerprint256)) return false;
  const leaf = new X509Certificate(certificate.raw);
  const authority = new X509Certificate(issuer.raw);
  const now = Date.now();
  const valid = (each: X509Certificate) =>
    Date.parse(each.validFrom) <= now && now <= Date.parse(each.validTo);
  const named = isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host);
  return (
    authority.ca && leaf.verify(authority.publicKey) && valid(leaf) && valid(authority) && named !== undefined
  );
}

function sameFingerprint(one: string, two: string): boolean {
  const plain = (text: string) => text.replaceAll(':', '').toUpperCase();
  return plain(one) === plain(two);
}

function certificateFault(
  certificate: DetailedPeerCertificate,
  code: string,
  trust: TlsTrust,
  wasKept: boolean,
): Fault {
  const antivirus = issuersOf(certificate).find((name) => ANTIVIRUS.test(name));
  let reason: CertificateReason = 'unknown-issuer';
  if (wasKept) reason = 'changed';
  else if (antivirus !== undefined) reason = 'replaced-by-antivirus';
  else if (EXPIRED.has(code)) reason = 'expired';
  else if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') reason = 'wrong-name';
  else if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') reason = 'self-signed';
  const facts: CertificateFacts = { ...certificateFacts(certificate, trust.endpoint), reason };
  const which =
    reason === 'changed'
      ? 'certificate-changed'
      : reason === 'replaced-by-antivirus'
        ? 'certificate-antivirus'
        : 'certificate-unknown';
  return connectionFault(which, trust.endpoint, {
    detail: { certificate: facts, ...(antivirus === undefined ? {} : { program: antivirus }) },
  });
}

/** Names of everybody above the leaf, nearest first; a broken chain may point at itself. */
function issuersOf(leaf: DetailedPeerCertificate): string[] {
  const names: string[] = [];
  const seen = new Set<DetailedPeerCertificate>();
  for (let at: DetailedPeerCertificate | undefined = leaf; at && !seen.has(at); at = at.issuerCertificate) {
    seen.add(at);
    if (at.issuer) names.push(nameText(at.issuer));
  }
  return names;
}

function certificateFacts(
  certificate: DetailedPeerCertificate,
  endpoint: Endpoint,
): Omit<CertificateFacts, 'reason'> {
  return {
    host: endpoint.host,
    port: endpoint.port,
    fingerprint256: certificate.fingerprint256,
    subject: nameText(certificate.subject),
    issuer: nameText(certificate.issuer),
    validFrom: isoTime(certificate.valid_from),
    validTo: isoTime(certificate.valid_to),
    names: (certificate.subjectaltname ?? '')
      .split(', ')
      .map((each) => each.replace(/^(DNS|IP Address):/, ''))
      .filter((each) => each !== ''),
  };
}

function nameText(name: object | undefined): string {
  return Object.entries(name ?? {})
    .map(([field, value]) => `${field}=${Array.isArray(value) ? value.join('+') : String(value)}`)
    .join(', ');
}

function isoTime(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}
