import { z } from 'zod';
import { entry } from '../entry.ts';
import { Id } from './views.ts';

export const Security = z.enum(['tls', 'starttls', 'none']);
export type Security = z.infer<typeof Security>;

export const Server = z.object({
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65535),
  security: Security,
  user: z.string().max(512),
  /** `auto`: the strongest the server offers. */
  auth: z.enum(['auto', 'plain', 'login', 'cram-md5', 'scram-sha-256', 'xoauth2', 'none']).default('auto'),
});
export type Server = z.infer<typeof Server>;
export type ServerInput = z.input<typeof Server>;

export const KeepPolicy = z.discriminatedUnion('keep', [
  z.object({ keep: z.literal('everything') }),
  z.object({ keep: z.literal('months'), months: z.int().min(1).max(600) }),
  z.object({ keep: z.literal('headers') }),
]);
export type KeepPolicy = z.infer<typeof KeepPolicy>;

export const AccountState = z.enum([
  'idle',
  'connecting',
  'syncing',
  'online',
  'offline',
  'needs-password',
  'needs-trust',
  'failed',
]);
export type AccountState = z.infer<typeof AccountState>;

export const Account = z.object({
  id: Id,
  kind: z.enum(['imap', 'local']),
  address: z.string(),
  name: z.string(),
  incoming: Server.nullable(),
  outgoing: Server.nullable(),
  policy: KeepPolicy,
  /** Append sent letters to the Sent folder (off where the provider stores them itself). */
  saveSent: z.boolean(),
  state: AccountState,
  /** Last failure, for the sentence: a contract error code and its facts. */
  problem: z
    .object({ code: z.string(), message: z.string(), detail: z.record(z.string(), z.unknown()).optional() })
    .nullable(),
  lastSync: z.number().nullable(),
});
export type Account = z.infer<typeof Account>;

export const Certificate = z.object({
  host: z.string(),
  port: z.int(),
  fingerprint256: z.string(),
  subject: z.string(),
  issuer: z.string(),
  validFrom: z.string(),
  validTo: z.string(),
  names: z.array(z.string()),
  /** Why it is not trusted: self-signed, expired, wrong-name, unknown-issuer, replaced-by-antivirus, changed */
  reason: z.string(),
});
export type Certificate = z.infer<typeof Certificate>;

/** One line of the search for settings, shown while it runs. */
export const DiscoveryStep = z.object({
  source: z.string(),
  state: z.enum(['asking', 'found', 'nothing', 'failed']),
  detail: z.string().default(''),
});
export const Discovered = z.object({
  incoming: Server.nullable(),
  outgoing: Server.nullable(),
  source: z.string(),
  /** false: came over plain HTTP or without TLS; shown with a warning, never accepted silently. */
  secure: z.boolean(),
  /** true: the host lies outside the address's domain and wants a look. */
  foreignHost: z.boolean(),
});
export type Discovered = z.infer<typeof Discovered>;

export const TestResult = z.object({
  incoming: z.object({
    ok: z.boolean(),
    code: z.string(),
    message: z.string(),
    certificate: Certificate.nullable(),
    detail: z.record(z.string(), z.unknown()).optional(),
  }),
  outgoing: z.object({
    ok: z.boolean(),
    code: z.string(),
    message: z.string(),
    certificate: Certificate.nullable(),
    detail: z.record(z.string(), z.unknown()).optional(),
  }),
});
export type TestResult = z.infer<typeof TestResult>;

/** Codes of connection failures, each with a sentence of its own. */
export const CONNECTION_ERRORS = [
  'wrong-password',
  'no-route',
  'name-not-found',
  'connection-refused',
  'timed-out',
  'wrong-port',
  'tls-failed',
  'certificate-unknown',
  'certificate-changed',
  'certificate-antivirus',
  'no-tls-offered',
  'login-disabled',
  'too-many-connections',
  'server-error',
  'offline',
] as const;

const setup = z.object({
  address: z.string().min(3).max(320),
  name: z.string().max(200),
  incoming: Server,
  outgoing: Server.nullable(),
  /** Used for both servers; kept encrypted by the host, never in the database in clear. */
  password: z.string().max(4096),
  policy: KeepPolicy.optional(),
  saveSent: z.boolean().optional(),
});

export const accountEntries = {
  'accounts.list': entry(z.object({}), z.array(Account)),
  /** Settings for an address in the order of the set-up chapter; steps arrive as `discovery` events with the same `run`. */
  'accounts.discover': entry(
    z.object({ address: z.string(), run: z.string() }),
    z.object({ steps: z.array(DiscoveryStep), found: z.array(Discovered) }),
    ['bad-address'],
  ),
  /**
   * Tries both servers without keeping anything. The password leaves only here and after. With `id` and an empty
   * password the account's kept one is used.
   */
  'accounts.test': entry(setup.extend({ id: Id.optional() }), TestResult),
  'accounts.add': entry(setup, Account, ['account-exists', ...CONNECTION_ERRORS]),
  'accounts.update': entry(
    z.object({
      id: Id,
      name: z.string().optional(),
      incoming: Server.optional(),
      outgoing: Server.nullable().optional(),
      policy: KeepPolicy.optional(),
      saveSent: z.boolean().optional(),
      password: z.string().optional(),
    }),
    Account,
    ['no-such-account'],
  ),
  'accounts.remove': entry(z.object({ id: Id }), z.object({}), ['no-such-account']),
  /** Keeps this one certificate for this host and port. Never "turns checks off". */
  'accounts.trust': entry(
    z.object({ host: z.string(), port: z.int(), fingerprint256: z.string() }),
    z.object({}),
  ),
  /** Without an id: all accounts. Resolves when the pass has begun; progress is a job. */
  'accounts.sync': entry(z.object({ id: Id.optional() }), z.object({ jobs: z.array(z.string()) })),
  /** "Work offline": no connection is opened and none is kept. */
  'accounts.offline': entry(z.object({ offline: z.boolean() }), z.object({})),
};

export const accountEvents = {
  'accounts.changed': z.array(Account),
  discovery: z.object({ run: z.string(), step: DiscoveryStep }),
};
