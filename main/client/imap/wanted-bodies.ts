/**
 * Bodies by the account's policy and by the person's marks, newest first in each folder, as a job that can be paused. A
 * letter that is marked to be fetched comes first; one that is marked otherwise, or is above the account's size, does not
 * come by itself; one that rules have not seen yet comes when they have.
 */
import { toFault } from '../../base/errors.ts';
import { BodySink, fetchBodies, policySince } from './bodies.ts';
import type { SyncContext } from './context.ts';
import type { EngineParts } from './engine.ts';
import { inOrder } from './full-pass.ts';
import type { Line } from './line.ts';
import type { ImapAccount, WantedBody } from './reads.ts';

/** Bodies asked of the database at a time. */
const BODY_WINDOW = 400;

export interface BodyParts {
  parts: EngineParts;
  account: number;
  context(): SyncContext;
  line: Line;
  /** The folder a person looks at comes first. */
  open(): number | null;
}

/** The account's fetching behind its passes: one at a time. */
export class WantedBodies {
  readonly #parts: BodyParts;
  #running: Promise<void> | undefined;

  constructor(parts: BodyParts) {
    this.#parts = parts;
  }

  /** Begins behind what is under way. A failure is written down: the next pass begins anew. */
  start(account: ImapAccount): void {
    const next = (this.#running ?? Promise.resolve())
      .then(() => this.fetch(account))
      .catch((failure) => {
        const fault = toFault(failure);
        if (fault.kind === 'cancelled') return;
        this.#parts.parts.log.info('imap-bodies-failed', {
          account: this.#parts.account,
          code: fault.code,
          cause: fault.cause,
        });
      });
    this.#running = next;
    void next.then(() => {
      if (this.#running === next) this.#running = undefined;
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  fetch(account: ImapAccount): Promise<void> {
    const { parts, context, line, open } = this.#parts;
    return fetchWanted(parts, account, context(), line, open());
  }
}

/** Every body the policy or a mark asks for. `open`: the folder a person looks at comes first. */
async function fetchWanted(
  parts: EngineParts,
  account: ImapAccount,
  base: SyncContext,
  line: Line,
  open: number | null,
): Promise<void> {
  const { store, jobs, clock } = parts;
  let ruled = (await parts.ruled?.()) ?? false;
  const marked = await store.read('maildrop.markedBodies', account.id);
  const since = policySince(account.policy, clock.now());
  const most = (account.policy.headersAbove ?? Number.MAX_SAFE_INTEGER / 1024) * 1024;
  const totals =
    since === null ? [] : await store.read('imap.wantedTotals', { account: account.id, since, most, ruled });
  const total = marked.length + totals.reduce((sum, each) => sum + each.count, 0);
  if (total === 0) return;
  const job = jobs.start('bodies', account.address, 'letters', { canPause: true, total });
  let done = 0;
  const context = { ...base, signal: AbortSignal.any([base.signal, job.signal]) };
  const sink = new BodySink(context, (letters) => {
    done += letters;
    job.progress(done);
  });
  try {
    const folders = inOrder(await store.read('imap.folders', account.id), open);
    const take = (folder: (typeof folders)[number], wanted: readonly WantedBody[]) =>
      line.use(async (connection) => {
        if (connection.folder?.path !== folder.serverPath) await connection.select(folder.serverPath);
        const { uidValidity } = connection.folder ?? {};
        if (folder.uidValidity !== null && Number(uidValidity) !== folder.uidValidity) return;
        await fetchBodies(context, connection, wanted, sink);
      });
    for (const folder of folders) {
      const here = marked.filter((each) => each.folder === folder.id);
      if (here.length > 0) await take(folder, here);
    }
    for (const folder of folders.filter((each) => totals.some((row) => row.folder === each.id))) {
      let before: number | null = null;
      for (;;) {
        await job.checkpoint();
        // More may have arrived since; whoever brought it comes here again.
        ruled = (await parts.ruled?.()) ?? false;
        const wanted: WantedBody[] = await store.read('imap.wantedBodies', {
          account: account.id,
          folder: folder.id,
          since: since ?? 0,
          most,
          ruled,
          before,
          limit: BODY_WINDOW,
        });
        if (wanted.length === 0) break;
        before = wanted.at(-1)?.key ?? null;
        await take(folder, wanted);
      }
    }
    await sink.flush();
    job.done();
  } catch (failure) {
    job.failed(failure);
    throw failure;
  }
}
