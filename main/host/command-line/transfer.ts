/** Commands that take letters out, and the check of what is kept. Old mail in is moving.ts. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ExportFormat, exportFolder } from '../../client/import/exporter.ts';
import { UsageError } from './arguments.ts';
import { folderNamed, namedFolders, type Session } from './session.ts';

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
