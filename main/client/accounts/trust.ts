/**
 * Certificates the person has kept, in memory for the connections that ask at every handshake. The database
 * is the truth; this copy is read at start and after every change.
 */
import type { TrustedCertificates } from '../../net/tls.ts';
import type { ClientStore } from '../program.ts';

export interface Trust {
  readonly trusted: TrustedCertificates;
  /** Keeps this one certificate for this host and port; resolves when it is durable. */
  keep(host: string, port: number, fingerprint256: string): Promise<void>;
}

export async function openTrust(store: ClientStore): Promise<Trust> {
  const kept = new Map<string, string>();
  const key = (host: string, port: number) => `${host.toLowerCase()}:${port}`;
  for (const each of await store.read('accounts.trusted')) {
    kept.set(key(each.host, each.port), each.fingerprint256);
  }
  return {
    trusted: (host, port) => kept.get(key(host, port)),
    async keep(host, port, fingerprint256) {
      await store.write('accounts.trust', { host, port, fingerprint256 });
      kept.set(key(host, port), fingerprint256);
    },
  };
}
