/**
 * Where the letters for one recipient go. Pure. Each address is expanded once, so lists in themselves and aliases in
 * circles end; nothing behind a list is asked again who may write to it, because its owner put it there.
 */
import { parseMailbox } from './addresses.ts';
import type { Asker, LocalTarget, Route } from './directory.ts';
import type { ListRow } from './rows.ts';
import type { DirectoryView, Entry } from './view.ts';

const POSTMASTER = 'postmaster';

interface Expansion {
  readonly targets: Map<number, LocalTarget>;
  /** Remote addresses by key. */
  readonly remote: Map<string, string>;
  readonly seen: Set<string>;
  list: ListRow | undefined;
  disabled: boolean;
  refused: boolean;
}

const emptyExpansion = (): Expansion => ({
  targets: new Map(),
  remote: new Map(),
  seen: new Set(),
  list: undefined,
  disabled: false,
  refused: false,
});

/** @param recipient a parsed mailbox, quotes of the local part removed; or a lone `postmaster`. */
export function routeOf(view: DirectoryView, recipient: string, asker: Asker): Route {
  const lone = recipient.toLowerCase() === POSTMASTER;
  const mailbox = lone ? undefined : parseMailbox(recipient);
  if (!lone && !mailbox) return { kind: 'unknown' };
  if (mailbox && !view.isLocal(mailbox.domain)) return { kind: 'remote', domain: mailbox.domain };

  const hit = mailbox && view.find(mailbox);
  const route = hit ? settle(view, hit.entry, hit.detail, asker) : undefined;
  if (route?.kind === 'local') return route;
  // RFC 5321 section 4.5.1: postmaster is never unknown, disabled or for members only.
  if (lone || /^postmaster(\+|$)/i.test(mailbox?.local ?? ''))
    return postmasterRoute(view, asker) ?? { kind: 'unknown' };
  if (route) return route;

  const address = mailbox && view.catchAll(mailbox.domain);
  const catchAll = address === undefined ? undefined : parseMailbox(address);
  if (address === undefined || !catchAll) return { kind: 'unknown' };
  if (!view.isLocal(catchAll.domain)) return localRoute([], [address]);
  const caught = view.find(catchAll);
  const last = caught && settle(view, caught.entry, caught.detail, asker);
  // A stranger must not read from the answer that the catch-all's owner is away.
  return last?.kind === 'local' ? last : { kind: 'unknown' };
}

/** Where letters for the postmaster go: as configured, else the first person who is enabled. */
export function postmasterRoute(view: DirectoryView, asker: Asker): Route | undefined {
  const configured = view.postmaster;
  const candidates = [
    ...(configured ? [configured] : []),
    ...view.office.domains.flatMap((domain) => parseMailbox(`${POSTMASTER}@${domain}`) ?? []),
  ];
  for (const candidate of candidates) {
    const hit = view.find(candidate);
    const route = hit && settle(view, hit.entry, hit.detail, asker);
    if (route?.kind === 'local' && route.targets.length > 0) return route;
  }
  const first = view.enabled[0];
  return first && localRoute([{ personId: first.id, address: first.address, detail: null }], []);
}

/** True when `address` is this person's own, an alias that leads to them alone, or granted. */
export function mayUse(view: DirectoryView, personId: number, address: string): boolean {
  const mailbox = parseMailbox(address);
  if (!mailbox) return false;
  if (view.granted(personId, mailbox.key)) return true;
  const hit = view.isLocal(mailbox.domain) ? view.find(mailbox) : undefined;
  if (!hit || hit.entry.kind === 'list') return false;
  return isAlone(view, hit.entry, personId);
}

function isAlone(view: DirectoryView, entry: Entry, personId: number): boolean {
  const found = emptyExpansion();
  expand(view, entry, null, found, undefined);
  return !found.list && found.remote.size === 0 && found.targets.size === 1 && found.targets.has(personId);
}

function settle(view: DirectoryView, entry: Entry, detail: string | null, asker: Asker): Route {
  const found = emptyExpansion();
  expand(view, entry, detail, found, asker);
  if (found.targets.size + found.remote.size > 0) {
    return localRoute([...found.targets.values()], [...found.remote.values()], found.list);
  }
  if (found.refused) return { kind: 'not-allowed' };
  return { kind: found.disabled ? 'disabled' : 'unknown' };
}

function localRoute(targets: LocalTarget[], remote: string[], list?: ListRow): Route {
  const named = list ? { address: list.address, owners: list.owners } : null;
  return { kind: 'local', targets, remote, list: named };
}

/** `asker` undefined: nobody is asked whether they may write. */
function expand(
  view: DirectoryView,
  entry: Entry,
  detail: string | null,
  found: Expansion,
  asker: Asker | undefined,
): void {
  if (found.seen.has(entry.row.key)) return;
  found.seen.add(entry.row.key);
  if (entry.kind === 'person') {
    const { id, address, disabled } = entry.row;
    if (disabled) found.disabled = true;
    else found.targets.set(id, { personId: id, address, detail });
    return;
  }
  if (entry.kind === 'list') {
    if (asker && !mayWrite(view, entry.row, asker)) {
      found.refused = true;
      return;
    }
    found.list ??= entry.row;
    for (const member of entry.row.members) follow(view, member, null, found, undefined);
    return;
  }
  for (const target of entry.row.to) follow(view, target, detail, found, asker);
}

function follow(
  view: DirectoryView,
  address: string,
  detail: string | null,
  found: Expansion,
  asker: Asker | undefined,
): void {
  const mailbox = parseMailbox(address);
  if (!mailbox) return;
  if (!view.isLocal(mailbox.domain)) {
    found.remote.set(mailbox.key, address);
    return;
  }
  const hit = view.find(mailbox);
  if (hit) expand(view, hit.entry, hit.detail ?? detail, found, asker);
}

function mayWrite(view: DirectoryView, list: ListRow, asker: Asker): boolean {
  if (list.who === 'anyone') return true;
  return (
    includes(view, list.owners, asker) || (list.who === 'members' && includes(view, list.members, asker))
  );
}

/** True when the asker is behind one of these addresses: by sign-in, or by sender where nobody signed in. */
function includes(view: DirectoryView, addresses: readonly string[], asker: Asker): boolean {
  const found = emptyExpansion();
  for (const each of addresses) follow(view, each, null, found, undefined);
  if (asker.personId !== null) return found.targets.has(asker.personId);
  const sender = parseMailbox(asker.sender);
  if (!sender) return false;
  if (found.remote.has(sender.key) || found.seen.has(sender.key)) return true;
  const hit = view.isLocal(sender.domain) ? view.find(sender) : undefined;
  return hit !== undefined && [...found.targets.keys()].some((id) => isAlone(view, hit.entry, id));
}
