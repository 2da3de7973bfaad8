/** A verifier that is missing or weaker than today's is made when its password is at hand: behind the sign-in. */
import { randomBytes } from 'node:crypto';
import { SCRAM_ROUNDS } from '../../base/limits.ts';
import { deriveVerifier, parseVerifier, writeVerifier } from '../../net/scram.ts';
import type { Derivations } from './derivations.ts';
import type { CredentialRow } from './rows.ts';
import type { AuthenticatorParts } from './sign-in.ts';

export function upgradeVerifier(
  { store, log }: AuthenticatorParts,
  derivations: Derivations,
  row: CredentialRow,
  password: string,
): void {
  const verifier = row.scram === null ? undefined : parseVerifier(row.scram);
  if (verifier && verifier.iterations >= SCRAM_ROUNDS) return;
  derivations
    .run(() => deriveVerifier(password, randomBytes(16), SCRAM_ROUNDS))
    .then((made) =>
      store.write('directory.upgrade', { id: row.id, scram: writeVerifier(made), from: row.scram }),
    )
    .catch((cause) => log.warn('verifier-upgrade-failed', { person: row.id, cause }));
}
