import type { Migration } from '../../store/program.ts';

/**
 * How a person has arranged lists and the tree: looks of lists, favourites, the order of folders, kept filters, and what
 * saved searches held when they were last counted.
 *
 * Places are the contract's: `folder 12`, `search 3`, `unified inbox`, `default`. Numbers of folders and searches are used
 * again, so what a person said of one goes with it.
 */
export const migration090: Migration = {
  number: 90,
  name: 'looks',
  up(db) {
    db.exec(`
      CREATE TABLE looks (place TEXT PRIMARY KEY, look TEXT NOT NULL) WITHOUT ROWID; -- JSON Look
      CREATE TABLE favourites (place TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE kept_filters (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, query TEXT NOT NULL, position INTEGER NOT NULL
      );
      ALTER TABLE folders ADD COLUMN by_hand INTEGER;        -- place among its siblings; null: the usual order
      ALTER TABLE saved_searches ADD COLUMN total INTEGER;   -- as last counted; null: never
      ALTER TABLE saved_searches ADD COLUMN unread INTEGER;

      CREATE TRIGGER folder_looks AFTER DELETE ON folders BEGIN
        DELETE FROM looks WHERE place = 'folder ' || old.id;
        DELETE FROM favourites WHERE place = 'folder ' || old.id;
      END;
      CREATE TRIGGER search_looks AFTER DELETE ON saved_searches BEGIN
        DELETE FROM looks WHERE place = 'search ' || old.id;
        DELETE FROM favourites WHERE place = 'search ' || old.id;
      END;
      CREATE TRIGGER account_looks AFTER DELETE ON accounts BEGIN
        DELETE FROM looks WHERE place = 'account ' || old.id;
        DELETE FROM favourites WHERE place = 'account ' || old.id;
      END;
    `);
  },
};
