/** The folders and tags of the sample office, as a write. */
import type { WriteTx } from '../../store/program.ts';
import { ensurePath } from '../folders/operations.ts';
import { folderByRole } from '../folders/rows.ts';
import { keywordFor } from '../messages/act.ts';
import { SAMPLE_TAGS } from './sample/sample.ts';

export const sampleWrites = {
  /** Folders of these paths in the sample's account, made where they are not; the sample's tags too. */
  'sample.folders'(
    tx: WriteTx,
    { account, paths, language }: { account: number; paths: string[]; language: 'en' | 'ru' },
  ): Record<string, number> {
    const folders: Record<string, number> = {};
    for (const path of paths) {
      folders[path] =
        folderByRole(tx.db, account, path.toLowerCase())?.id ?? ensurePath(tx, { account, path });
    }
    for (const tag of SAMPLE_TAGS) {
      const name = tag[language];
      tx.db.run(
        'INSERT OR IGNORE INTO tags (name, colour, keyword, position) VALUES (?, ?, ?, (SELECT count(*) FROM tags))',
        name,
        tag.colour,
        keywordFor(name),
      );
    }
    tx.change('tags', {});
    return folders;
  },
};
