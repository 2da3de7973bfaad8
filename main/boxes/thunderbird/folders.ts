/**
 * The folders of a Thunderbird account on disk: a file `Name` is an mbox, `Name.sbd` holds its subfolders, a folder `Name`
 * with `cur` inside is the maildir variant; `.msf` and the rest are Thunderbird's own notes.
 */
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { morkRows } from '../mork.ts';

export interface ThunderbirdFolder {
  levels: string[];
  path: string;
  kind: 'mbox' | 'maildir';
  /** Octets, of an mbox. */
  size: number;
}

const NOTES =
  /\.(msf|dat|html|json|js|sqlite|log|lock|ini|wdseml|mozeml|db)$|^(filterlog|popstate|msgFilterRules|nstmp|.*\.nstmp)/i;
/** Folders below folders. */
const MAX_LEVELS = 40;
/** Summary files larger than this are not read for a name. */
const MAX_SUMMARY = 8 * 1024 * 1024;

/** Modified UTF-7 (RFC 9051 appendix A.1, as RFC 3501 section 5.1.3 wrote it); text that is not it comes back as it is. */
export function decodeMailboxName(name: string): string {
  let wrong = false;
  const text = name.replace(/&([^-]*)-/g, (whole, code: string) => {
    if (code === '') return '&';
    if (!/^[A-Za-z0-9+,]+$/.test(code)) {
      wrong = true;
      return whole;
    }
    const bytes = Buffer.from(code.replaceAll(',', '/'), 'base64');
    return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  });
  return wrong || !text.isWellFormed() ? name : text;
}

export async function* thunderbirdFolders(
  dir: string,
  levels: string[] = [],
): AsyncGenerator<ThunderbirdFolder> {
  if (levels.length > MAX_LEVELS) return;
  const entries = await readdir(dir, { withFileTypes: true });
  const names = new Set(entries.map((entry) => entry.name));
  const seen = new Set<string>();
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    const path = join(dir, name);
    if (entry.isSymbolicLink()) continue;
    if (entry.isDirectory() && name.endsWith('.sbd')) {
      const own = name.slice(0, -4);
      // Subfolders whose folder itself is gone are still somebody's mail.
      if (!names.has(own) && !seen.has(own))
        yield* thunderbirdFolders(path, [...levels, await shownName(dir, own)]);
      continue;
    }
    if (NOTES.test(name) && !names.has(`${name}.msf`)) continue;
    const kind = entry.isDirectory()
      ? (await stat(join(path, 'cur')).catch(() => null))?.isDirectory()
        ? 'maildir'
        : null
      : entry.isFile() && (names.has(`${name}.msf`) || (await beginsAsMbox(path)))
        ? 'mbox'
        : null;
    if (kind === null) continue;
    seen.add(name);
    const here = [...levels, await shownName(dir, name)];
    yield { levels: here, path, kind, size: kind === 'mbox' ? (await stat(path)).size : 0 };
    if (names.has(`${name}.sbd`)) yield* thunderbirdFolders(join(dir, `${name}.sbd`), here);
  }
}

async function beginsAsMbox(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return false;
  try {
    const start = Buffer.alloc(5);
    await file.read(start, 0, 5, 0);
    return start.toString('latin1') === 'From ';
  } finally {
    await file.close();
  }
}

/** A name that the file system would not take ends in a hash; the summary knows what the person called it. */
async function shownName(dir: string, name: string): Promise<string> {
  if (/[0-9a-f]{8}$/.test(name)) {
    const summary = join(dir, `${name}.msf`);
    const found = await stat(summary).catch(() => null);
    if (found && found.size <= MAX_SUMMARY) {
      for (const row of morkRows(await readFile(summary))) {
        const shown = row.get('folderName');
        if (shown) return shown;
      }
    }
  }
  return decodeMailboxName(name);
}
