/** Maildir (and Maildir++): one file a letter, its flags at the end of the name after ":2," (";" or "!" where ":" may not stand). */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export type ImportFlag = 'seen' | 'answered' | 'flagged' | 'deleted' | 'draft' | 'forwarded';

const FLAGS: Record<string, ImportFlag> = {
  S: 'seen',
  R: 'answered',
  F: 'flagged',
  T: 'deleted',
  D: 'draft',
  P: 'forwarded',
};

export function maildirFlags(name: string): ImportFlag[] {
  const letters = /[:;!]2,([A-Za-z]*)$/.exec(name.replace(/\.gz$/, ''))?.[1] ?? '';
  return [...new Set([...letters].map((letter) => FLAGS[letter]).filter((flag) => flag !== undefined))];
}

/** The name a letter gets in `cur`: RFC-less, but every program agrees. */
export function maildirName(unique: string, flags: readonly ImportFlag[]): string {
  const letters = Object.entries(FLAGS)
    .filter(([, flag]) => flags.includes(flag))
    .map(([letter]) => letter);
  return `${unique}:2,${letters.sort().join('')}`;
}

export async function isMaildir(path: string): Promise<boolean> {
  const both = await Promise.all(['cur', 'new'].map((each) => stat(join(path, each)).catch(() => null)));
  return both.every((each) => each?.isDirectory());
}

/** Files of one Maildir, oldest name first; subfolders (Maildir++ ".a.b") by their levels. */
export async function* maildirFiles(
  path: string,
): AsyncGenerator<{ path: string; flags: ImportFlag[]; folder: string[] }> {
  const visit = async function* (
    dir: string,
    folder: string[],
  ): AsyncGenerator<{ path: string; flags: ImportFlag[]; folder: string[] }> {
    for (const part of ['cur', 'new']) {
      const names = await readdir(join(dir, part));
      for (const name of names.sort()) {
        if (!name.startsWith('.'))
          yield { path: join(dir, part, name), flags: part === 'cur' ? maildirFlags(name) : [], folder };
      }
    }
  };
  yield* visit(path, []);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isDirectory() || ['cur', 'new', 'tmp'].includes(entry.name)) continue;
    const inner = join(path, entry.name);
    if (!(await isMaildir(inner))) continue;
    yield* visit(inner, entry.name.startsWith('.') ? entry.name.slice(1).split('.') : [entry.name]);
  }
}
