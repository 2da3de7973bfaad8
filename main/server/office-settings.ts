/**
 * Relay and policy as they are kept in the store: the provisioning file changes them, and they hold without it. The
 * smarthost's password is sealed. What is kept is checked when it is read; a setting of an older version that no
 * longer fits falls back to its default rather than keep the office closed.
 */
import { z } from 'zod';
import { OFFICE_MESSAGE_BYTES, OFFICE_RECIPIENTS } from '../base/limits.ts';
import type { Policy } from './context.ts';
import type { DirectoryAdmin } from './directory/admin.ts';
import { DEFAULT_GUARD_POLICY, type GuardPolicy } from './guard/policy.ts';
import { OFFICE_ONLY, type RelaySettings, type Smarthost } from './queue/destination.ts';

const hop = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65535),
  security: z.enum(['tls', 'starttls', 'none']),
  user: z.string(),
});
const relayShape = z.object({
  mode: z.enum(['none', 'smarthost', 'mx']),
  smarthost: hop.nullable(),
  routes: z.record(z.string(), hop).default({}),
});

const networks = z.array(z.string());
const count = z.int().min(1);
const guardShape = z
  .object({
    trustedNetworks: networks,
    oldDevices: networks,
    clearTextLoginFrom: networks,
    sessionsPerService: count,
    sessionsPerPeer: count,
    sessionsPerTrustedPeer: count,
    sessionsPerPerson: count,
    connectionsPerMinute: count,
    messagesPerMinute: count,
    messagesPerHour: count,
    recipientsPerHour: count,
    greylist: z.boolean(),
  })
  .partial();
const policyShape = z
  .object({ maxMessageBytes: count, maxRecipients: count, strictLines: z.boolean() })
  .partial();

export const DEFAULT_POLICY: Policy = {
  maxMessageBytes: OFFICE_MESSAGE_BYTES,
  maxRecipients: OFFICE_RECIPIENTS,
  strictLines: false,
};

/** Names the passwords of other hosts are sealed under. */
const SMARTHOST_SECRET = 'smarthost-password';
const routeSecret = (domain: string) => `route-password:${domain}`;

export interface OfficeSettings {
  readonly relay: RelaySettings;
  readonly policy: Policy;
  readonly guard: GuardPolicy;
}

/** @throws Fault internal `secret-damaged` when the smarthost's password cannot be opened. */
export async function readSettings(admin: DirectoryAdmin): Promise<OfficeSettings> {
  const read = async <T>(name: string, shape: z.ZodType<T>): Promise<T | undefined> => {
    const text = await admin.setting(name);
    return text === null ? undefined : shape.safeParse(JSON.parse(text)).data;
  };
  const relay = await read('relay', relayShape);
  const policy = await read('policy', policyShape);
  const guard = await read('guard', guardShape);
  const password = relay?.smarthost?.user ? await admin.secret(SMARTHOST_SECRET) : null;
  const routes = new Map<string, Smarthost>();
  for (const [domain, route] of Object.entries(relay?.routes ?? {})) {
    const secret = route.user === '' ? null : await admin.secret(routeSecret(domain));
    routes.set(domain, { ...route, password: secret ?? '' });
  }
  return {
    relay: relay
      ? {
          mode: relay.mode,
          smarthost: relay.smarthost && { ...relay.smarthost, password: password ?? '' },
          routes,
        }
      : OFFICE_ONLY,
    policy: { ...DEFAULT_POLICY, ...defined(policy) },
    guard: { ...DEFAULT_GUARD_POLICY, ...defined(guard) },
  };
}

/** Writes only what differs. Returns the names of what was changed. */
export async function writeSettings(
  admin: DirectoryAdmin,
  settings: { relay?: RelaySettings; policy?: Partial<Policy>; guard?: Partial<GuardPolicy> },
): Promise<string[]> {
  const changed: string[] = [];
  const put = async (name: string, value: unknown) => {
    const text = JSON.stringify(value);
    if ((await admin.setting(name)) === text) return;
    await admin.setSetting(name, text);
    changed.push(name);
  };
  const merge = async (name: string, value: object) => {
    const kept = await admin.setting(name);
    await put(name, { ...(kept === null ? {} : (JSON.parse(kept) as object)), ...value });
  };
  if (settings.relay) {
    const { mode, smarthost, routes } = settings.relay;
    const seal = async (name: string, hop: Smarthost | null, shown: string) => {
      const password = hop?.user ? hop.password : null;
      if ((await admin.secret(name).catch(() => undefined)) === password) return;
      await admin.setSecret(name, password);
      changed.push(shown);
    };
    await seal(SMARTHOST_SECRET, smarthost, 'smarthost-password');
    for (const [domain, route] of routes) await seal(routeSecret(domain), route, `route-password ${domain}`);
    const open = ({ password: _, ...hop }: Smarthost) => hop;
    await put('relay', {
      mode,
      smarthost: smarthost ? open(smarthost) : null,
      routes: Object.fromEntries([...routes].map(([domain, route]) => [domain, open(route)])),
    });
  }
  if (settings.policy) await merge('policy', settings.policy);
  if (settings.guard) await merge('guard', settings.guard);
  return changed;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the names whose value is not given. */
export function defined<T extends object>(value: T | undefined): Partial<Defined<T>> {
  const entries = Object.entries(value ?? {}).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as Partial<Defined<T>>;
}
