/**
 * The certificate this server shows: from the office's own authority, made at the first start and renewed by itself,
 * or one the administrator has given. New handshakes take what is newest; connections that are up keep theirs.
 *
 * It must never make a new authority in place of a damaged one: every computer of the office would have to be taught
 * the new one, so the administrator is asked. Keys are files of mode 0600, put in place whole.
 */
import { X509Certificate } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { networkInterfaces, hostname as systemName } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import { Fault, toFault } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { readOwn, readPair, stampOf, writePair } from './certificate-files.ts';
import type { TlsSource } from './listener.ts';
import { dnsNames, type KeyAndCertificate, makeAuthority, makeLeaf } from './office-ca.ts';

export interface CertificateNames {
  /** Fully qualified name of this server; becomes the subject. */
  readonly hostname: string;
  /** Other names: the office's domains. */
  readonly names: readonly string[];
}

export interface CertificatesOptions {
  /** The folder `tls` of the data folder; made if absent. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** As people call the office; stands in the authority's name. */
  readonly officeName: string;
  /** Asked at each check. */
  readonly names: () => Promise<CertificateNames>;
  /** Addresses of this computer, asked at each check; default those of its network interfaces. */
  readonly addresses?: () => readonly string[];
  /** Paths of PEM files to use instead; read again when they change. */
  readonly own?: { readonly certificate: string; readonly key: string };
}

export interface Certificates extends TlsSource {
  /** The authority's certificate, PEM; null when the administrator has given a certificate. */
  readonly authority: string | null;
  /** The server's certificate, PEM. */
  readonly certificate: string;
  /** Looks at time, names and addresses now. True when another certificate is in use afterwards. */
  refresh(): Promise<boolean>;
  close(): void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A leaf is renewed when less than this is left of it. */
const RENEW_MS = 30 * DAY_MS;
/** An authority is replaced when it could not outlive one more leaf. */
const AUTHORITY_LEFT_MS = 400 * DAY_MS;
/** How often time, names and addresses are looked at: a laptop changes its network. */
const CHECK_MS = 5 * 60 * 1000;

/**
 * @throws Fault user `no-access`; `authority-damaged` {file}; for a given certificate `certificate-unreadable` {file,
 *   reason}, `certificate-invalid` {file}, `key-invalid` {file}, `key-encrypted` {file}, `certificate-key-mismatch`.
 */
export async function openCertificates(options: CertificatesOptions): Promise<Certificates> {
  const opened = options.own ? new OwnCertificates(options, options.own) : new OfficeCertificates(options);
  await opened.refresh();
  opened.watch();
  return opened;
}

/** Addresses of this computer that others can use; those of one cable alone (fe80::) need a zone and are left out. */
export function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.toLowerCase().startsWith('fe80:'));
}

abstract class Watched implements Certificates {
  protected readonly options: CertificatesOptions;
  protected current: KeyAndCertificate | undefined;
  abstract readonly authority: string | null;
  #context: SecureContext | undefined;
  #stop: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: CertificatesOptions) {
    this.options = options;
  }

  /** The certificate to use from now on; undefined: go on with the present one. */
  protected abstract renew(): Promise<KeyAndCertificate | undefined>;

  get certificate(): string {
    return this.current?.certificate ?? '';
  }

  secureContext(): SecureContext {
    if (!this.#context) throw new Fault('internal', 'no-certificate', 'There is no certificate yet.');
    return this.#context;
  }

  refresh(): Promise<boolean> {
    const next = this.#turn.then(() => this.#refresh());
    this.#turn = next.catch(() => {});
    return next;
  }

  watch(): void {
    this.#stop = this.options.clock.after(CHECK_MS, () => {
      this.refresh()
        .catch((cause) => this.options.log.error('certificate-not-renewed', { cause }))
        .finally(() => {
          if (this.#stop) this.watch();
        });
    });
  }

  close(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  async #refresh(): Promise<boolean> {
    const renewed = await this.renew();
    if (!renewed) return false;
    const { key, certificate } = renewed;
    // The authority goes along, so that a client that joins can see and keep it.
    const cert = this.authority === null ? certificate : certificate + this.authority;
    this.#context = createSecureContext({ key, cert, minVersion: 'TLSv1.2' });
    this.current = renewed;
    const { validTo, subjectAltName } = new X509Certificate(certificate);
    this.options.log.info('certificate', { validTo, names: subjectAltName });
    return true;
  }
}

class OfficeCertificates extends Watched {
  #authority: KeyAndCertificate | undefined;

  get authority(): string | null {
    return this.#authority?.certificate ?? null;
  }

  protected async renew(): Promise<KeyAndCertificate | undefined> {
    const { dir, clock } = this.options;
    const now = clock.now();
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const authority = await this.#openAuthority(now);
      const { hostname, names } = await this.options.names();
      const here = systemName();
      const local = here.includes('.') ? [here] : [here, `${here}.local`];
      const wanted = dnsNames([hostname, ...names, 'localhost', ...local]);
      const addresses = [
        ...new Set(['127.0.0.1', '::1', ...(this.options.addresses ?? lanAddresses)()]),
      ].sort();
      const kept = this.current ?? (await readPair(dir, 'server').catch(() => undefined));
      if (kept && isGood(kept, authority, wanted, addresses, now)) return this.current ? undefined : kept;
      const leaf = await makeLeaf(authority, wanted, addresses, now);
      await writePair(dir, 'server', leaf);
      return leaf;
    } catch (failure) {
      throw toFault(failure);
    }
  }

  async #openAuthority(now: number): Promise<KeyAndCertificate> {
    const { dir, officeName, log } = this.options;
    const kept = this.#authority ?? (await readPair(dir, 'ca').catch((failure) => damaged(dir, failure)));
    const left = kept ? Date.parse(new X509Certificate(kept.certificate).validTo) - now : 0;
    if (kept && left > AUTHORITY_LEFT_MS) {
      this.#authority = kept;
      return kept;
    }
    const made = await makeAuthority(officeName, now);
    await writePair(dir, 'ca', made);
    log.warn('authority-made', { fingerprint256: new X509Certificate(made.certificate).fingerprint256 });
    this.#authority = made;
    return made;
  }
}

function damaged(dir: string, cause: unknown): never {
  if (cause instanceof Fault) throw cause;
  const file = join(dir, 'ca.pem');
  throw new Fault('user', 'authority-damaged', `The office's certificate authority in ${file} is damaged.`, {
    detail: { file },
    cause,
  });
}

/** True when this leaf can serve on: signed by this authority, for just these names, and for some time yet. */
function isGood(
  leaf: KeyAndCertificate,
  authority: KeyAndCertificate,
  names: readonly string[],
  addresses: readonly string[],
  now: number,
): boolean {
  const x509 = new X509Certificate(leaf.certificate);
  if (!x509.verify(new X509Certificate(authority.certificate).publicKey)) return false;
  if (Date.parse(x509.validTo) - now < RENEW_MS || Date.parse(x509.validFrom) > now) return false;
  const alternatives = (x509.subjectAltName ?? '').split(', ');
  const dns = alternatives.filter((each) => each.startsWith('DNS:')).map((each) => each.slice(4));
  return (
    [...dns].sort().join() === [...names].sort().join() &&
    alternatives.length === names.length + addresses.length &&
    addresses.every((each) => x509.checkIP(each) !== undefined)
  );
}

class OwnCertificates extends Watched {
  readonly authority = null;
  readonly #files: { readonly certificate: string; readonly key: string };
  #stamp = '';

  constructor(options: CertificatesOptions, files: { readonly certificate: string; readonly key: string }) {
    super(options);
    this.#files = files;
  }

  protected async renew(): Promise<KeyAndCertificate | undefined> {
    const { certificate, key } = this.#files;
    const stamp = `${await stampOf(certificate)} ${await stampOf(key)}`;
    if (stamp === this.#stamp) return undefined;
    const pair = await readOwn(certificate, key);
    this.#stamp = stamp;
    const { validTo } = new X509Certificate(pair.certificate);
    if (Date.parse(validTo) < this.options.clock.now())
      this.options.log.warn('certificate-expired', { file: certificate, validTo });
    return pair;
  }
}
