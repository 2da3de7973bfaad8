/** Contacts that seem to be one person: a common address, a common telephone with a common name, the same full name. */
import type { ReadHandle } from '../../store/program.ts';

export type DuplicateReason = 'address' | 'phone' | 'name';

export interface DuplicateGroup {
  reason: DuplicateReason;
  ids: number[];
}

/** More contacts than this with one number have a switchboard, not an owner. */
const SWITCHBOARD = 20;
/** Contacts merged at once; a larger group is shown in parts. */
const MOST = 50;
const RANK: Record<DuplicateReason, number> = { address: 0, phone: 1, name: 2 };

interface Link {
  one: number;
  two: number;
  reason: DuplicateReason;
}

const WRITABLE = "c.book IN (SELECT id FROM books WHERE kind != 'ldap') AND c.kind = 'person'";

/** Pairs of neighbours that share a value: enough to join them all. */
function links(rows: Iterable<{ key: string; id: number }>, reason: DuplicateReason): Link[] {
  const out: Link[] = [];
  let last: { key: string; id: number } | null = null;
  for (const row of rows) {
    if (last && last.key === row.key) out.push({ one: last.id, two: row.id, reason });
    last = row;
  }
  return out;
}

function shared(db: ReadHandle): Link[] {
  const addresses = db.iterate<{ key: string; id: number }>(
    `SELECT a.address AS key, c.id AS id FROM contact_addresses a JOIN contacts c ON c.id = a.contact
     WHERE ${WRITABLE} ORDER BY a.address, c.id`,
  );
  // "Иванов" alone is half an office; two words of a name are a person.
  const names = db.iterate<{ key: string; id: number }>(
    `SELECT c.place AS key, c.id AS id FROM contacts c WHERE ${WRITABLE} AND c.place LIKE '% %' ORDER BY c.place, c.id`,
  );
  return [...links(addresses, 'address'), ...phones(db), ...links(names, 'name')];
}

function phones(db: ReadHandle): Link[] {
  const out: Link[] = [];
  let digits = '';
  let same: { id: number; words: Set<string> }[] = [];
  const flush = (): void => {
    if (same.length > SWITCHBOARD) return;
    for (const [n, one] of same.entries())
      for (const two of same.slice(n + 1))
        if ([...one.words].some((word) => word.length > 1 && two.words.has(word)))
          out.push({ one: one.id, two: two.id, reason: 'phone' });
  };
  const rows = db.iterate<{ digits: string; id: number; place: string }>(
    `SELECT p.digits AS digits, c.id AS id, c.place AS place FROM contact_phones p JOIN contacts c ON c.id = p.contact
     WHERE ${WRITABLE} ORDER BY p.digits, c.id`,
  );
  for (const row of rows) {
    if (row.digits !== digits) {
      flush();
      same = [];
      digits = row.digits;
    }
    same.push({ id: row.id, words: new Set(row.place.split(' ')) });
  }
  flush();
  return out;
}

/** Groups of two or more, surest first. */
export function duplicateGroups(db: ReadHandle): DuplicateGroup[] {
  const parent = new Map<number, number>();
  const root = (id: number): number => {
    let at = id;
    while ((parent.get(at) ?? at) !== at) at = parent.get(at) as number;
    parent.set(id, at);
    return at;
  };
  const all = shared(db);
  for (const { one, two } of all) {
    const [a, b] = [root(one), root(two)];
    parent.set(a, Math.min(a, b));
    parent.set(b, Math.min(a, b));
  }
  const groups = new Map<number, { reason: DuplicateReason; ids: Set<number> }>();
  for (const { one, two, reason } of all) {
    const group = groups.get(root(one)) ?? { reason, ids: new Set<number>() };
    if (RANK[reason] < RANK[group.reason]) group.reason = reason;
    group.ids.add(one).add(two);
    groups.set(root(one), group);
  }
  return [...groups.values()]
    .map(({ reason, ids }) => ({ reason, ids: [...ids].sort((a, b) => a - b).slice(0, MOST) }))
    .sort((a, b) => RANK[a.reason] - RANK[b.reason] || (a.ids[0] as number) - (b.ids[0] as number));
}
