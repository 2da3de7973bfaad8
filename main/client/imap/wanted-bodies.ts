/** Bodies by the account's policy, newest first in each folder, as a job that can be paused. */
import { BodySink, fetchBodies, policySince } from './bodies.ts';
import type { SyncContext } from './context.ts';
import type { EngineParts } from './engine.ts';
import { inOrder } from './full-pass.ts';
import type { Line } from './line.ts';
import type { ImapAccount, WantedBody } from './reads.ts';

/** Bodies asked of the database at a time. */
const BODY_WINDOW = 400;

/** Every body the policy asks for. `open`: the folder a person looks at comes first. */
export async function fetchWanted(
  parts: EngineParts,
  account: ImapAccount,
  base: SyncContext,
  line: Line,
  open: number | null,
): Promise<void> {
  const { store, jobs, clock } = parts;
  const since = policySince(account.policy, clock.now());
  if (since === null) return;
  const totals = await store.read('imap.wantedTotals', { account: account.id, since });
  const total = totals.reduce((sum, each) => sum + each.count, 0);
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
    for (const folder of folders.filter((each) => totals.some((row) => row.folder === each.id))) {
      let before: number | null = null;
      for (;;) {
        await job.checkpoint();
        const wanted: WantedBody[] = await store.read('imap.wantedBodies', {
          account: account.id,
          folder: folder.id,
          since,
          before,
          limit: BODY_WINDOW,
        });
        if (wanted.length === 0) break;
        before = wanted.at(-1)?.key ?? null;
        await line.use(async (connection) => {
          if (connection.folder?.path !== folder.serverPath) await connection.select(folder.serverPath);
          const { uidValidity } = connection.folder ?? {};
          if (folder.uidValidity !== null && Number(uidValidity) !== folder.uidValidity) return;
          await fetchBodies(context, connection, wanted, sink);
        });
      }
    }
    await sink.flush();
    job.done();
  } catch (failure) {
    job.failed(failure);
    throw failure;
  }
}
