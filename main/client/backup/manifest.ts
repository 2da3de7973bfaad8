/** The list inside a backup: what it is, which files it has with their hashes, and the sealed passwords. */
import { z } from 'zod';

export const BACKUP_MANIFEST = 'postroom-backup.json';
/** Raised when an older program could not read a newer backup. */
export const BACKUP_VERSION = 1;

/** Only what a profile has: nothing in a backup can be written anywhere else. */
const StoredFile = z.string().regex(/^(store\.db|segments\/\d{6,12}\.seg)$/);

export const SealedPasswords = z.object({
  kdf: z.literal('scrypt'),
  cost: z
    .int()
    .min(1024)
    .max(2 ** 20),
  block: z.int().min(1).max(32),
  parallel: z.int().min(1).max(16),
  salt: z.string(),
  nonce: z.string(),
  /** AES-256-GCM of a JSON list of [name, value], its tag at the end; base64. */
  sealed: z.string(),
});
export type SealedPasswords = z.infer<typeof SealedPasswords>;

export const BackupManifest = z.object({
  format: z.literal('postroom-backup'),
  version: z.int().min(1),
  /** ms */
  at: z.number(),
  /** Of the program that made it. */
  program: z.string(),
  messages: z.int(),
  accounts: z.array(z.string()),
  files: z
    .array(z.object({ name: StoredFile, size: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .min(1),
  passwords: SealedPasswords.nullable(),
});
export type BackupManifest = z.infer<typeof BackupManifest>;
