/**
 * Folders.dbx: what the folders of an Outlook Express store are called and how they stand below each other. A row for
 * "Outlook Express" itself, one for each account ("Local Folders" is one of them), and the folders below.
 */
import { toFault } from '../../base/errors.ts';
import { codePageOf, foldName, textIn } from './code-page.ts';
import { type DbxInfo, numberIn, openDbx } from './file.ts';

/** Numbers of a folder's values. */
const FOLDER = 0x00;
const PARENT = 0x01;
const NAME = 0x02;
const FILE = 0x03;
const SPECIAL = 0x09;
const KEPT = 0x0a;
/** Values of KEPT: on this computer, not on a server. */
const HERE = 3;

export interface DbxFolder {
  levels: string[];
  /** Made by the program: Inbox, Outbox, Sent, Deleted, Drafts. */
  special: boolean;
}

export interface DbxFolderList {
  /** By the folded name of its file. */
  folders: Map<string, DbxFolder>;
  /** Some of the list could not be read. */
  damaged: boolean;
}

interface Row {
  name: string;
  parent: number;
  file: string;
  special: boolean;
  here: boolean;
}

/**
 * @param files names on the disk beside it, folded
 * @throws Fault user `not-a-letter` when it is no such file
 */
export async function dbxFolders(path: string, files: ReadonlySet<string>): Promise<DbxFolderList> {
  const file = await openDbx(path);
  try {
    const list = await file.places();
    let damaged = list.damaged || list.places.length < file.promised;
    const infos: DbxInfo[] = [];
    for (const place of list.places) {
      const info = await file.info(place).catch((failure: unknown) => toFault(failure));
      if (info instanceof Map) infos.push(info);
      else damaged = true;
    }
    return { folders: placed(rowsOf(infos, files), files), damaged };
  } finally {
    await file.close();
  }
}

function rowsOf(infos: readonly DbxInfo[], files: ReadonlySet<string>): Map<number, Row> {
  const octets = (info: DbxInfo, index: number): Buffer | null => {
    const value = info.get(index);
    return typeof value === 'object' ? value : null;
  };
  const stored = infos.flatMap((info) => [octets(info, NAME), octets(info, FILE)]);
  const page = codePageOf(
    stored.filter((each) => each !== null),
    files,
  );
  const rows = new Map<number, Row>();
  for (const info of infos) {
    const name = octets(info, NAME);
    if (!name) continue;
    const file = octets(info, FILE);
    rows.set(numberIn(info, FOLDER), {
      name: textIn(page, name),
      parent: numberIn(info, PARENT),
      file: file ? foldName(textIn(page, file)) : '',
      special: numberIn(info, SPECIAL) > 0,
      here: !info.has(KEPT) || numberIn(info, KEPT) === HERE,
    });
  }
  return rows;
}

/** Rows above a row, the topmost first, itself last. A circle ends where it closes. */
function lineOf(rows: ReadonlyMap<number, Row>, id: number): { id: number; row: Row }[] {
  const line: { id: number; row: Row }[] = [];
  const seen = new Set<number>();
  for (let at = id; !seen.has(at); ) {
    seen.add(at);
    const row = rows.get(at);
    if (!row) break;
    line.unshift({ id: at, row });
    at = row.parent;
  }
  return line;
}

function placed(rows: ReadonlyMap<number, Row>, files: ReadonlySet<string>): Map<string, DbxFolder> {
  const lines = [...rows.keys()]
    .map((id) => lineOf(rows, id))
    .filter((line) => files.has(line.at(-1)?.row.file ?? ''));
  const accounts = new Set(lines.map((line) => line[1]?.id));
  const folders = new Map<string, DbxFolder>();
  for (const line of lines) {
    const last = line.at(-1)?.row as Row;
    // "Outlook Express" says nothing, nor does an account that is the only one, or is this computer.
    const above = accounts.size === 1 || line[1]?.row.here ? 2 : 1;
    const levels = line.slice(Math.min(line.length - 1, above)).map(({ row }) => row.name);
    folders.set(last.file, { levels, special: last.special });
  }
  return folders;
}
