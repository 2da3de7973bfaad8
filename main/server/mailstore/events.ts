/**
 * Who is told of what: from the store's change log, after the commit and in commit order, to the sessions that watch the
 * mailbox or the person. Nobody polls; a change costs what its own watchers cost, however many others there are.
 */
import type { Log } from '../../base/log.ts';
import type { ChangeBatch } from '../../store/store.ts';
import {
  type FlagRun,
  MAILBOX_CHANGE,
  type MailboxChange,
  pairs,
  TREE_CHANGE,
  type TreeChange,
} from './change-record.ts';
import { keywordsOf } from './keywords.ts';
import type { FlagState, MailboxEvent, TreeEvent } from './mailstore.ts';

/** Runs as a state a message, in ascending UID order. */
export function flagStates(runs: readonly FlagRun[], modseq: number): FlagState[] {
  const found: FlagState[] = [];
  for (const [flags, text, ranges] of runs) {
    const keywords = keywordsOf(text);
    for (let at = 0; at + 1 < ranges.length; at += 2) {
      for (let uid = ranges[at] as number; uid <= (ranges[at + 1] as number); uid += 1) {
        found.push({ uid, flags, keywords, modseq });
      }
    }
  }
  return runs.length > 1 ? found.sort((a, b) => a.uid - b.uid) : found;
}

/** All that one batch says about one mailbox, as one event: its modseq is said once. */
function eventOf(changes: readonly MailboxChange[], modseq: number): MailboxEvent {
  const added = changes.flatMap((each) => each.a ?? []);
  const changed = changes.flatMap((each) => each.c ?? []);
  const vanished = changes.flatMap((each) => pairs(each.v ?? []));
  return {
    mailboxId: changes[0]?.m ?? 0,
    modseq,
    added: flagStates(added, modseq),
    changed: flagStates(changed, modseq),
    vanished: vanished.sort(([a], [b]) => a - b),
    uidNext: Math.max(...changes.map((each) => each.n)),
    ...(changes.some((each) => each.d) ? { deleted: true } : {}),
  };
}

function treeEventOf(change: TreeChange): TreeEvent {
  const { p: personId, k: kind, name, old, id: mailboxId } = change;
  return { personId, kind, name, mailboxId, ...(old === undefined ? {} : { oldName: old }) };
}

type Listeners<T> = Map<number, Set<(event: T) => void>>;

function add<T>(listeners: Listeners<T>, key: number, listener: (event: T) => void): () => void {
  let set = listeners.get(key);
  if (!set) {
    set = new Set();
    listeners.set(key, set);
  }
  // One function may watch twice and stop once.
  const own = (event: T) => listener(event);
  set.add(own);
  return () => {
    const held = listeners.get(key);
    if (held?.delete(own) && held.size === 0) listeners.delete(key);
  };
}

export class MailstoreEvents {
  readonly #mailboxes: Listeners<MailboxEvent> = new Map();
  readonly #trees: Listeners<TreeEvent> = new Map();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  watch(mailbox: number, listener: (event: MailboxEvent) => void): () => void {
    return add(this.#mailboxes, mailbox, listener);
  }

  watchTree(person: number, listener: (event: TreeEvent) => void): () => void {
    return add(this.#trees, person, listener);
  }

  /** One commit's changes. */
  publish({ modseq, changes }: ChangeBatch): void {
    const touched = new Map<number, MailboxChange[]>();
    for (const { kind, data } of changes) {
      if (kind === MAILBOX_CHANGE) {
        const change = data as MailboxChange;
        if (!this.#mailboxes.has(change.m)) continue;
        const known = touched.get(change.m);
        if (known) known.push(change);
        else touched.set(change.m, [change]);
      } else if (kind === TREE_CHANGE) {
        const change = data as TreeChange;
        const listeners = this.#trees.get(change.p);
        if (listeners) this.#tell(listeners, treeEventOf(change));
      }
    }
    for (const [mailbox, each] of touched) {
      const listeners = this.#mailboxes.get(mailbox);
      if (listeners) this.#tell(listeners, eventOf(each, modseq));
    }
  }

  #tell<T>(listeners: ReadonlySet<(event: T) => void>, event: T): void {
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (cause) {
        this.#log.error('mailstore-listener-failed', { cause });
      }
    }
  }
}
