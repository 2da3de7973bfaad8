/** The key file of a profile, for hosts without a key store of the operating system. */
import { mkdir } from 'node:fs/promises';
import { openVault, type Secrets } from '../client/security/vault.ts';

export type { Secrets };

/** @param dir the profile's folder; made when missing. Throws `no-access`, `vault-damaged`. */
export async function openOwnSecrets(dir: string): Promise<Secrets> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return openVault(dir);
}
