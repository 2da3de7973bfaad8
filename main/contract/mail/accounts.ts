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

/** Letters above this many KB (1,024 octets) come as their headers only, whatever else is kept. */
const headersAbove = z.int().min(1).max(1_000_000).optional();

export const KeepPolicy = z.discriminatedUnion('keep', [
  z.object({ keep: z.literal('everything'), headersAbove }),
  z.object({ keep: z.literal('months'), months: z.int().min(1).max(600), headersAbove }),
  z.object({ keep: z.literal('headers'), headersAbove }),
]);
export type KeepPolicy = z.infer<typeof KeepPolicy>;

/** How a POP3 account collects. */
export const Pop3Policy = z.object({
  /** Letters above this many KB (1,024 octets) come as their headers only; 0: all of them; null: none. */
  headersAbove: z.int().min(0).max(1_000_000).nullable().default(null),
  /** How long a fetched letter stays on the server. */
  leave: z.enum(['never', 'days', 'until-deleted', 'always']).default('until-deleted'),
  /** For `days`: since it was first seen here. */
  days: z.int().min(1).max(3650).default(14),
  /** What is erased here (out of Trash) goes from the server too, whatever `leave` says. */
  deleteFromTrash: z.boolean().default(false),
});
export type Pop3Policy = z.infer<typeof Pop3Policy>;

export const IncomingKind = z.enum(['imap', 'pop3']);
export type IncomingKind = z.infer<typeof IncomingKind>;

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
  kind: z.enum(['imap', 'pop3', 'local']),
  address: z.string(),
  name: z.string(),
  incoming: Server.nullable(),
  outgoing: Server.nullable(),
  policy: KeepPolicy,
  /** null: not a POP3 account. */
  pop3: Pop3Policy.nullable(),
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
  /** What `incoming` speaks. */
  kind: IncomingKind,
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
  'mailbox-in-use',
  'login-too-soon',
  'server-error',
  'offline',
] as const;

const setup = z.object({
  address: z.string().min(3).max(320),
  name: z.string().max(200),
  /** What `incoming` speaks. */
  kind: IncomingKind.default('imap'),
  incoming: Server,
  outgoing: Server.nullable(),
  /** Used for both servers; kept encrypted by the host, never in the database in clear. */
  password: z.string().max(4096),
  policy: KeepPolicy.optional(),
  /** For a POP3 account; left out: what `policy` says of headers, and letters stay until they are deleted here. */
  pop3: Pop3Policy.optional(),
  saveSent: z.boolean().optional(),
});

const Amount = z.object({ count: z.int(), octets: z.number() });

/** What the next connection to a maildrop will do. */
export const FetchPlan = z.object({
  account: Id,
  /** The server was asked now; false: by what it listed last. */
  asked: z.boolean(),
  /** Letters that come whole. */
  fetch: Amount,
  /** Letters of which the header comes; octets of the whole letters. */
  headers: Amount,
  /** Letters that go from the server. */
  remove: Amount,
  /** Left alone, each with its reason: too-large, refused-before. */
  skipped: Amount,
  /** Letters marked by hand, among the others. */
  marked: z.object({ fetch: Amount, keep: Amount, delete: Amount }),
  /** Octets of letters whose headers alone are here, or will be: the traffic saved. */
  saved: z.number(),
});
export type FetchPlan = z.infer<typeof FetchPlan>;

/** What a letter of a maildrop is marked for; carried out at the next connection. */
export const FetchMark = z.enum(['fetch', 'keep', 'delete']);
export type FetchMark = z.infer<typeof FetchMark>;

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
      pop3: Pop3Policy.optional(),
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
  /** What the next connection of a POP3 account will do. `ask`: the server is asked for its list first; nothing else is done. */
  'accounts.fetchPlan': entry(z.object({ id: Id, ask: z.boolean().default(false) }), FetchPlan, [
    'no-such-account',
    'not-pop3',
    ...CONNECTION_ERRORS,
  ]),
  /**
   * Marks letters of POP3 accounts for the next connection; null takes the mark away. Answers how many could be marked:
   * only letters that are on a server can.
   */
  'accounts.fetchMark': entry(
    z.object({ messages: z.array(Id).max(10_000), mark: FetchMark.nullable() }),
    z.object({ count: z.int() }),
  ),
  /** "Work offline": no connection is opened and none is kept. */
  'accounts.offline': entry(z.object({ offline: z.boolean() }), z.object({})),
  /** The computer has slept: connections are made anew, and what is due by now begins. Who is to be away stays away. */
  'accounts.wake': entry(z.object({}), z.object({})),
};

export const accountEvents = {
  'accounts.changed': z.array(Account),
  discovery: z.object({ run: z.string(), step: DiscoveryStep }),
};
