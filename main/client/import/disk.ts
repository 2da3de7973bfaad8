/** Letters of files and folders as the importer takes them: with their flags, and a folder of ours for each of theirs. */

import { mboxFlags, readSources, type SourceLetter } from '../../boxes/source.ts';
import type { ClientStore } from '../program.ts';
import type { IncomingSource } from './importer.ts';

export interface DiskOptions {
  paths: readonly string[];
  folder: number;
  /** A letter that says nothing about having been read counts as read: old mail brought along. */
  readByDefault: boolean;
  /** Make folders below the target for folders below the paths. */
  subfolders: boolean;
  signal?: AbortSignal;
  onProblem(path: string, reason: string): void;
}

export async function* diskLetters(store: ClientStore, options: DiskOptions): AsyncGenerator<IncomingSource> {
  const known = new Map<string, number>();
  const folderFor = async (levels: readonly string[]): Promise<number> => {
    if (levels.length === 0 || !options.subfolders) return options.folder;
    const name = levels.map(cleanLevel).join('/');
    let id = known.get(name);
    if (id === undefined) {
      const base = await store.read('folders.get', { id: options.folder });
      id = await store.write('folders.ensurePath', { account: base.account, path: `${base.path}/${name}` });
      known.set(name, id);
    }
    return id;
  };
  const { signal, onProblem } = options;
  const sources = readSources(options.paths, signal ? { signal, onProblem } : { onProblem });
  for await (const letter of sources) {
    yield incoming(letter, await folderFor(letter.folder), options.readByDefault);
  }
}

const cleanLevel = (level: string): string => level.replace(/[\u0000-\u001f\u007f/]/g, '_').trim() || '_';

function incoming(letter: SourceLetter, folder: number, readByDefault: boolean): IncomingSource {
  const made: IncomingSource = {
    path: letter.path,
    size: letter.size,
    folder,
    flags: letter.flags,
    received: letter.received,
    position: letter.position,
    async read() {
      const bytes = await letter.read();
      // An mbox keeps its marks inside the letter, so they are known only now.
      const flags = new Set([...letter.flags, ...mboxFlags(bytes)]);
      flags.delete('deleted');
      if (flags.size === 0 && readByDefault) flags.add('seen');
      made.flags = [...flags];
      return bytes;
    },
  };
  return made;
}
