/** The folders and tags of the sample office, as a write. */
import type { WriteTx } from '../../store/program.ts';
import { ensurePath } from '../folders/operations.ts';
import { folderByRole } from '../folders/rows.ts';
import { keywordFor } from '../messages/act.ts';

export const sampleWrites = {
  /** Folders of these paths in the sample's account, made where they are not; the sample's tags too. */
  'sample.folders'(
    tx: WriteTx,
    { account, paths, tags }: { account: number; paths: string[]; tags: { name: string; colour: string }[] },
  ): Record<string, number> {
    const folders: Record<string, number> = {};
    for (const path of paths) {
      folders[path] =
        folderByRole(tx.db, account, path.toLowerCase())?.id ?? ensurePath(tx, { account, path });
    }
    for (const { name, colour } of tags) {
      tx.db.run(
        'INSERT OR IGNORE INTO tags (name, colour, keyword, position) VALUES (?, ?, ?, (SELECT count(*) FROM tags))',
        name,
        colour,
        keywordFor(name),
      );
    }
    tx.change('tags', {});
    return folders;
  },
};
