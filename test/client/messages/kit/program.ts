/** The tables of letters and the views over them, without the rest of the client. */
import {
  FLAG,
  insertMessages,
  moveMessages,
  type NewMessage,
  removeMessages,
  setMarksOf,
} from '../../../../main/client/messages/rows.ts';
import { viewReads } from '../../../../main/client/messages/views.ts';
import { program as client } from '../../../../main/client/program.ts';
import { searchReads, searchWrites } from '../../../../main/client/search/reads.ts';
import type { Program, ReadHandle, WriteTx } from '../../../../main/store/program.ts';

export { FLAG };

export const program = {
  schemaName: 'views-test',
  searchFields: ['subject', 'from', 'to', 'body', 'files'],
  migrations: client.migrations,
  reads: {
    ...viewReads,
    ...searchReads,
    /** Every letter as it stands in its table. */
    letters: (db: ReadHandle) =>
      db.all<{ id: number; key: number; folder: number; thread: number; flags: number; keywords: string }>(
        'SELECT id, key, folder, thread, flags, keywords FROM messages ORDER BY key DESC',
      ),
  },
  writes: {
    ...searchWrites,
    tag: (tx: WriteTx, { name, keyword }: { name: string; keyword: string }): void =>
      void tx.db.run("INSERT INTO tags (name, colour, keyword) VALUES (?, 'red', ?)", name, keyword),
    account(tx: WriteTx): number {
      return tx.db.run("INSERT INTO accounts (kind, address, name) VALUES ('imap', 'me@constr.org', 'Me')")
        .lastId;
    },
    folder(
      tx: WriteTx,
      { account, path, role }: { account: number; path: string; role: string | null },
    ): number {
      return tx.db.run(
        'INSERT INTO folders (account, path, name, role) VALUES (?, ?, ?, ?)',
        account,
        path,
        path,
        role,
      ).lastId;
    },
    insert: (tx: WriteTx, letters: NewMessage[]): number[] => insertMessages(tx, letters),
    move: (tx: WriteTx, { ids, folder }: { ids: number[]; folder: number }): void =>
      moveMessages(tx, ids, folder),
    remove: (tx: WriteTx, ids: number[]): void => removeMessages(tx, ids, 'erased'),
    mark: (tx: WriteTx, marks: { id: number; flags: number; keywords: string }[]): void =>
      setMarksOf(tx, marks),
  },
} satisfies Program;
