/**
 * A silent installation: the file says who lives here and how mail goes, and is applied at every start.
 *
 * Invariants:
 * - Applying a file twice changes nothing the second time. What the file does not name stays as it is, also settings
 *   of a person that are left out; nobody is ever removed by it.
 * - The file's password counts. One that is unchanged keeps its verifier, so nobody's client has to sign in anew.
 */
import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';
import type { Policy } from './context.ts';
import { parseMailbox } from './directory/addresses.ts';
import type { DirectoryAdmin, ListEntry, PersonChanges } from './directory/admin.ts';
import { scryptHash, scryptMatches } from './directory/credentials.ts';
import type { Person } from './directory/directory.ts';
import type { GuardPolicy } from './guard/policy.ts';
import { defined, writeSettings } from './office-settings.ts';
import type { Config } from './provision-schema.ts';
import type { RelaySettings, Smarthost } from './queue/destination.ts';

export { checkConfig, readConfig } from './provision-file.ts';
export type { Config } from './provision-schema.ts';

export interface Provisioned {
  /** People who are new: their mailboxes have to be made. */
  readonly added: readonly Person[];
  /** What was changed, as paths of the file; empty when everything was so already. */
  readonly changed: readonly string[];
}

const MiB = 1024 * 1024;
const keyOf = (address: string) => parseMailbox(address)?.key ?? address;
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
/** As the directory keeps them: each once, in order. */
const once = (addresses: readonly string[]) =>
  addresses.filter((each, at) => addresses.findIndex((other) => keyOf(other) === keyOf(each)) === at);

/** @throws Fault user, the administrator's; `unknown-domain` also for a person outside the office's domains. */
export async function applyConfig(config: Config, admin: DirectoryAdmin): Promise<Provisioned> {
  const changed: string[] = [];
  const apply = async (path: string, work: () => Promise<void>) => {
    await work();
    changed.push(path);
  };
  await applyOffice(config, admin, apply);
  const added = await applyPeople(config, admin, apply);
  await applyAliases(config, admin, apply);
  await applyLists(config, admin, apply);
  for (const [domain, address] of Object.entries(config.catchAll ?? {})) {
    const { name = domain, catchAll = null } =
      (await admin.domains()).find((each) => sameDomain(each.name, domain)) ?? {};
    if (catchAll !== address) await apply(`catchAll.${name}`, () => admin.setCatchAll(domain, address));
  }
  const relay = relayOf(config);
  const written = await writeSettings(admin, {
    ...(relay ? { relay } : {}),
    ...(config.policy ? { policy: policyOf(config.policy), guard: guardOf(config.policy) } : {}),
  });
  return { added, changed: [...changed, ...written] };
}

type Apply = (path: string, work: () => Promise<void>) => Promise<void>;

const sameDomain = (one: string, other: string) => keyOf(`x@${one}`) === keyOf(`x@${other}`);

async function applyOffice({ office }: Config, admin: DirectoryAdmin, apply: Apply): Promise<void> {
  const now = await admin.office();
  const name = office.name ?? (now.name === '' ? (office.domains[0] ?? '') : now.name);
  if (now.name !== name.trim()) await apply('office.name', () => admin.setOffice({ name }));
  if (!sameDomain(now.hostname, office.hostname))
    await apply('office.hostname', () => admin.setOffice({ hostname: office.hostname }));
  const inOrder = office.domains.every((domain, at) => sameDomain(domain, now.domains[at] ?? ''));
  if (!inOrder) await apply('office.domains', () => admin.orderDomains(office.domains));
}

async function applyPeople(config: Config, admin: DirectoryAdmin, apply: Apply): Promise<readonly Person[]> {
  const wanted = config.people ?? [];
  const there = new Map((await admin.people()).map((each) => [keyOf(each.address), each]));
  const fresh = wanted.filter((each) => !there.has(keyOf(each.address)));
  const added = await admin.addPeople(
    fresh.map(({ quotaMiB, ...rest }) => ({
      address: rest.address,
      password: rest.password,
      ...defined(rest),
      quotaBytes: octets(quotaMiB) ?? null,
    })),
  );
  const unchanged = await samePasswords(wanted, admin);
  // Derivations run side by side; each person's change is a write of its own.
  const changes = wanted.map(async (person, at) => {
    const now = there.get(keyOf(person.address));
    if (!now) return;
    const change = await changeOf(person, now, admin, unchanged);
    if (Object.keys(change).length === 0) return;
    await apply(`people[${at}]`, async () => void (await admin.changePerson(now.address, change)));
  });
  for (const each of await Promise.allSettled(changes)) if (each.status === 'rejected') throw each.reason;
  for (const each of added) await apply(`people.${each.address}`, async () => {});
  await rememberPasswords(wanted, admin, unchanged);
  return added;
}

type ConfigPerson = NonNullable<Config['people']>[number];

const octets = (mebibytes: number | null | undefined) =>
  mebibytes == null ? mebibytes : Math.round(mebibytes * MiB);

async function changeOf(
  person: ConfigPerson,
  now: Person,
  admin: DirectoryAdmin,
  unchanged: boolean,
): Promise<PersonChanges> {
  const { address, name = now.name, disabled = now.disabled, legacySecret = now.legacySecret } = person;
  const quotaBytes = octets(person.quotaMiB);
  const legacyChanges = legacySecret !== now.legacySecret;
  const newPassword =
    legacyChanges || !(unchanged || (await admin.checkPassword(now.address, person.password)));
  return {
    ...(address === now.address ? {} : { address }),
    ...(name === now.name ? {} : { name }),
    ...(disabled === now.disabled ? {} : { disabled }),
    ...(quotaBytes === undefined || quotaBytes === now.quotaBytes ? {} : { quotaBytes }),
    ...(newPassword ? { password: person.password } : {}),
    ...(legacyChanges ? { legacySecret } : {}),
  };
}

/*
 * Checking each of 300 passwords costs seconds at every start. So one hash is kept of all of them together, as slow to
 * guess as any single one, with a digest of the verifiers they led to: if both are as they were, all passwords are.
 */
const PRINT = 'provisioned-passwords';

const passwordsText = (people: readonly ConfigPerson[]) =>
  createHash('sha256')
    .update(JSON.stringify(people.map(({ address, password }) => [address, password])))
    .digest('base64');

async function samePasswords(people: readonly ConfigPerson[], admin: DirectoryAdmin): Promise<boolean> {
  const kept = await admin.setting(PRINT);
  if (kept === null || people.length === 0) return false;
  const { print, state } = JSON.parse(kept) as { print: string; state: string };
  return state === (await admin.credentialState()) && (await scryptMatches(passwordsText(people), print));
}

async function rememberPasswords(
  people: readonly ConfigPerson[],
  admin: DirectoryAdmin,
  unchanged: boolean,
): Promise<void> {
  if (people.length === 0) return;
  const state = await admin.credentialState();
  const kept = await admin.setting(PRINT);
  if (unchanged && kept !== null && (JSON.parse(kept) as { state: string }).state === state) return;
  const print = await scryptHash(passwordsText(people));
  await admin.setSetting(PRINT, JSON.stringify({ print, state }));
}

async function applyAliases(config: Config, admin: DirectoryAdmin, apply: Apply): Promise<void> {
  const there = new Map((await admin.aliases()).map((each) => [keyOf(each.address), each]));
  const wanted = (config.aliases ?? [])
    .map(({ address, to }) => ({ address, to: once(to) }))
    .filter((each) => !same(there.get(keyOf(each.address)), each));
  if (wanted.length > 0) await apply('aliases', () => admin.putAliases(wanted, 'put'));
}

async function applyLists(config: Config, admin: DirectoryAdmin, apply: Apply): Promise<void> {
  const there = new Map((await admin.lists()).map((each) => [keyOf(each.address), each]));
  const wanted: ListEntry[] = [];
  for (const { address, members, ...rest } of config.lists ?? []) {
    const now = there.get(keyOf(address));
    const { name = now?.name ?? '', who = now?.who ?? 'anyone', owners = now?.owners ?? [] } = rest;
    const list: ListEntry = { address, name, who, members: once(members), owners: once(owners) };
    const asKept = now && {
      address: now.address,
      name: now.name,
      who: now.who,
      members: now.members,
      owners: now.owners,
    };
    if (!same(asKept, list)) wanted.push(list);
  }
  if (wanted.length > 0) await apply('lists', () => admin.putLists(wanted, 'put'));
}

type ConfigRelay = NonNullable<Config['relay']>;

/** The relay as the file says; undefined when it says nothing. */
export function relayOf({ relay }: Config): RelaySettings | undefined {
  if (!relay) return undefined;
  const smarthost = relay.mode === 'smarthost' ? hopOf(relay) : null;
  const routes = new Map((relay.routes ?? []).map((route) => [asQueued(route.domain), hopOf(route)]));
  return { mode: relay.mode, smarthost, routes };
}

/** As the queue names destinations: A-labels in lower case. */
const asQueued = (name: string) => (domainToASCII(name) || name).toLowerCase();

function hopOf(hop: Pick<ConfigRelay, 'host' | 'port' | 'tls' | 'user' | 'password'>): Smarthost {
  const { host = '', tls = 'starttls', user = '', password = '' } = hop;
  const port = hop.port || { implicit: 465, starttls: 587, none: 25 }[tls];
  return { host, port, security: tls === 'implicit' ? 'tls' : tls, user, password };
}

type ConfigPolicy = NonNullable<Config['policy']>;

function policyOf(policy: ConfigPolicy): Partial<Policy> {
  const { maxMessageMiB, maxRecipients, strictLines } = policy;
  return defined({ maxMessageBytes: octets(maxMessageMiB) ?? undefined, maxRecipients, strictLines });
}

function guardOf(policy: ConfigPolicy): Partial<GuardPolicy> {
  const { maxMessageMiB: _, maxRecipients: __, strictLines: ___, ...rest } = policy;
  const { sessions, sessionsPerAddress, sessionsPerTrustedAddress, ...others } = rest;
  return defined({
    ...others,
    sessionsPerService: sessions,
    sessionsPerPeer: sessionsPerAddress,
    sessionsPerTrustedPeer: sessionsPerTrustedAddress,
  });
}
