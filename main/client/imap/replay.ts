/**
 * Tells the server what the person did (C22-C25). Operations go in the order of the actions, neighbours of
 * one kind as one command. Each is marked as under way before it is sent; one that was interrupted is
 * checked against the server before it is sent again, so that nothing is done twice.
 *
 * It must never use plain EXPUNGE (it removes what others marked), nor undo a letter that exists only here.
 */
import { type Fault, toFault } from '../../base/errors.ts';
import { syncFolder } from './apply.ts';
import type { Connection } from './connection.ts';
import type { SyncContext } from './context.ts';
import type { CopyPayload, CreatePayload, MovePayload, OperationRow } from './oplog.ts';
import { GROUP, Replayer, type ReplayReport } from './replayer.ts';

/** Operations looked at together. */
const WINDOW = 1000;
/** Waits before another try, ms; the last one repeats. */
const RETRY_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000];

/** Folders numbered anew that one replay puts in order; a server that goes on changing them is broken. */
const MAX_RELINKS = 50;

/** Replays until nothing can be done now. A lost connection is thrown; what was under way is checked next time. */
export async function replay(
  context: SyncContext,
  connection: Connection,
  account: number,
): Promise<ReplayReport> {
  for (let relinked = 0; ; relinked += 1) {
    try {
      return await replayAll(context, connection, account);
    } catch (failure) {
      const fault = toFault(failure);
      const folder = fault.detail?.['folder'];
      if (fault.code !== 'uid-validity-changed' || typeof folder !== 'number' || relinked >= MAX_RELINKS)
        throw fault;
      // The operations' letters must be found again before anything can be said about them (C5).
      await syncFolder(context, connection, folder);
    }
  }
}

async function replayAll(
  context: SyncContext,
  connection: Connection,
  account: number,
): Promise<ReplayReport> {
  const report: ReplayReport = {
    done: 0,
    refused: [],
    unkept: new Set(),
    nextTry: null,
    touched: new Set(),
  };
  for (;;) {
    context.signal.throwIfAborted();
    const waiting = await context.store.read('imap.operations', { account, limit: WINDOW });
    const { group, nextTry } = nextGroup(waiting, context.clock.now());
    report.nextTry = nextTry;
    if (group.length === 0) return report;
    await runGroup(context, connection, group, report);
  }
}

/** The first operations that may run now and can share a command; a letter's own order is never broken. */
export function nextGroup(
  waiting: readonly OperationRow[],
  now: number,
): { group: OperationRow[]; nextTry: number | null } {
  const blocked = new Set<number>();
  // Folders the server has yet to make: nothing can go there before.
  const unmade = new Set<number>();
  const group: OperationRow[] = [];
  let nextTry: number | null = null;
  for (const op of waiting) {
    if (op.state === 'stuck') continue;
    if (op.message !== null && blocked.has(op.message)) continue;
    if (placesOf(op).some((folder) => unmade.has(folder))) {
      if (op.kind === 'create' && op.folder !== null) unmade.add(op.folder);
      if (op.message !== null) blocked.add(op.message);
      continue;
    }
    if (op.next_try > now) {
      nextTry = Math.min(nextTry ?? op.next_try, op.next_try);
      if (op.kind === 'create' && op.folder !== null) unmade.add(op.folder);
      if (op.message !== null) blocked.add(op.message);
      continue;
    }
    const first = group[0];
    if (first && !sharesCommand(first, op)) break;
    if (first && group.some((each) => each.message === op.message || makes(each, op.message))) break;
    group.push(op);
    if (ALONE.has(op.kind) || group.length >= GROUP) break;
  }
  return { group, nextTry };
}

/** Kinds that travel one to a command. */
const ALONE: ReadonlySet<string> = new Set(['append', 'create']);

/** Whether the operation brings this letter to the server: what is done with the letter must come after. */
function makes(op: OperationRow, message: number | null): boolean {
  return op.kind === 'copy' && message !== null && (JSON.parse(op.payload) as CopyPayload).copy === message;
}

/** Folders an operation concerns: where it begins and where it ends. */
function placesOf(op: OperationRow): number[] {
  const places = op.folder === null ? [] : [op.folder];
  if (op.kind === 'move' || op.kind === 'copy') places.push((JSON.parse(op.payload) as MovePayload).to);
  if (op.kind === 'create') {
    const { parent } = JSON.parse(op.payload) as CreatePayload;
    if (parent !== undefined) places.push(parent);
  }
  return places;
}

function sharesCommand(a: OperationRow, b: OperationRow): boolean {
  if (a.kind !== b.kind || ALONE.has(a.kind)) return false;
  // An interrupted one is checked in its own way.
  if (a.attempts > 0 !== b.attempts > 0) return false;
  if (a.kind === 'flags') return a.payload === b.payload && a.folder === b.folder;
  if (a.folder !== b.folder) return false;
  if (a.kind === 'expunge') return true;
  return (JSON.parse(a.payload) as MovePayload).to === (JSON.parse(b.payload) as MovePayload).to;
}

async function runGroup(
  context: SyncContext,
  connection: Connection,
  group: OperationRow[],
  report: ReplayReport,
): Promise<void> {
  const { store } = context;
  const ids = group.map((each) => each.id);
  await store.write('imap.startOperations', ids);
  try {
    const replayer = new Replayer(context, connection, report);
    const outcomes = await replayer.run(group);
    await store.write('imap.finishOperations', outcomes);
    report.done += outcomes.length;
  } catch (thrown) {
    const fault = toFault(thrown);
    if (connection.closed || fault.kind === 'cancelled' || fault.code === 'uid-validity-changed') throw fault;
    await settleFailure(context, group, fault, report);
  }
}

async function settleFailure(
  context: SyncContext,
  group: OperationRow[],
  fault: Fault,
  report: ReplayReport,
): Promise<void> {
  const { store, clock, log } = context;
  const ids = group.map((each) => each.id);
  const problem = JSON.stringify({ code: fault.code, message: fault.message, detail: fault.detail });
  const kind = group[0]?.kind ?? '';
  log.warn('imap-operation-failed', { kind, count: ids.length, code: fault.code, detail: fault.detail });
  if (fault.kind === 'transient' || fault.code === 'over-quota') {
    const attempts = Math.max(...group.map((each) => each.attempts));
    const quota = fault.code === 'over-quota';
    const wait = quota ? RETRY_MS.at(-1) : RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)];
    await store.write('imap.deferOperations', { ids, at: clock.now() + (wait as number), problem });
    return;
  }
  report.refused.push({ code: fault.code, reply: String(fault.detail?.['reply'] ?? ''), kind });
  for (const each of group) if (each.folder !== null) report.touched.add(each.folder);
  // BAD is our own mistake: kept for a look, not taken back as if the server had judged it.
  await store.write(fault.kind === 'internal' ? 'imap.parkOperations' : 'imap.refuseOperations', {
    ids,
    problem,
  });
}
