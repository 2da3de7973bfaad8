/** Tables of the search: a letter's folded text, header and body apart because most questions are about headers. */
import type { WriteHandle } from '../../store/program.ts';

export function createSearchTables(db: WriteHandle): void {
  db.exec(`
    -- Folded UTF-8 (mailstore/search/fold.ts); header: a line a field, "\\nname: value".
    CREATE TABLE letter_heads (letter INTEGER PRIMARY KEY, text BLOB NOT NULL);
    CREATE TABLE letter_bodies (letter INTEGER PRIMARY KEY, text BLOB NOT NULL);
  `);
}
