/**
 * Entry of the writer thread: locks the profile, recovers, migrates, then serves writes in groups. The
 * messages that wait in the port are the queue: all that have come in join the group under way.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Closers } from '../base/disposable.ts';
import { Fault, type FaultData } from '../base/errors.ts';
import { sealActive } from './compaction.ts';
import { Connection } from './database.ts';
import { causeText, storeFault } from './fault.ts';
import { databaseFile, spoolFolder } from './layout.ts';
import { lockStore } from './lock.ts';
import { migrate } from './migrate.ts';
import type { Program } from './program.ts';
import { giveBack, Rest } from './rest.ts';
import { Segments } from './segments.ts';
import { type LogMessage, threadLog } from './thread-log.ts';
import { vacuum } from './vacuum.ts';
import { type GroupResult, type Job, type Reply, Writer } from './writer.ts';

export interface WriterData {
  readonly dir: string;
  readonly program: string;
  readonly segmentBytes: number;
}

/** What the writer thread says. */
export type WriterMessage =
  | { readonly ready: { readonly modseq: number; readonly searchFields: readonly string[] } }
  | { readonly failed: FaultData; readonly cause: string | undefined }
  | { readonly group: GroupResult }
  | { readonly counts: { writes: number; groups: number; segmentSyncs: number }; readonly id: number }
  | {
      readonly upkeep: { output: unknown } | { fault: FaultData; cause: string | undefined };
      readonly id: number;
    }
  | { readonly closed: true }
  | { readonly log: LogMessage };

/** What the writer's connection does outside of groups. */
export type Upkeep =
  | { readonly id: number; readonly ask: 'seal'; readonly segment: number }
  | { readonly id: number; readonly ask: 'vacuum' };

export type WriterRequest =
  | Job
  | Upkeep
  | { readonly id: number; readonly ask: 'counts' }
  | { readonly close: true };

function emptySpool(dir: string): void {
  const folder = spoolFolder(dir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true, recursive: true });
}

async function serve(data: WriterData): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('not a worker thread');
  const say = (message: WriterMessage) => port.postMessage(message);
  const log = threadLog(port);
  const closers = new Closers();
  try {
    const { program } = (await import(data.program)) as { program: Program };
    mkdirSync(data.dir, { recursive: true, mode: 0o700 });
    closers.add(lockStore(data.dir));
    const db = closers.add(
      new Connection(databaseFile(data.dir), {
        readOnly: false,
        onSlow: (sql, ms) => log.warn('store-slow-write', { sql, ms: Math.round(ms) }),
      }),
    );
    migrate(db, data.dir, program, log);
    emptySpool(data.dir);
    const segments = closers.add(Segments.open(db, data.dir, data.segmentBytes, log));
    const writer = new Writer(db, data.dir, segments, program, log, Date.now);
    const rest = new Rest(() =>
      giveBack(() => db.exec('PRAGMA shrink_memory')).catch((cause) =>
        log.warn('thread-rest-failed', { cause }),
      ),
    );
    closers.defer(() => rest.end());
    const upkeep = (request: Upkeep): WriterMessage => {
      const { id } = request;
      try {
        const output = request.ask === 'vacuum' ? vacuum(db) : sealActive(db, segments, request.segment);
        return { upkeep: { output }, id };
      } catch (failure) {
        const fault = storeFault(failure);
        log.warn('store-upkeep-failed', { ask: request.ask, code: fault.code, cause: causeText(fault) });
        return { upkeep: { fault: fault.toData(), cause: causeText(fault) }, id };
      }
    };
    listen(port, writer, upkeep, say, closers, rest);
    say({ ready: { modseq: db.modseq(), searchFields: program.searchFields ?? [] } });
    // A program that is killed would leave nothing of what this thread has compiled for the next start.
    flushCompileCache();
  } catch (failure) {
    const fault = storeFault(failure);
    log.error('store-open-failed', { code: fault.code, cause: causeText(fault) });
    await closers.close();
    say({ failed: fault.toData(), cause: causeText(fault) });
    port.close();
  }
}

/** An output that cannot be cloned fails its own caller; the commit stands and the others are answered. */
function sayGroup(say: (message: WriterMessage) => void, group: GroupResult): void {
  try {
    say({ group });
  } catch {
    const replies = group.replies.map((reply): Reply => {
      try {
        structuredClone(reply);
        return reply;
      } catch (failure) {
        const fault = new Fault('internal', 'not-cloneable', 'The result of a write could not be passed on.');
        return { id: reply.id, fault: fault.toData(), cause: String(failure) };
      }
    });
    say({ group: { ...group, replies } });
  }
}

function listen(
  port: NonNullable<typeof parentPort>,
  writer: Writer,
  upkeep: (request: Upkeep) => WriterMessage,
  say: (message: WriterMessage) => void,
  closers: Closers,
  rest: Rest,
): void {
  port.on('message', (first: WriterRequest) => {
    let held: WriterRequest | undefined = first;
    const take = (relaxed: boolean): Job | undefined => {
      const next = held ?? (receiveMessageOnPort(port)?.message as WriterRequest | undefined);
      held = undefined;
      if (next && 'name' in next && (!relaxed || next.relaxed)) return next;
      held = next;
      return undefined;
    };
    for (;;) {
      const job = take(false);
      if (job) {
        let given: Job | undefined = job;
        const group = writer.runGroup((relaxed) => {
          const now = given ?? take(relaxed);
          given = undefined;
          return now;
        });
        sayGroup(say, group);
      } else if (held && 'ask' in held) {
        say(held.ask === 'counts' ? { counts: writer.counts(), id: held.id } : upkeep(held));
        held = undefined;
      } else if (held) {
        void closers.close().then(() => {
          say({ closed: true });
          port.close();
        });
        return;
      } else {
        rest.wake();
        return;
      }
    }
  });
}

await serve(workerData as WriterData);
