/** Letters of one's own on their way, counted for the tree and the status bar. Pure. */
import type { Account } from '../../main/contract/mail/accounts.ts';
import type { OutboxItem } from '../../main/contract/mail/drafts.ts';
import type { MergeState } from '../../main/contract/mail/sending.ts';

export interface Outgoing {
  /** Not gone yet, or gone without its copy. */
  waiting: number;
  scheduled: number;
  /** Refused, or nobody knows whether it went. */
  failed: number;
}

const UNREACHED: readonly Account['state'][] = ['offline', 'failed', 'needs-password', 'needs-trust'];

/** The copy of a letter that has gone is not made now: it was refused, or its server cannot be reached. */
function lacksCopy(item: OutboxItem, accounts: readonly Account[]): boolean {
  if (item.state !== 'sent' || item.copy === 'none' || item.copy === 'done') return false;
  // Between the server's yes and the copy there is always a moment: it is not worth a word.
  const account = accounts.find((other) => other.id === item.account);
  return item.copy === 'failed' || (account !== undefined && UNREACHED.includes(account.state));
}

export function outgoing(
  items: readonly OutboxItem[],
  accounts: readonly Account[],
  merges: readonly Pick<MergeState, 'waiting'>[] = [],
): Outgoing {
  const merged = merges.reduce((sum, merge) => sum + merge.waiting, 0);
  const count = (has: (item: OutboxItem) => boolean) => items.filter(has).length;
  return {
    waiting:
      merged +
      count((item) => ['queued', 'sending', 'deferred'].includes(item.state) || lacksCopy(item, accounts)),
    scheduled: count((item) => item.state === 'scheduled'),
    failed: count((item) => item.state === 'failed' || item.state === 'unknown'),
  };
}
