/** Which place a view belongs to, and how its list looks when all that was said of it is put together. Pure. */
import type { Column, Look } from '../../main/contract/mail/looks.ts';
import type { Settings } from '../../main/contract/mail/profile.ts';
import type { Sort, ViewInput } from '../../main/contract/mail/views.ts';

/** A look with nothing left out. */
export interface WholeLook {
  sort: Sort;
  descending: boolean;
  grouped: boolean;
  conversations: boolean;
  columns: readonly Column[];
}

export const USUAL_COLUMNS: readonly Column[] = [
  { name: 'from', width: null },
  { name: 'subject', width: null },
  { name: 'date', width: null },
  { name: 'size', width: null },
];

/** The place that a view belongs to. A search that is not saved has one for all searches. */
export function placeOf(view: ViewInput, saved: readonly { id: number; view: ViewInput }[]): string {
  const { scope } = view;
  if (view.query) {
    const same = (other: ViewInput) =>
      other.query === view.query && JSON.stringify(other.scope) === JSON.stringify(scope);
    const found = saved.find((search) => same(search.view));
    return found ? `search ${found.id}` : 'found';
  }
  if (scope.in === 'folder') return `folder ${scope.folder}`;
  if (scope.in === 'account') return `account ${scope.account}`;
  return scope.in === 'unified' ? `unified ${scope.role}` : 'everywhere';
}

/** Orders that begin with the greatest: the newest, the largest, what is flagged. */
export const beginsDescending = (sort: Sort): boolean =>
  sort === 'date' || sort === 'received' || sort === 'size' || sort === 'flag' || sort === 'files';

/** Pure: what the place's list looks like. */
export function wholeLook(
  place: string,
  looks: ReadonlyMap<string, Look>,
  settings: Pick<Settings, 'conversations' | 'groups'> | null,
): WholeLook {
  // How searches look is no business of folders, and the other way round.
  const base = place === 'found' ? {} : (looks.get('default') ?? {});
  const said: Look = { ...base, ...looks.get(place) };
  const sort = said.sort ?? 'date';
  return {
    sort,
    descending: said.descending ?? beginsDescending(sort),
    grouped: said.grouped ?? settings?.groups ?? true,
    conversations: said.conversations ?? settings?.conversations ?? true,
    columns: said.columns ?? USUAL_COLUMNS,
  };
}

/** The view as its place wants it shown; `grouped` is no part of a view. */
export function viewWithLook(view: ViewInput, look: WholeLook): ViewInput {
  const { sort, descending } = look;
  const conversations = look.conversations && !view.query && sort === 'date';
  return { ...view, sort, descending, conversations };
}
