/**
 * How a person has put things in order (saved searches, kept filters, favourites, looks of lists, folders by hand), and the
 * letters half written, as a file of an export and back. Folders and searches are named, not numbered, so that the file means
 * the same on another computer; what it names that is not there is left out.
 */
import { z } from 'zod';
import type { Folder } from '../../contract/mail/folders.ts';
import { Look } from '../../contract/mail/looks.ts';
import { Scope, View } from '../../contract/mail/views.ts';
import type { Call } from './belongings.ts';
import { cleanLevel } from './export-manifest.ts';

/** A folder by its levels as the export calls it; null: the account's uppermost. */
const Levels = z.array(z.string()).max(100);
const NamedScope = z.union([
  z.object({ in: z.literal('folder'), levels: Levels }),
  z.object({ in: z.literal('account'), address: z.string() }),
  Scope,
]);
/** A place of the contract, its number as a name. */
const NamedPlace = z.union([
  z.object({ folder: Levels }),
  z.object({ search: z.string() }),
  z.object({ account: z.string() }),
  z.string().max(40),
]);
type NamedPlace = z.infer<typeof NamedPlace>;

export const Arrangement = z.object({
  searches: z.array(z.object({ name: z.string(), view: View.extend({ scope: NamedScope }) })),
  filters: z.array(z.object({ name: z.string(), query: z.string() })),
  favourites: z.array(NamedPlace),
  looks: z.array(z.object({ place: NamedPlace, look: Look })),
  /** Children in their order. */
  folders: z.array(z.array(Levels)),
});
export type Arrangement = z.infer<typeof Arrangement>;

/** Folders and accounts of this profile by the names of an export. */
export interface Names {
  folders: { folder: Folder; levels: string[] }[];
  accounts: { id: number; address: string }[];
  /** Account of this computer. */
  local: number | null;
}

/** @param coming true: levels are where an import puts them; false: where an export names them */
export async function namesOf(call: Call, local: number | null, coming: boolean): Promise<Names> {
  const accounts = (await call('accounts.list', {})).map(({ id, address }) => ({ id, address }));
  const address = new Map(accounts.map((each) => [each.id, each.address]));
  const folders = (await call('folders.list', {}))
    .filter((folder) => !coming || folder.account === local)
    .map((folder) => ({
      folder,
      levels: [
        ...(folder.account === local ? [] : [address.get(folder.account) ?? '']),
        ...folder.path.split('/'),
      ],
    }));
  return { folders, accounts, local };
}

const keyOf = (levels: readonly string[]): string => levels.map(cleanLevel).join('/');

export async function gatherArrangement(call: Call, names: Names): Promise<Arrangement> {
  const folder = new Map(names.folders.map((each) => [each.folder.id, each.levels]));
  const account = new Map(names.accounts.map((each) => [each.id, each.address]));
  const saved = await call('search.saved', {});
  const search = new Map(saved.map((each) => [each.id, each.name]));
  const placed = (place: string): NamedPlace[] => {
    const found = /^(folder|account|search) (\d+)$/.exec(place);
    if (!found) return [place];
    const id = Number(found[2]);
    const levels = folder.get(id);
    if (found[1] === 'folder') return levels ? [{ folder: levels }] : [];
    const name = found[1] === 'search' ? search.get(id) : account.get(id);
    if (name === undefined) return [];
    return [found[1] === 'search' ? { search: name } : { account: name }];
  };
  const children = new Map<string, typeof names.folders>();
  for (const each of names.folders) {
    if (typeof each.folder.order !== 'number') continue;
    const key = `${each.folder.account} ${each.folder.parent}`;
    children.set(key, [...(children.get(key) ?? []), each]);
  }
  return {
    searches: saved.flatMap(({ name, view }): Arrangement['searches'] => {
      const { scope } = view;
      if (scope.in === 'folder') {
        const levels = folder.get(scope.folder);
        return levels ? [{ name, view: { ...view, scope: { in: 'folder' as const, levels } } }] : [];
      }
      if (scope.in === 'account') {
        const address = account.get(scope.account);
        return address ? [{ name, view: { ...view, scope: { in: 'account' as const, address } } }] : [];
      }
      return [{ name, view: { ...view, scope } }];
    }),
    filters: (await call('filters.list', {})).map(({ name, query }) => ({ name, query })),
    favourites: (await call('favourites.list', {})).flatMap(placed),
    looks: (await call('looks.list', {})).flatMap(({ place, look }) =>
      placed(place).map((named) => ({ place: named, look })),
    ),
    folders: [...children.values()].map((some) =>
      some.sort((a, b) => (a.folder.order ?? 0) - (b.folder.order ?? 0)).map(({ levels }) => levels),
    ),
  };
}

/** What is here already by its name stays; favourites come after those that are here. */
export async function takeArrangement(call: Call, from: Arrangement, names: Names): Promise<void> {
  const folder = new Map(names.folders.map((each) => [each.folder.path, each.folder]));
  const account = new Map(names.accounts.map((each) => [each.address.toLowerCase(), each.id]));
  const scopeOf = (scope: z.infer<typeof NamedScope>): z.infer<typeof Scope> | null => {
    if ('levels' in scope) {
      const found = folder.get(keyOf(scope.levels));
      return found ? { in: 'folder', folder: found.id } : null;
    }
    if ('address' in scope) {
      const found = account.get(scope.address.toLowerCase());
      return found === undefined ? null : { in: 'account', account: found };
    }
    return scope;
  };
  const searches = new Map((await call('search.saved', {})).map((each) => [each.name, each.id]));
  for (const { name, view } of from.searches) {
    const scope = scopeOf(view.scope);
    if (scope && !searches.has(name))
      searches.set(name, (await call('search.save', { name, view: { ...view, scope } })).id);
  }
  const filters = new Set((await call('filters.list', {})).map((each) => each.name));
  for (const filter of from.filters) if (!filters.has(filter.name)) await call('filters.save', filter);
  for (const some of from.folders) {
    const found = some.flatMap((levels) => folder.get(keyOf(levels)) ?? []);
    const [first] = found;
    const known = names.folders.some(
      (each) => each.folder.parent === (first?.parent ?? null) && typeof each.folder.order === 'number',
    );
    if (!first || known) continue;
    const { account: of, parent } = first;
    const ids = found.filter((each) => each.parent === parent).map(({ id }) => id);
    await call('folders.arrange', { account: of, parent, ids });
  }
  const placed = (place: NamedPlace): string[] => {
    if (typeof place === 'string') return [place];
    if ('folder' in place) {
      const found = folder.get(keyOf(place.folder));
      return found ? [`folder ${found.id}`] : [];
    }
    const [kind, id] =
      'search' in place
        ? (['search', searches.get(place.search)] as const)
        : (['account', account.get(place.account.toLowerCase())] as const);
    return id === undefined ? [] : [`${kind} ${id}`];
  };
  const looks = new Set((await call('looks.list', {})).map((each) => each.place));
  for (const { place, look } of from.looks)
    for (const each of placed(place))
      if (!looks.has(each)) await call('looks.set', { place: each, change: look });
  const favourites = await call('favourites.list', {});
  const more = from.favourites.flatMap(placed).filter((each) => !favourites.includes(each));
  if (more.length > 0) await call('favourites.set', { places: [...favourites, ...more].slice(0, 200) });
}
