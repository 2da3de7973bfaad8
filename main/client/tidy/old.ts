/** Letters by their age and by their size: reads for previews and for what is done after them. */

import type { TidyPreview } from '../../contract/mail/tidy.ts';
import type { Scope } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { folderByRole, folderRow, noSuchFolder } from '../folders/rows.ts';
import { FLAG } from '../messages/row.ts';
import { rowsById } from '../messages/rowview.ts';
import { archiveBy, datedLevels } from './dated.ts';
import { tidyFolders } from './duplicates.ts';

export interface OlderThan {
  folder: number;
  /** ms: letters before this time. */
  before: number;
  /** Flagged letters are passed over. */
  unflagged: boolean;
}

/**
 * By the letter's own date and by its arrival: what came yesterday is not old, whatever its date says. Archiving goes by the
 * date alone, because that is where a person looks for it.
 */
const OLD = `folder = ?1 AND date < ?2 AND (?3 = 0 OR (received < ?2 AND flags & ${FLAG.flagged} = 0))`;

const bind = ({ folder, before, unflagged }: OlderThan) => [folder, before, unflagged ? 1 : 0] as const;

function preview(db: ReadHandle, input: OlderThan): TidyPreview {
  if (!folderRow(db, input.folder)) throw noSuchFolder(input.folder);
  const found = db.get<TidyPreview>(
    `SELECT count(*) AS count, coalesce(sum(size), 0) AS size, min(date) AS oldest FROM messages WHERE ${OLD}`,
    ...bind(input),
  );
  return found ?? { count: 0, size: 0, oldest: null };
}

/** Ids of some of them, beginning above `after`. */
function some(db: ReadHandle, input: OlderThan & { after: number; limit: number }): number[] {
  return db.pluck<number>(
    `SELECT id FROM messages WHERE ${OLD} AND id > ?4 ORDER BY id LIMIT ?5`,
    ...bind(input),
    input.after,
    input.limit,
  );
}

const MOST_PLACES = 200;

/** Where archiving them would put them, and how many in each place. */
function places(db: ReadHandle, input: OlderThan): { path: string; count: number }[] {
  const folder = folderRow(db, input.folder);
  if (!folder) throw noSuchFolder(input.folder);
  const archive = folderByRole(db, folder.account, 'archive')?.path ?? 'Archive';
  const by = archiveBy(db);
  const counts = new Map<string, number>();
  for (const { date } of db.iterate<{ date: number }>(
    `SELECT date FROM messages WHERE ${OLD}`,
    ...bind(input),
  )) {
    const path = [archive, ...datedLevels(date, by)].join('/');
    counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return [...counts]
    .map(([path, count]) => ({ path, count }))
    .sort((a, b) => (a.path < b.path ? 1 : -1))
    .slice(0, MOST_PLACES);
}

/** Trash is not looked into: what is there is on its way out. */
const NOT_LARGE = new Set(['trash', 'all', 'flagged']);

function large(db: ReadHandle, input: { scope: Scope; least: number; limit: number }) {
  const folders = JSON.stringify(tidyFolders(db, input.scope, NOT_LARGE).map((each) => each.id));
  const where = 'folder IN (SELECT value FROM json_each(?1)) AND size >= ?2';
  const sum = db.get<{ total: number; size: number }>(
    `SELECT count(*) AS total, coalesce(sum(size), 0) AS size FROM messages WHERE ${where}`,
    folders,
    input.least,
  );
  const ids = db.pluck<number>(
    `SELECT id FROM messages WHERE ${where} ORDER BY size DESC, id DESC LIMIT ?3`,
    folders,
    input.least,
    input.limit,
  );
  return { rows: rowsById(db, ids), total: sum?.total ?? 0, size: sum?.size ?? 0 };
}

export const oldReads = {
  'tidy.oldPreview': preview,
  'tidy.oldSome': some,
  'tidy.oldPlaces': places,
  'tidy.large': large,
};
