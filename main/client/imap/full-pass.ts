/**
 * A full pass over an account (C2): tell what was done here, list the folders, then each folder in which
 * something can have changed, those first that a person looks at.
 */
import { cancelled, toFault } from '../../base/errors.ts';
import type { JobHandle } from '../jobs.ts';
import type { PassReport } from './apply.ts';
import type { SyncContext } from './context.ts';
import type { EngineParts } from './engine.ts';
import { type Statuses, syncFolders } from './folders-pass.ts';
import type { Line } from './line.ts';
import { unchanged } from './plan.ts';
import type { ImapAccount, ImapFolder } from './reads.ts';

/** What a pass needs of the account it is made for. */
export interface PassHost {
  parts: EngineParts;
  context: SyncContext;
  line: Line;
  /** The folder a person looks at. */
  open: number | null;
  connected(): void;
  /** Tells the server what was done here. */
  replay(): Promise<void>;
  inbox(folder: number | null): void;
  /** One pass over one folder. */
  folder(id: number, job: JobHandle): Promise<PassReport>;
}

export async function fullPass(
  host: PassHost,
  account: ImapAccount,
): Promise<{ folders: number; inserted: number }> {
  const { parts, context, line } = host;
  const { store } = parts;
  const job = parts.jobs.start('sync', account.address, 'letters');
  // A server that hangs is left at once, not at its next answer.
  const stop = (): void => line.drop();
  job.signal.addEventListener('abort', stop, { once: true });
  try {
    await line.use(async () => host.connected());
    await host.replay();
    const statuses = await line.use((connection) => syncFolders(context, connection, account.id));
    const folders = inOrder(await store.read('imap.folders', account.id), host.open);
    host.inbox(folders.find((each) => each.role === 'inbox')?.id ?? null);
    let inserted = 0;
    for (const folder of folders) {
      context.signal.throwIfAborted();
      job.signal.throwIfAborted();
      if (!folder.selectable || (await same(line, folder, statuses))) continue;
      const report = await tryFolder(host, folder, job);
      inserted += report?.inserted.length ?? 0;
    }
    const server = await line.use(async (connection) => ({
      condstore: connection.condstore,
      qresync: connection.qresync,
      prefix: connection.library.namespace?.prefix ?? '',
      delimiter: connection.library.namespace?.delimiter || '/',
      uidplus: connection.can('UIDPLUS'),
      move: connection.can('MOVE'),
    }));
    await store.write('imap.accountSynced', { account: account.id, server });
    job.done();
    return { folders: folders.length, inserted };
  } catch (thrown) {
    const failure = job.signal.aborted ? cancelled() : thrown;
    job.failed(failure);
    throw failure;
  } finally {
    job.signal.removeEventListener('abort', stop);
  }
}

/** The open folder, INBOX, what a person wrote, the rest. */
export function inOrder(folders: readonly ImapFolder[], open: number | null): ImapFolder[] {
  const rank = (each: ImapFolder) => {
    if (each.id === open) return 0;
    if (each.role === 'inbox') return 1;
    return each.role === 'drafts' || each.role === 'sent' ? 2 : 3;
  };
  return [...folders].sort((a, b) => rank(a) - rank(b));
}

async function same(line: Line, folder: ImapFolder, statuses: Statuses): Promise<boolean> {
  const status = statuses.get(folder.serverPath);
  if (!status || folder.pending) return false;
  const highestModseq = folder.highestModseq === null ? null : BigInt(folder.highestModseq);
  return line.use(async (connection) => unchanged({ ...folder, highestModseq }, status, connection));
}

/** A folder the server refuses does not keep the others from being synchronised. */
async function tryFolder(
  host: PassHost,
  folder: ImapFolder,
  job: JobHandle,
): Promise<PassReport | undefined> {
  try {
    return await host.folder(folder.id, job);
  } catch (failure) {
    const fault = toFault(failure);
    if (!host.line.connected || fault.kind === 'transient' || fault.kind === 'cancelled') throw fault;
    host.parts.log.warn('imap-folder-refused', { folder: folder.id, code: fault.code, detail: fault.detail });
    return undefined;
  }
}
