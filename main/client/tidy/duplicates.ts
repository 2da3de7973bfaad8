/**
 * Letters that are there twice: the same Message-ID and the same content, or octet for octet the same where a letter has no
 * Message-ID. What is alike is found by the database; what is the same is decided on the content's digest (content.ts).
 */

import { MAX_DUPLICATE_CANDIDATES } from '../../base/limits.ts';
import type { Scope } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { FLAG } from '../messages/row.ts';
import { allFolders, type FolderFacts, foldersOf } from '../messages/scope.ts';

export interface Candidate {
  id: number;
  /** Message-ID, or the digest of the octets. */
  name: string;
  /** Hexadecimal. */
  blob: string;
  size: number;
  flags: number;
  role: string | null;
}

/** Folders with another purpose than keeping: a copy there is meant. */
const LEFT_OUT = new Set(['trash', 'junk', 'drafts', 'sent', 'all', 'flagged']);

/** Folders that a finder looks into. One folder, named by the person, is looked into whatever it is for. */
export function tidyFolders(db: ReadHandle, scope: Scope, leftOut = LEFT_OUT): FolderFacts[] {
  const folders = foldersOf(scope, allFolders(db), false);
  return scope.in === 'folder' ? folders : folders.filter((each) => !leftOut.has(each.role ?? ''));
}

const NAME = "CASE message_id WHEN '' THEN hex(blob) ELSE message_id END";

/** Letters whose name another one has, too, by name. */
function candidates(db: ReadHandle, input: { scope: Scope }): Candidate[] {
  const folders = JSON.stringify(tidyFolders(db, input.scope).map((each) => each.id));
  return db.all<Candidate>(
    `WITH named AS MATERIALIZED (
       SELECT m.id, ${NAME} AS name, m.blob, m.size, m.flags, m.folder FROM messages m
       WHERE m.folder IN (SELECT value FROM json_each(?1)) AND m.blob IS NOT NULL)
     SELECT n.id, n.name, hex(n.blob) AS blob, n.size, n.flags, f.role FROM named n JOIN folders f ON f.id = n.folder
     WHERE n.name IN (SELECT name FROM named GROUP BY name HAVING count(*) > 1)
     ORDER BY n.name, n.id LIMIT ?2`,
    folders,
    MAX_DUPLICATE_CANDIDATES,
  );
}

export interface Twins {
  key: string;
  /** The one that stays stands first. */
  members: Candidate[];
}

/** The one that stays: flagged or answered before others, where a person would look for it first, the oldest here. */
function worth({ flags, role }: Candidate): number {
  const place = role === 'inbox' ? 3 : role === 'archive' ? 1 : 2;
  return (flags & FLAG.flagged ? 16 : 0) + (flags & FLAG.answered ? 8 : 0) + place;
}

/** Groups of the same letters. `digests`: of the content, by blob. Pure. */
export function twinsOf(found: readonly Candidate[], digests: ReadonlyMap<string, string>): Twins[] {
  const groups = Map.groupBy(found, ({ name, blob }) => `${name} ${digests.get(blob) ?? blob}`);
  return [...groups]
    .filter(([, members]) => members.length > 1)
    .map(([key, members]) => ({
      key,
      members: [...members].sort((a, b) => worth(b) - worth(a) || a.id - b.id),
    }));
}

/** Blobs whose content has to be compared: several that share one name. */
export function toCompare(found: readonly Candidate[]): string[] {
  const wanted = new Set<string>();
  for (const members of Map.groupBy(found, ({ name }) => name).values()) {
    const blobs = new Set(members.map(({ blob }) => blob));
    if (blobs.size > 1) for (const blob of blobs) wanted.add(blob);
  }
  return [...wanted];
}

export const duplicateReads = { 'tidy.candidates': candidates };
