/**
 * How a person has arranged lists and the tree: named reads and writes. Places are names of the contract (looks.ts); what is
 * said of a folder or a search goes with it by triggers of the schema.
 *
 * It must never decide how a list looks: it keeps what was said, and windows put it together with the defaults.
 */
import { Fault } from '../../base/errors.ts';
import { MAX_KEPT_FILTERS } from '../../base/limits.ts';
import type { KeptFilter, Look } from '../../contract/mail/looks.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';

export interface PlacedLook {
  place: string;
  look: Look;
}

function looks(db: ReadHandle): PlacedLook[] {
  return db
    .all<{ place: string; look: string }>('SELECT place, look FROM looks')
    .map(({ place, look }) => ({ place, look: JSON.parse(look) as Look }));
}

function setLook(tx: WriteTx, { place, change }: { place: string; change: Look }): void {
  const known = tx.db.value<string>('SELECT look FROM looks WHERE place = ?', place);
  const look: Look = { ...(known === undefined ? {} : (JSON.parse(known) as Look)), ...change };
  tx.db.run('INSERT OR REPLACE INTO looks (place, look) VALUES (?, ?)', place, JSON.stringify(look));
  tx.change('looks', {});
}

const favourites = (db: ReadHandle): string[] =>
  db.pluck<string>('SELECT place FROM favourites ORDER BY position');

function setFavourites(tx: WriteTx, { places }: { places: string[] }): void {
  tx.db.run('DELETE FROM favourites');
  [...new Set(places)].forEach((place, position) => {
    tx.db.run('INSERT INTO favourites (place, position) VALUES (?, ?)', place, position);
  });
  tx.change('favourites', {});
}

const filters = (db: ReadHandle): KeptFilter[] =>
  db.all<KeptFilter>('SELECT id, name, query FROM kept_filters ORDER BY position, id');

/** @throws Fault user `no-such-filter`, `too-many-filters` */
function saveFilter(
  tx: WriteTx,
  { id, name, query }: { id?: number | undefined; name: string; query: string },
): number {
  tx.change('filters', {});
  if (id !== undefined) {
    const { changes } = tx.db.run(
      'UPDATE kept_filters SET name = ?, query = ? WHERE id = ?',
      name,
      query,
      id,
    );
    if (changes === 0) throw new Fault('user', 'no-such-filter', 'This filter does not exist.');
    return id;
  }
  const position = tx.db.value<number>('SELECT count(*) FROM kept_filters') ?? 0;
  if (position >= MAX_KEPT_FILTERS)
    throw new Fault('user', 'too-many-filters', 'There are too many kept filters.', {
      detail: { limit: MAX_KEPT_FILTERS },
    });
  return tx.db.run(
    'INSERT INTO kept_filters (name, query, position) VALUES (?, ?, coalesce((SELECT max(position) + 1 FROM kept_filters), 0))',
    name,
    query,
  ).lastId;
}

/** Siblings in the order wanted; folders that are not among them lose the place they had. */
function arrangeFolders(
  tx: WriteTx,
  { account, parent, ids }: { account: number; parent: number | null; ids: number[] },
): void {
  tx.db.run('UPDATE folders SET by_hand = NULL WHERE account = ? AND parent IS ?', account, parent);
  ids.forEach((id, place) => {
    tx.db.run('UPDATE folders SET by_hand = ? WHERE id = ? AND account = ?', place, id, account);
  });
  tx.change('folders', { id: parent ?? 0 });
}

/** @throws Fault user `no-such-tag`, `tag-exists` */
function renameTag(tx: WriteTx, { name, to }: { name: string; to: string }): void {
  const wanted = to.trim();
  const known = tx.db.value<string>('SELECT name FROM tags WHERE name = ?', name);
  if (known === undefined) throw new Fault('user', 'no-such-tag', 'This tag does not exist.');
  const fold = (text: string) => text.toLocaleLowerCase();
  const taken = tx.db
    .pluck<string>('SELECT name FROM tags WHERE name != ?', name)
    .some((other) => fold(other) === fold(wanted));
  if (wanted === '' || taken)
    throw new Fault('user', 'tag-exists', 'There is a tag of this name already.', {
      detail: { name: wanted },
    });
  tx.db.run('UPDATE tags SET name = ? WHERE name = ?', wanted, name);
  tx.change('tags', {});
}

function arrangeTags(tx: WriteTx, { names }: { names: string[] }): void {
  const rest = tx.db
    .pluck<string>('SELECT name FROM tags ORDER BY position, name')
    .filter((name) => !names.includes(name));
  [...names, ...rest].forEach((name, position) => {
    tx.db.run('UPDATE tags SET position = ? WHERE name = ?', position, name);
  });
  tx.change('tags', {});
}

export const lookReads = {
  'looks.list': looks,
  'favourites.list': favourites,
  'filters.list': filters,
};

export const lookWrites = {
  'looks.set': setLook,
  'looks.reset': (tx: WriteTx, { place }: { place: string }): void => {
    tx.db.run('DELETE FROM looks WHERE place = ?', place);
    tx.change('looks', {});
  },
  'favourites.set': setFavourites,
  'filters.save': saveFilter,
  'filters.remove': (tx: WriteTx, { id }: { id: number }): void => {
    tx.db.run('DELETE FROM kept_filters WHERE id = ?', id);
    tx.change('filters', {});
  },
  'folders.arrange': arrangeFolders,
  'tags.rename': renameTag,
  'tags.arrange': arrangeTags,
};
