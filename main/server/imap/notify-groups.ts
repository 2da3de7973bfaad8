/** What a client wants to hear without asking: grammar and choice of NOTIFY's event groups (RFC 5465 sections 3, 8). */
import { bad, no } from './faults.ts';
import { type FetchItems, readItems } from './messages/items.ts';
import type { Scanner } from './scanner.ts';

export const EVENTS = [
  'MessageNew',
  'MessageExpunge',
  'FlagChange',
  'MailboxName',
  'SubscriptionChange',
] as const;
export type EventName = (typeof EVENTS)[number];

export type Filter =
  | { readonly kind: 'selected' | 'selected-delayed' | 'inboxes' | 'personal' | 'subscribed' }
  | { readonly kind: 'subtree' | 'mailboxes'; readonly names: readonly string[] };

export interface EventGroup {
  readonly filter: Filter;
  /** Empty: NONE. */
  readonly events: ReadonlySet<EventName>;
  /** What to fetch of new messages in the selected mailbox. */
  readonly items: FetchItems | null;
}

export interface NotifyArguments {
  /** Empty: NOTIFY NONE. */
  readonly groups: readonly EventGroup[];
  /** STATUS of all mailboxes at once. */
  readonly status: boolean;
}

/** @throws Fault syntax; user BADEVENT for an event that is not offered. */
export function parseNotify(scanner: Scanner): NotifyArguments {
  scanner.space();
  if (scanner.maybeAtom('NONE')) return { groups: [], status: false };
  if (!scanner.maybeAtom('SET')) throw bad('SET or NONE is missing.');
  scanner.space();
  const status = scanner.maybeAtom('STATUS');
  if (status) scanner.space();
  const groups: EventGroup[] = [];
  do groups.push(parseGroup(scanner));
  while (scanner.maybe(32));
  return { groups, status };
}

function parseGroup(scanner: Scanner): EventGroup {
  scanner.open();
  const filter = parseFilter(scanner);
  scanner.space();
  const events = new Set<EventName>();
  let items: FetchItems | null = null;
  if (!scanner.maybeAtom('NONE')) {
    scanner.list(() => {
      const word = scanner.atom().toUpperCase();
      const event = EVENTS.find((each) => each.toUpperCase() === word);
      if (!event) throw no(`BADEVENT (${EVENTS.join(' ')})`, 'An event is not offered.');
      events.add(event);
      // An attribute list behind MessageNew; a further event is a word.
      if (event === 'MessageNew' && scanner.peekSecond(40)) {
        scanner.space();
        items = readItems(scanner);
      }
    });
  }
  scanner.close();
  check(filter, events, items);
  return { filter, events, items };
}

/** RFC 5465 section 5: which events only go together, and where. */
function check(filter: Filter, events: ReadonlySet<EventName>, items: FetchItems | null): void {
  if (events.has('MessageNew') !== events.has('MessageExpunge'))
    throw bad('MessageNew and MessageExpunge go together.');
  if (events.has('FlagChange') && !events.has('MessageNew'))
    throw bad('FlagChange needs MessageNew and MessageExpunge.');
  const selected = filter.kind === 'selected' || filter.kind === 'selected-delayed';
  if (items && !selected) throw bad('Attributes of new messages belong to the selected mailbox.');
  if (selected && (events.has('MailboxName') || events.has('SubscriptionChange')))
    throw bad('The selected mailbox has message events only.');
}

function parseFilter(scanner: Scanner): Filter {
  const kind = scanner.atom().toLowerCase();
  switch (kind) {
    case 'selected':
    case 'selected-delayed':
    case 'inboxes':
    case 'personal':
    case 'subscribed':
      return { kind };
    case 'subtree':
    case 'mailboxes': {
      scanner.space();
      const names = scanner.atList ? scanner.list(() => scanner.mailbox()) : [scanner.mailbox()];
      return { kind, names };
    }
    default:
      throw bad('A filter of mailboxes is not known.');
  }
}

/** The first group, in the order given, that a mailbox other than the selected one falls into. */
export function groupOf(
  groups: readonly EventGroup[],
  name: string,
  subscribed: boolean,
): EventGroup | undefined {
  return groups.find(({ filter }) => covers(filter, name, subscribed));
}

function covers(filter: Filter, name: string, subscribed: boolean): boolean {
  switch (filter.kind) {
    case 'selected':
    case 'selected-delayed':
      return false;
    case 'inboxes':
      return name === 'INBOX';
    case 'personal':
      return true;
    case 'subscribed':
      return subscribed;
    case 'subtree':
      return filter.names.some((top) => name === top || name.startsWith(`${top}/`));
    case 'mailboxes':
      return filter.names.includes(name);
  }
}
