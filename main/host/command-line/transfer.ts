/** Commands that bring letters in and take them out, and the check of what is kept. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { diskLetters } from '../../client/import/disk.ts';
import { type ExportFormat, exportFolder } from '../../client/import/exporter.ts';
import { type ImportReport, importLetters } from '../../client/import/importer.ts';
import { UsageError } from './arguments.ts';
import { folderForImport, folderNamed, namedFolders, type Session } from './session.ts';

export async function folders(session: Session): Promise<void> {
  const all = (await namedFolders(session)).filter((each) => each.selectable);
  const list = all.map(({ id, accountName: account, path, total, unread }) => ({
    id,
    account,
    path,
    total,
    unread,
  }));
  await session.print(list, () =>
    list.map((each) => `${each.id}\t${each.account}/${each.path}\t${each.total}\t${each.unread}`),
  );
}

export async function bringIn(session: Session): Promise<void> {
  const { args, profile } = session;
  if (args.words.length === 0) throw new UsageError((words) => words.missingPaths);
  const folder = await folderForImport(session, args.required('folder'));
  await profile.indexer.start();
  const failed: ImportReport['failed'] = [];
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  const source = diskLetters(profile.store, {
    paths: args.words.map((path) => resolve(path)),
    folder: folder.id,
    readByDefault: false,
    subfolders: false,
    signal: abort.signal,
    onProblem: (path, reason) => failed.push({ path, reason }),
  });
  const { store, pool, indexer } = profile;
  const deps = { store, pool, indexer, log: silentLog, now: () => systemClock.now() };
  const report = await importLetters(deps, source, {
    checkpoint: async () => abort.signal.throwIfAborted(),
    progress: () => {},
  });
  process.removeListener('SIGINT', stop);
  await indexer.idle();
  const { imported, duplicates } = report;
  const { words } = session;
  const sentence = (reason: string): string => words.reasons[reason] ?? words.unreadable(reason);
  const all = [...failed, ...report.failed].map(({ path, reason }) => ({ path, reason: sentence(reason) }));
  await session.print({ imported, duplicates, failed: all }, () => [
    `${imported} letters came in, ${duplicates} were here already, ${all.length} could not be read`,
    ...all.map((each) => `${each.path}: ${each.reason}`),
  ]);
  if (imported + duplicates === 0 && all.length > 0)
    session.fail(words.nothingImported(all[0]?.path ?? '', all[0]?.reason ?? ''));
}

export async function takeOut(session: Session): Promise<void> {
  const { args, profile } = session;
  const format = args.required('format');
  if (format !== 'mbox' && format !== 'eml' && format !== 'maildir')
    throw new UsageError((words) => words.oneOf('format', 'mbox, eml or maildir'));
  const out = resolve(args.required('out'));
  const folder = await folderNamed(session, args.required('folder'));
  const { exported, skipped } = await exportFolder(
    profile.store,
    folder.id,
    format satisfies ExportFormat,
    out,
  );
  await session.print(skipped.length === 0 ? { exported } : { exported, skipped }, () => [
    `${exported.length} letters are now in ${out}`,
    ...skipped.map((each) => `letter ${each.id}: ${each.reason}`),
  ]);
  if (skipped.length > 0) session.fail(session.words.someLeftOut(skipped.length));
}

export async function check(session: Session): Promise<void> {
  const report = await session.call('check.run', {});
  await session.print(report, () => [
    `${report.messages} letters, ${report.blobs} stored bodies`,
    ...report.problems.map((each) => `${each.code}: ${each.message}`),
  ]);
  if (!report.ok) session.fail(session.words.checkFound(report.problems.length));
}

/** A file that can be read, for commands that take one. */
export async function readableFile(path: string | undefined): Promise<string> {
  if (!path) throw new UsageError((words) => words.missingFile);
  const full = resolve(path);
  await access(full);
  return full;
}
