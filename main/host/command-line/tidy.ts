/** Commands for keeping tidy. What takes letters away shows first and acts with --yes. */
import type { Scope } from '../../contract/mail/views.ts';
import { accountNamed } from './accounts.ts';
import { ids, UsageError } from './arguments.ts';
import { folderNamed, isoDate, localDay, namedFolders, type Session } from './session.ts';

const megabytes = (octets: number): string => `${(octets / 1_000_000).toFixed(1)} MB`;

/** --folder, --account, or everywhere. */
async function scopeOf(session: Session): Promise<Scope> {
  const folder = session.args.text('folder');
  if (folder !== undefined) return { in: 'folder', folder: (await folderNamed(session, folder)).id };
  const account = session.args.text('account');
  if (account !== undefined) return { in: 'account', account: (await accountNamed(session, account)).id };
  return { in: 'everywhere' };
}

/** Each group, the letter that stays first; with --yes the others go to Trash. */
async function duplicates(session: Session): Promise<void> {
  const scope = await scopeOf(session);
  const limit = Math.min(200, session.args.number('count', 50, 1));
  const found = await session.call('tidy.duplicates', { scope, limit });
  if (session.args.has('yes')) {
    const done = await session.call('tidy.removeDuplicates', { scope });
    await session.print({ removed: done.count, undo: done.undo }, () => [
      `${done.count} letters went to Trash`,
    ]);
    return;
  }
  const { groups, total, extra, size } = found;
  await session.print(
    {
      groups: groups.map(({ keep, rows }) => ({
        keep,
        ids: rows.map(({ id }) => id),
        subject: rows[0]?.subject ?? '',
      })),
      total,
      extra,
      size,
    },
    () => [
      ...groups.map(({ rows }) => `${rows.map(({ id }) => id).join(' ')}\t${rows[0]?.subject ?? ''}`),
      `${total} groups, ${extra} letters too many, ${megabytes(size)}`,
    ],
  );
}

async function large(session: Session): Promise<void> {
  const scope = await scopeOf(session);
  const least = session.args.number('least', 1000) * 1000;
  const limit = Math.min(500, session.args.number('count', 50, 1));
  const { rows, total, size } = await session.call('tidy.large', { scope, least, limit });
  const items = rows.map((row) => ({
    id: row.id,
    size: row.size,
    date: isoDate(row.date),
    from: row.from.address,
    subject: row.subject,
  }));
  await session.print({ items, total, size }, () => [
    ...items.map(
      (each) => `${each.id}\t${megabytes(each.size)}\t${localDay(each.date)}\t${each.from}\t${each.subject}`,
    ),
    `${total} letters, ${megabytes(size)}`,
  ]);
}

/** Letters of a folder older than --days; with --yes they go to the archive. */
async function archive(session: Session): Promise<void> {
  const { id: folder } = await folderNamed(session, session.args.required('folder'));
  session.args.required('days');
  const days = session.args.number('days', 365, 1);
  const preview = await session.call('tidy.oldLetters', { folder, days });
  if (!session.args.has('yes')) {
    await session.print(preview, () => [
      ...preview.places.map(({ path, count }) => `${path}\t${count}`),
      `${preview.count} letters, ${megabytes(preview.size)}`,
    ]);
    return;
  }
  const done = await session.call('tidy.archiveOld', { folder, days });
  await session.print({ archived: done.count, undo: done.undo }, () => [
    `${done.count} letters were archived`,
  ]);
}

/** The rules; with --folder one is set (--days N, or 0 for none), looked at (without --yes) and confirmed (with it). */
async function retention(session: Session): Promise<void> {
  const { args } = session;
  const named = args.text('folder');
  if (named === undefined) {
    if (args.has('yes')) {
      const ran = await session.call('tidy.runRetention', {});
      await session.print(ran, () => [
        `${ran.count} letters went, ${ran.waiting} rules wait to be confirmed`,
      ]);
      return;
    }
    const names = new Map((await namedFolders(session)).map((each) => [each.id, each.full]));
    const rules = (await session.call('tidy.retention', {})).map((rule) => ({
      ...rule,
      folder: names.get(rule.folder) ?? String(rule.folder),
    }));
    await session.print(rules, () =>
      rules.map(
        ({ folder, days, end, confirmed }) => `${folder}\t${days}\t${end}\t${confirmed ? 'on' : 'waits'}`,
      ),
    );
    return;
  }
  const { id: folder } = await folderNamed(session, named);
  args.required('days');
  const days = args.number('days', 0);
  const end = args.text('end') ?? 'trash';
  if (end !== 'trash' && end !== 'erase') throw new UsageError((words) => words.oneOf('end', 'trash, erase'));
  const confirmed = args.has('yes');
  await session.call('tidy.setRetention', { folder, days: days === 0 ? null : days, end, confirmed });
  const preview =
    days === 0
      ? { count: 0, size: 0, oldest: null }
      : await session.call('tidy.retentionPreview', { folder, days });
  await session.print({ folder: named, days, end, confirmed, ...preview }, () => [
    `${preview.count} letters, ${megabytes(preview.size)}${confirmed || days === 0 ? '' : ': nothing goes before --yes'}`,
  ]);
}

const marked = (session: Session): { kind: 'letter' | 'draft'; id: number }[] => {
  const kind = session.args.has('draft') ? 'draft' : 'letter';
  return ids(session.args.words).map((id) => ({ kind, id }));
};

/** What was deleted for ever and can still be had back. */
async function deleted(session: Session): Promise<void> {
  const count = Math.min(500, session.args.number('count', 100, 1));
  const found = await session.call('tidy.deleted', { from: session.args.number('from', 0), count });
  const items = found.items.map((each) => ({
    ...each,
    date: isoDate(each.date),
    deletedAt: isoDate(each.deletedAt),
    until: isoDate(each.until),
  }));
  await session.print({ items, total: found.total, size: found.size }, () =>
    items.map(
      ({ kind, id, until, from, subject }) => `${kind}\t${id}\t${localDay(until)}\t${from}\t${subject}`,
    ),
  );
}

async function restore(session: Session): Promise<void> {
  const { count } = await session.call('tidy.bringBack', { items: marked(session) });
  await session.print({ restored: count }, () => [`${count} letters are back`]);
}

async function forget(session: Session): Promise<void> {
  const all = session.args.has('all');
  const { count } = await session.call('tidy.forget', { items: all ? null : marked(session) });
  await session.print({ forgotten: count }, () => [`${count} letters are gone for good`]);
}

/** Gives room of letters that are gone back to the disk. */
export async function compact(session: Session): Promise<void> {
  const done = await session.call('tidy.compact', {});
  await session.print(done, () => [`${megabytes(done.freed)} were given back (${done.segments} files)`]);
}

export const TIDY_COMMANDS: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'tidy duplicates': duplicates,
  'tidy large': large,
  'tidy archive': archive,
  'tidy retention': retention,
  'tidy deleted': deleted,
  'tidy restore': restore,
  'tidy forget': forget,
  compact,
};
