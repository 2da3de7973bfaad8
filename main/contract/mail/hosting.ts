/**
 * The office server that this program can run beside the mail client: whether it runs, where, and what keeps it from
 * running. What goes on inside an office is the other contract's matter (contract/office).
 */
import { z } from 'zod';
import { entry } from '../entry.ts';

const port = z.int();

export const HostingPorts = z.object({
  smtp: port,
  submission: port,
  submissions: port,
  pop3: port,
  pop3s: port,
  imap: port,
  imaps: port,
  /** The authority's certificate, settings for mail programs, figures. */
  web: port,
});
export type HostingPorts = z.infer<typeof HostingPorts>;

/** The short form of the first time. */
export const HostingSetup = z.object({
  /** As people call the office. */
  office: z.string().trim().min(1).max(200),
  /** What stands behind the @ of its addresses. */
  domain: z
    .string()
    .trim()
    .toLowerCase()
    .max(253)
    .regex(/^[\p{L}\d]([\p{L}\d.-]*[\p{L}\d])?$/u),
  /** The part before the @ of the first person's address. */
  user: z
    .string()
    .trim()
    .max(64)
    .regex(/^[^\s@"<>()[\]\\,;:]+$/),
  name: z.string().trim().max(200).default(''),
  password: z.string().min(1).max(1000),
});
export type HostingSetup = z.infer<typeof HostingSetup>;

export const HostingProblem = z.object({
  code: z.string(),
  message: z.string(),
  detail: z.record(z.string(), z.unknown()).optional(),
});

export const HostingState = z.object({
  /** False where nothing here can run an office (the command line). */
  available: z.boolean(),
  /** Where its mail and people are kept. */
  folder: z.string(),
  state: z.enum(['off', 'starting', 'running', 'stopping', 'failed']),
  /** What it is called; null until somebody has set it up. */
  office: z.object({ name: z.string(), domain: z.string(), address: z.string() }).nullable(),
  /** Other computers of the network are let in. */
  sharing: z.boolean(),
  /** While it runs. */
  ports: HostingPorts.nullable(),
  /** Addresses of this computer in its networks, for the other computers; while it is shared. */
  addresses: z.array(z.string()),
  /** SHA-256 of the office's authority, "AB:CD:..."; while it runs. */
  fingerprint: z.string().nullable(),
  /** Why it does not run. */
  problem: HostingProblem.nullable(),
  /** How often it stopped by itself and was started again since it was switched on. */
  restarts: z.int(),
});
export type HostingState = z.infer<typeof HostingState>;

/** What the engine asks of whoever runs the office's process; each is answered with the state after it. */
export type HostingOrder =
  | { readonly do: 'look' }
  /** As the settings are. Asking for what is so already does nothing. */
  | { readonly do: 'apply'; readonly on: boolean; readonly sharing: boolean }
  /** Used when it starts next; forgotten once the office has kept it. */
  | { readonly do: 'prepare'; readonly setup: HostingSetup }
  /** After a failure; `free`: on ports that nobody uses, which are kept from then on. */
  | { readonly do: 'again'; readonly ports: 'same' | 'free' };

const nothing = z.object({});

export const hostingEntries = {
  'hosting.state': entry(nothing, HostingState),
  /** Makes the office and switches it on; how that went is told by the state. */
  'hosting.setUp': entry(HostingSetup, HostingState, ['no-hosting', 'office-exists']),
  'hosting.again': entry(z.object({ ports: z.enum(['same', 'free']).default('same') }), HostingState, [
    'no-hosting',
  ]),
};

export const hostingEvents = { 'hosting.changed': HostingState };
