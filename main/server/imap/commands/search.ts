/**
 * SEARCH, UID SEARCH, SORT, UID SORT, THREAD and UID THREAD (RFC 9051 section 6.4.4, RFC 5256, RFC 5267). The mailstore does
 * the work in a thread of its own; a session only ever sees messages it has been told of (rule I20).
 */
import type { SearchKey, SortKey, ThreadAlgorithm, ThreadList } from '../../mailstore/search-key.ts';
import { bad } from '../faults.ts';
import type { Scanner } from '../scanner.ts';
import { readProgram, requireCharset, type SearchProgram } from '../searching/program.ts';
import {
  type Result,
  type ReturnOptions,
  readReturn,
  saved,
  tellExtended,
  tellNumbers,
} from '../searching/results.ts';
import { rangesOf } from '../sequence-set.ts';
import type { Session } from '../session.ts';
import type { Command, Completion, PlainCommand } from './command.ts';

interface SearchArguments {
  readonly options: ReturnOptions | null;
  readonly program: SearchProgram;
  /** SORT's; null for SEARCH. */
  readonly order: readonly SortKey[] | null;
}

const SORT_WORDS: ReadonlySet<string> = new Set([
  'ARRIVAL',
  'CC',
  'DATE',
  'FROM',
  'SIZE',
  'SUBJECT',
  'TO',
  'DISPLAYFROM',
  'DISPLAYTO',
]);
/** Criteria of one SORT; more only repeat. */
const MOST_CRITERIA = 20;

function readOrder(scanner: Scanner): SortKey[] {
  const keys: SortKey[] = [];
  scanner.list(() => {
    const reverse = scanner.maybeAtom('REVERSE');
    if (reverse) scanner.space();
    const word = scanner.atom().toUpperCase();
    if (!SORT_WORDS.has(word)) throw bad(`SORT knows no ${word}.`);
    if (keys.length >= MOST_CRITERIA) throw bad('SORT has too many criteria.', 'LIMIT');
    keys.push({ by: word.toLowerCase() as SortKey['by'], reverse });
  });
  return keys;
}

/** Options and criteria, then the program. SORT and THREAD always name a charset (RFC 5256 section 3). */
function readSearch(scanner: Scanner, session: Session, sorts: boolean): SearchArguments {
  scanner.space();
  const options = readReturn(scanner);
  if (!sorts) return { options, order: null, program: readProgram(scanner, session) };
  const order = readOrder(scanner);
  scanner.space();
  requireCharset(scanner.astring());
  scanner.space();
  return { options, order, program: readProgram(scanner, session) };
}

/** UIDs that match, of those the client knows. */
function find(session: Session, key: SearchKey): Promise<Uint32Array> {
  const { selected } = session;
  return session.context.mailstore.search(selected.mailboxId, key, selected.view.uids, session.signal);
}

async function highestModseq(session: Session, uids: Uint32Array): Promise<number> {
  let highest = 0;
  const rows = session.context.mailstore.rows(
    session.selected.mailboxId,
    rangesOf([...uids].sort((a, b) => a - b)),
    { modseq: true },
    session.signal,
  );
  for await (const batch of rows)
    for (const modseq of batch.modseqs ?? []) highest = Math.max(highest, modseq);
  return highest;
}

async function run(session: Session, args: SearchArguments, byUid: boolean): Promise<Completion> {
  const { options, program, order } = args;
  const { selected } = session;
  const word = order ? 'SORT' : 'SEARCH';
  let uids: Uint32Array;
  try {
    uids = await find(session, program.key);
    if (order) {
      uids = await session.context.mailstore.sort(selected.mailboxId, uids, order, session.signal);
    }
  } catch (failure) {
    // RFC 5182 section 2.1: a search that failed leaves nothing saved.
    if (options?.save) selected.saved = [];
    throw failure;
  }
  const numbers = byUid ? uids : uids.map((uid) => selected.view.seqOf(uid));
  const modseq = program.modseq && uids.length > 0 ? await highestModseq(session, uids) : null;
  const result: Result = { numbers, uids, modseq };
  if (!options) await tellNumbers(session, word, result);
  else {
    if (options.save) selected.saved = saved(options, uids);
    // RFC 5182 section 2: SAVE alone is answered by nothing but OK.
    const silent =
      options.save && !options.min && !options.max && !options.all && !options.count && !options.partial;
    if (!silent) tellExtended(session, options, result, { byUid, sorted: order !== null });
  }
  return { text: `${word} completed.` };
}

function searchCommand(byUid: boolean, sorts: boolean): PlainCommand<SearchArguments> {
  const name = sorts ? 'SORT' : 'SEARCH';
  return {
    kind: 'plain',
    name: byUid ? `UID ${name}` : name,
    allowed: 'selected',
    announces: byUid ? 'all' : 'no-expunge',
    parse: (scanner, session) => readSearch(scanner, session, sorts),
    run: (session, args) => run(session, args, byUid),
  };
}

interface ThreadArguments {
  readonly algorithm: ThreadAlgorithm;
  readonly program: SearchProgram;
}

function readThread(scanner: Scanner, session: Session): ThreadArguments {
  scanner.space();
  const algorithm = scanner.atom().toLowerCase();
  if (algorithm !== 'references' && algorithm !== 'orderedsubject') {
    throw bad('THREAD knows REFERENCES and ORDEREDSUBJECT.');
  }
  scanner.space();
  requireCharset(scanner.astring());
  scanner.space();
  return { algorithm, program: readProgram(scanner, session) };
}

/** Threads written between two looks at the reader. */
const SLICE = 2000;

/**
 * RFC 5256 section 4: a thread in parentheses; a chain of only children runs on, brothers stand in parentheses of their
 * own. A parent that is not there (UID 0) is left out.
 */
export function* threadTexts(list: ThreadList, numberOf: (uid: number) => number): Generator<string> {
  const { uids, depths } = list;
  // Children of each node that is open, by depth; a node with more than one opens parentheses for each.
  const brothers = brothersOf(depths);
  let text = '';
  let threads = 0;
  /** Depths whose node stands in parentheses of its own. */
  const open: number[] = [];
  for (let at = 0; at < uids.length; at += 1) {
    const depth = depths[at]!;
    while (open.length > 0 && open[open.length - 1]! >= depth) {
      text += ')';
      open.pop();
    }
    if (depth === 0) {
      threads += 1;
      if (threads % SLICE === 0) {
        yield text;
        text = '';
      }
    }
    const own = depth === 0 || brothers[at] === 1;
    if (own) {
      text += text.endsWith('(') || text === '' || text.endsWith(')') ? '(' : ' (';
      open.push(depth);
    }
    const uid = uids[at]!;
    if (uid === 0) continue;
    text += text.endsWith('(') ? String(numberOf(uid)) : ` ${numberOf(uid)}`;
  }
  yield text + ')'.repeat(open.length);
}

/** 1 for a node that has brothers. */
function brothersOf(depths: Uint32Array): Uint8Array {
  const out = new Uint8Array(depths.length);
  /** By depth: the node that stands there now, of the same parent. */
  const last: number[] = [];
  for (let at = 0; at < depths.length; at += 1) {
    const depth = depths[at]!;
    if (last.length > depth + 1) last.length = depth + 1;
    const before = last[depth];
    if (before !== undefined && depth > 0) {
      out[before] = 1;
      out[at] = 1;
    }
    last[depth] = at;
  }
  return out;
}

async function runThread(session: Session, args: ThreadArguments, byUid: boolean): Promise<Completion> {
  const { selected } = session;
  const uids = await find(session, args.program.key);
  const list = await session.context.mailstore.thread(selected.mailboxId, uids, args.algorithm);
  if (list.uids.length === 0) {
    session.untagged('THREAD');
    return { text: 'THREAD completed.' };
  }
  session.out.part('* THREAD ');
  for (const text of threadTexts(list, (uid) => (byUid ? uid : selected.view.seqOf(uid)))) {
    session.out.part(text);
    if (session.out.full) await session.drained();
  }
  session.out.close('\r\n');
  return { text: 'THREAD completed.' };
}

function threadCommand(byUid: boolean): PlainCommand<ThreadArguments> {
  return {
    kind: 'plain',
    name: byUid ? 'UID THREAD' : 'THREAD',
    allowed: 'selected',
    announces: byUid ? 'all' : 'no-expunge',
    parse: readThread,
    run: (session, args) => runThread(session, args, byUid),
  };
}

export const searchCommands: readonly Command[] = [
  searchCommand(false, false) as Command,
  searchCommand(true, false) as Command,
  searchCommand(false, true) as Command,
  searchCommand(true, true) as Command,
  threadCommand(false) as Command,
  threadCommand(true) as Command,
];
