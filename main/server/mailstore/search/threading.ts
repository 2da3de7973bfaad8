/**
 * THREAD (RFC 5256): ORDEREDSUBJECT and REFERENCES. Pure; works on flat lists, because a conversation may be ten
 * thousand answers deep and nothing here may recurse that far.
 */
import type { ThreadList } from '../search-key.ts';
import { casemap } from './order.ts';

export interface ThreadRow {
  readonly uid: number;
  /** Date of the letter, or its arrival; ms. */
  readonly date: number;
  /** Base subject. */
  readonly subject: string;
  readonly reply: boolean;
  readonly messageId: string;
  /** Oldest first. */
  readonly parents: readonly string[];
}

interface Node {
  row: ThreadRow | null;
  parent: Node | null;
  children: Node[];
}

const node = (row: ThreadRow | null): Node => ({ row, parent: null, children: [] });

/** RFC 5256 section 3, ORDEREDSUBJECT: sorted by subject and date; the first of a subject is everybody's parent. */
export function orderedSubject(rows: readonly ThreadRow[]): ThreadList {
  const groups = new Map<string, ThreadRow[]>();
  for (const row of [...rows].sort(byDate)) {
    const subject = casemap(row.subject);
    const group = groups.get(subject);
    if (group) group.push(row);
    else groups.set(subject, [row]);
  }
  const threads = [...groups.values()].sort((a, b) => byDate(a[0]!, b[0]!));
  const out = new Preorder();
  for (const [first, ...others] of threads) {
    out.add(first!.uid, 0);
    for (const each of others) out.add(each.uid, 1);
  }
  return out.list();
}

/** RFC 5256 section 3, REFERENCES, steps 1 to 6. */
export function references(rows: readonly ThreadRow[]): ThreadList {
  let roots = gatherSubjects(prune(link(rows)));
  roots = sorted(roots);
  const out = new Preorder();
  const waiting: { node: Node; depth: number }[] = [];
  for (let at = roots.length - 1; at >= 0; at -= 1) waiting.push({ node: roots[at]!, depth: 0 });
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    out.add(next.node.row?.uid ?? 0, next.depth);
    const children = sorted(next.node.children);
    for (let at = children.length - 1; at >= 0; at -= 1) {
      waiting.push({ node: children[at]!, depth: next.depth + 1 });
    }
  }
  return out.list();
}

/** Steps 1 and 2: parents by reference; what is referred to and not there becomes an empty node. */
function link(rows: readonly ThreadRow[]): Node[] {
  const byId = new Map<string, Node>();
  const all: Node[] = [];
  const nodeOf = (id: string): Node => {
    const known = byId.get(id);
    if (known) return known;
    const made = node(null);
    byId.set(id, made);
    all.push(made);
    return made;
  };
  for (const row of rows) {
    let own: Node;
    // A missing or repeated Message-ID counts as one of its own.
    if (row.messageId === '' || byId.get(row.messageId)?.row) {
      own = node(row);
      all.push(own);
    } else {
      own = nodeOf(row.messageId);
      own.row = row;
    }
    let parent: Node | null = null;
    for (const id of row.parents) {
      const next = nodeOf(id);
      if (next !== own && parent && next.parent === null && !isAbove(next, parent)) adopt(parent, next);
      if (next !== own) parent = next;
    }
    // The last reference is the parent, whatever another letter has said before.
    if (own.parent) release(own);
    if (parent && !isAbove(own, parent)) adopt(parent, own);
  }
  return all.filter((each) => each.parent === null);
}

/** True when `above` is `below` or one of its ancestors. */
function isAbove(above: Node, below: Node): boolean {
  for (let each: Node | null = below; each; each = each.parent) if (each === above) return true;
  return false;
}

function adopt(parent: Node, child: Node): void {
  child.parent = parent;
  parent.children.push(child);
}

function release(child: Node): void {
  const siblings = child.parent!.children;
  siblings.splice(siblings.indexOf(child), 1);
  child.parent = null;
}

/** Step 3: empty nodes without children go; empty nodes give their children to their parent, at the root only a single one. */
function prune(roots: readonly Node[]): Node[] {
  const order: Node[] = [];
  const waiting = [...roots];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    order.push(next);
    waiting.push(...next.children);
  }
  // Children before their parents, so that an emptied parent is seen as such.
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const each = order[at]!;
    if (each.row) continue;
    const { parent } = each;
    if (!parent) continue;
    const place = parent.children.indexOf(each);
    parent.children.splice(place, 1, ...each.children);
    for (const child of each.children) child.parent = parent;
    each.children = [];
  }
  return roots.flatMap((root) => {
    if (root.row || root.children.length > 1) return [root];
    const only = root.children[0];
    if (!only) return [];
    only.parent = null;
    return [only];
  });
}

/** Step 5: threads of one subject that no reference joins. */
function gatherSubjects(roots: readonly Node[]): Node[] {
  const table = new Map<string, Node>();
  const subjectOf = (root: Node) => casemap((root.row ?? root.children[0]?.row)?.subject ?? '');
  const isReply = (root: Node) => (root.row ?? root.children[0]?.row)?.reply ?? false;
  for (const root of roots) {
    const subject = subjectOf(root);
    if (subject === '') continue;
    const kept = table.get(subject);
    // An empty node is the better parent, a letter that is no reply better than a reply.
    if (!kept || (kept.row && !root.row) || (kept.row && root.row && isReply(kept) && !isReply(root))) {
      table.set(subject, root);
    }
  }
  const out: Node[] = [];
  const gone = new Set<Node>();
  for (const root of roots) {
    const kept = table.get(subjectOf(root));
    if (!kept || kept === root) continue;
    gone.add(root);
    if (!kept.row && !root.row) {
      for (const child of root.children) adopt(kept, child);
      root.children = [];
    } else if (!kept.row || (root.row && isReply(root) && !isReply(kept))) {
      adopt(kept, root);
    } else {
      // Both stand under a new empty node, which takes the kept one's place.
      const joint = node(null);
      const copy = node(kept.row);
      copy.children = kept.children;
      for (const child of copy.children) child.parent = copy;
      kept.row = joint.row;
      kept.children = [];
      adopt(kept, copy);
      adopt(kept, root);
    }
  }
  for (const root of roots) if (!gone.has(root)) out.push(root);
  return out;
}

function byDate(a: ThreadRow, b: ThreadRow): number {
  return a.date - b.date || a.uid - b.uid;
}

/** Steps 4 and 6: by date; an empty node counts with its first child. */
function sorted(nodes: readonly Node[]): Node[] {
  const first = new Map<Node, ThreadRow>();
  for (const each of nodes) {
    const row =
      each.row ??
      [...each.children]
        .map((child) => child.row)
        .filter((found) => found !== null)
        .sort(byDate)[0];
    if (row) first.set(each, row);
  }
  return nodes.filter((each) => first.has(each)).sort((a, b) => byDate(first.get(a)!, first.get(b)!));
}

class Preorder {
  #uids: number[] = [];
  #depths: number[] = [];

  add(uid: number, depth: number): void {
    this.#uids.push(uid);
    this.#depths.push(depth);
  }
  list(): ThreadList {
    return { uids: Uint32Array.from(this.#uids), depths: Uint32Array.from(this.#depths) };
  }
}
