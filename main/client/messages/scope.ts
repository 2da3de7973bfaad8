/**
 * Which folders a view looks into, and what every row of it must be. Pure reading of the folder table; runs in a reader
 * thread.
 */
import { Fault } from '../../base/errors.ts';
import type { Scope, View } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { planQuery, stemExpander } from '../../store/search/match.ts';
import { parseQuery } from '../../store/search/query.ts';
import {
  type Condition,
  columns,
  type FilterContext,
  namesFolders,
  vocabulary,
} from '../search/operators.ts';
import { type SearchSql, searchSql } from '../search/plan-sql.ts';

export interface FolderFacts {
  id: number;
  account: number;
  path: string;
  name: string;
  role: string | null;
  total: number;
  unread: number;
  conversations: number;
}

export function allFolders(db: ReadHandle): FolderFacts[] {
  return db.all<FolderFacts>(
    'SELECT id, account, path, name, role, total, unread, conversations FROM folders WHERE selectable != 0',
  );
}

/** Folders whose letters are not shown unless somebody asks for them by name. */
const LEFT_OUT = new Set(['junk', 'trash']);

const DAY = 86_400_000;
const NO_NEWS = new Set(['junk', 'trash', 'drafts', 'sent', 'outbox', 'scheduled']);

export function foldersOf(scope: Scope, all: readonly FolderFacts[], withLeftOut: boolean): FolderFacts[] {
  switch (scope.in) {
    case 'folder': {
      const folder = all.find((each) => each.id === scope.folder);
      if (!folder)
        throw new Fault('user', 'no-such-folder', 'The folder is not there any more.', {
          detail: { folder: scope.folder },
        });
      return [folder];
    }
    case 'account':
      return all.filter(
        (each) => each.account === scope.account && (withLeftOut || !LEFT_OUT.has(each.role ?? '')),
      );
    case 'unified':
      if (scope.role === 'flagged') return all.filter((each) => !LEFT_OUT.has(each.role ?? ''));
      // Own letters and what is left out are nobody's news.
      if (scope.role === 'unread') return all.filter((each) => !NO_NEWS.has(each.role ?? ''));
      return all.filter((each) => each.role === scope.role);
    case 'everywhere':
      return all.filter((each) => withLeftOut || !LEFT_OUT.has(each.role ?? ''));
  }
}

const FILTERS: Record<View['filter'], string | null> = {
  all: null,
  unread: 'm.flags & 1 = 0',
  flagged: 'm.flags & 4 != 0',
  files: 'm.attachments > 0',
  'to-me': 'm.to_me != 0',
};

export interface ResolvedView {
  folders: FolderFacts[];
  sql: SearchSql;
  /** The rows are those of `conversations`: no condition but the folder. */
  plainConversations: boolean;
  /** The view shows conversations (never in a search: there every letter is a hit of its own). */
  conversations: boolean;
  searching: boolean;
  /** The words of a search or of a kept filter are among its conditions. */
  narrowed: boolean;
  /** Words may mean "today": of a narrowed view the day it was asked on (days since 1970), else 0. */
  day: number;
}

export function filterContext(db: ReadHandle, folders: readonly FolderFacts[], now: number): FilterContext {
  return { now, folders, tags: db.all<{ name: string; keyword: string }>('SELECT name, keyword FROM tags') };
}

/** Everything about a view that its statements need. `no-such-folder` when its folder is gone. */
export function resolveView(db: ReadHandle, view: View, now: number): ResolvedView {
  const all = allFolders(db);
  const text = view.query?.trim() ?? '';
  const narrow = view.narrow?.trim() ?? '';
  // OR binds tighter than the silent AND, so the two stay two conditions when they stand side by side.
  const whole = `${text} ${narrow}`.trim();
  const query = whole === '' ? null : parseQuery(whole, vocabulary);
  const folders = foldersOf(view.scope, all, query !== null && namesFolders(query.chips));
  const conditions: Condition[] = [{ sql: inFolders(folders), values: folders.map((folder) => folder.id) }];
  const filter = FILTERS[view.filter];
  if (filter) conditions.push({ sql: filter, values: [] });
  if (view.scope.in === 'unified' && view.scope.role === 'flagged')
    conditions.push({ sql: 'm.flags & 4 != 0', values: [] });
  if (view.scope.in === 'unified' && view.scope.role === 'unread')
    conditions.push({ sql: 'm.flags & 1 = 0', values: [] });
  const plan = planQuery(query?.root, { columns, expand: stemExpander(db) });
  const sql = searchSql(plan, conditions, filterContext(db, all, now));
  const narrowed = query !== null && plan.kind !== 'all';
  const searching = narrowed && text !== '';
  const conversations = view.conversations && !searching && view.sort === 'date';
  return {
    folders,
    sql,
    searching,
    narrowed,
    day: narrowed ? Math.floor(now / DAY) : 0,
    conversations,
    plainConversations: conversations && conditions.length === 1 && !narrowed,
  };
}

/** "m.folder = ?" lets SQLite use the folder's own order; a list of folders cannot. */
function inFolders(folders: readonly FolderFacts[]): string {
  if (folders.length === 0) return '0';
  return folders.length === 1 ? 'm.folder = ?' : `m.folder IN (${folders.map(() => '?').join(',')})`;
}
