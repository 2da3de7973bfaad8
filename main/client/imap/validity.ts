/**
 * A changed UIDVALIDITY (C5): no UID from before means anything any more. Letters held here are matched with
 * those on the server by EMAILID, else by Message-ID, size and INTERNALDATE, so that only what is new is
 * downloaded and operations follow their letters.
 */

export interface Held {
  id: number;
  /** EMAILID (RFC 8474), '' if unknown. */
  serverId: string;
  messageId: string;
  size: number;
  /** INTERNALDATE in ms. */
  received: number;
}
export interface Listed {
  uid: number;
  serverId: string;
  messageId: string;
  size: number;
  received: number;
}

export interface Links {
  /** Letter here -> UID there. */
  linked: Map<number, number>;
  /** Letters that are not on the server any more. */
  gone: number[];
  /** UIDs nobody here has. */
  fresh: number[];
}

const factsKey = (each: { messageId: string; size: number; received: number }) =>
  // INTERNALDATE has whole seconds on the wire (RFC 3501 section 2.3.3).
  `${Math.floor(each.received / 1000)} ${each.size} ${each.messageId}`;

/** Pairs them up; twins (the same letter several times in one folder) are paired one to one. */
export function relink(held: readonly Held[], listed: readonly Listed[]): Links {
  const linked = new Map<number, number>();
  const taken = new Set<number>();
  const pair = (keyOfHeld: (each: Held) => string, keyOfListed: (each: Listed) => string) => {
    const waiting = new Map<string, number[]>();
    for (const each of listed) {
      const key = keyOfListed(each);
      if (key === '' || taken.has(each.uid)) continue;
      const uids = waiting.get(key);
      if (uids) uids.push(each.uid);
      else waiting.set(key, [each.uid]);
    }
    for (const uids of waiting.values()) uids.reverse();
    for (const each of held) {
      if (linked.has(each.id)) continue;
      const uid = waiting.get(keyOfHeld(each))?.pop();
      if (uid === undefined) continue;
      linked.set(each.id, uid);
      taken.add(uid);
    }
  };
  pair(
    (each) => each.serverId,
    (each) => each.serverId,
  );
  pair(factsKey, factsKey);
  // A server restored from a backup may have stamped new dates: identifier and size are enough then.
  const near = (each: { messageId: string; size: number }) =>
    each.messageId === '' ? '' : `${each.size} ${each.messageId}`;
  pair(near, near);
  return {
    linked,
    gone: held.filter((each) => !linked.has(each.id)).map((each) => each.id),
    fresh: listed.filter((each) => !taken.has(each.uid)).map((each) => each.uid),
  };
}
