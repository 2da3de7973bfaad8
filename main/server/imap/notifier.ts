/**
 * NOTIFY at work (RFC 5465): watches the mailboxes a client named and keeps which of them have news, no more than a
 * bit each. flush() turns that into STATUS and LIST responses at a moment when the client can take them; numbers
 * come from counters then, so a hundred letters are one STATUS. Above its bounds it says NOTIFICATIONOVERFLOW and stops.
 */
import { IMAP_NOTIFY_MAILBOXES } from '../../base/limits.ts';
import type { Mailbox, MailboxEvent, TreeEvent } from '../mailstore/mailstore.ts';
import { type StatusItem, statusText } from './commands/status.ts';
import { DELIMITER, mailboxText } from './mailbox-name.ts';
import type { FetchItems } from './messages/items.ts';
import { type EventGroup, groupOf } from './notify-groups.ts';
import type { Session } from './session.ts';

export class Notifier {
  readonly #session: Session;
  readonly #groups: readonly EventGroup[];
  readonly #selected: EventGroup | undefined;
  /** Watched mailboxes, by id: how to stop. */
  readonly #watched = new Map<number, () => void>();
  readonly #dirty = new Set<number>();
  #tree: TreeEvent[] = [];
  #overflow = false;
  #stopTree: () => void = () => {};

  constructor(session: Session, groups: readonly EventGroup[]) {
    this.#session = session;
    this.#groups = groups;
    this.#selected = groups.find(
      ({ filter }) => filter.kind === 'selected' || filter.kind === 'selected-delayed',
    );
  }

  /** What is told of the selected mailbox without asking; `nothing` where the client did not ask for it. */
  get selectedAnnounces(): 'all' | 'no-expunge' | 'nothing' {
    if (!this.#selected || this.#selected.events.size === 0) return 'nothing';
    return this.#selected.filter.kind === 'selected' ? 'all' : 'no-expunge';
  }
  /** What to fetch of new messages there. */
  get selectedItems(): FetchItems | null {
    return this.#selected?.items ?? null;
  }

  /** Begins to watch. @param status tells the numbers of every watched mailbox first. */
  async start(status: boolean): Promise<void> {
    const { mailstore } = this.#session.context;
    const { id } = this.#session.person;
    this.#stopTree = mailstore.watchTree(id, (event) => this.#onTree(event));
    for (const mailbox of await mailstore.mailboxes(id)) {
      this.#consider(mailbox);
      if (status && this.#watched.has(mailbox.id) && !this.#isSelected(mailbox.id))
        this.#session.untagged(await this.#status(mailbox));
    }
  }

  stop(): void {
    this.#stopTree();
    for (const stop of this.#watched.values()) stop();
    this.#watched.clear();
    this.#dirty.clear();
    this.#tree = [];
  }

  /** Tells what is due. @returns false after an overflow: nothing more will come. */
  async flush(): Promise<boolean> {
    const { mailstore } = this.#session.context;
    for (const event of this.#tree.splice(0)) await this.#tellTree(event);
    for (const id of [...this.#dirty]) {
      this.#dirty.delete(id);
      const mailbox = await mailstore.mailboxById(id);
      if (mailbox?.exists && !this.#isSelected(id)) this.#session.untagged(await this.#status(mailbox));
    }
    if (!this.#overflow) return true;
    this.stop();
    this.#session.untagged(
      'OK [NOTIFICATIONOVERFLOW] There is too much to watch; nothing more will be told.',
    );
    return false;
  }

  #consider(mailbox: Mailbox): void {
    if (!mailbox.exists || !mailbox.selectable || this.#watched.has(mailbox.id)) return;
    const events = groupOf(this.#groups, mailbox.name, mailbox.subscribed)?.events;
    if (!events?.has('MessageNew')) return;
    if (this.#watched.size >= IMAP_NOTIFY_MAILBOXES) {
      this.#overflow = true;
      return;
    }
    const flags = events.has('FlagChange');
    const stop = this.#session.context.mailstore.watch(mailbox.id, (event) => this.#onMailbox(event, flags));
    this.#watched.set(mailbox.id, stop);
  }

  #onMailbox(event: MailboxEvent, flags: boolean): void {
    // The selected mailbox has its own way, with numbers (selected.ts).
    if (event.deleted || this.#isSelected(event.mailboxId)) return;
    if (event.added.length === 0 && event.vanished.length === 0 && !(flags && event.changed.length > 0))
      return;
    this.#dirty.add(event.mailboxId);
    this.#session.push();
  }

  #onTree(event: TreeEvent): void {
    if (this.#tree.length >= IMAP_NOTIFY_MAILBOXES) this.#overflow = true;
    else this.#tree.push(event);
    this.#session.push();
  }

  async #tellTree(event: TreeEvent): Promise<void> {
    const { mailstore } = this.#session.context;
    const mailbox = await mailstore.mailbox(this.#session.person.id, event.name);
    if (event.kind === 'deleted') {
      this.#watched.get(event.mailboxId)?.();
      this.#watched.delete(event.mailboxId);
    } else if (mailbox) this.#consider(mailbox);
    const wanted = event.kind === 'subscribed' ? 'SubscriptionChange' : 'MailboxName';
    const names = event.oldName === undefined ? [event.name] : [event.name, event.oldName];
    const subscribed = mailbox?.subscribed ?? false;
    if (!names.some((name) => groupOf(this.#groups, name, subscribed)?.events.has(wanted))) return;
    this.#session.untagged(this.#listText(event, mailbox));
  }

  #listText(event: TreeEvent, mailbox: Mailbox | undefined): string {
    const { utf8 } = this.#session;
    const words = [
      ...(mailbox?.exists ? (mailbox.selectable ? [] : ['\\Noselect']) : ['\\NonExistent']),
      ...(mailbox?.subscribed ? ['\\Subscribed'] : []),
    ];
    // RFC 5465 section 5.4, RFC 5258 section 4: where it was before.
    const old = event.oldName === undefined ? '' : ` ("OLDNAME" (${mailboxText(event.oldName, utf8)}))`;
    return `LIST (${words.join(' ')}) "${DELIMITER}" ${mailboxText(event.name, utf8)}${old}`;
  }

  #status(mailbox: Mailbox): Promise<string> {
    const items: StatusItem[] = ['UIDVALIDITY', 'UIDNEXT', 'MESSAGES', 'UNSEEN'];
    if (this.#session.condstore) items.push('HIGHESTMODSEQ');
    return statusText(this.#session, mailbox, items);
  }

  #isSelected(id: number): boolean {
    const { state } = this.#session;
    return state.kind === 'selected' && state.selected.mailboxId === id;
  }
}
