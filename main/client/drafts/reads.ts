/** The drafts' reads, run in a reader thread. */
import type { Draft, DraftContent } from '../../contract/mail/drafts.ts';
import type { ReadHandle } from '../../store/program.ts';
import { type DraftRow, draftRow, liveDraft, parseDraftRow } from './rows.ts';

/** Octets of a line of base64 with its CRLF, for 57 octets of content (RFC 2045 section 6.8). */
const BASE64 = 78 / 57;
const HEADER_OCTETS = 600;
const PREVIEW_CHARS = 200;

/** About what the letter will weigh: exact only once it is composed. */
function sizeOf({ content, attachments }: Pick<DraftRow, 'content' | 'attachments'>): number {
  const text = content.text.length + content.quoteText.length;
  const html = (content.html?.length ?? 0) + (content.html === null ? 0 : (content.quoteHtml?.length ?? 0));
  const files = attachments.reduce((sum, each) => sum + Math.ceil(each.size * BASE64) + 200, 0);
  return HEADER_OCTETS + Math.ceil((text + html) * 1.4) + files;
}

export function draftOf(db: ReadHandle, row: DraftRow): Draft {
  const uid =
    row.message === null || row.copied_version !== row.version
      ? null
      : (db.value<number | null>('SELECT uid FROM messages WHERE id = ?', row.message) ?? null);
  return {
    ...row.content,
    id: row.id,
    kind: row.kind,
    of: row.of,
    attachments: row.attachments.map(({ hash: _hash, ...each }) => each),
    savedAt: row.saved_at,
    version: row.version,
    kept: uid === null ? 'local' : 'server',
    knownDomains: row.known_domains,
    size: sizeOf(row),
  };
}

export const draftReads = {
  'drafts.get': (db: ReadHandle, input: { id: number }): Draft => draftOf(db, liveDraft(db, input.id)),
  'drafts.row': (db: ReadHandle, input: { id: number }): DraftRow => draftRow(db, input.id),
  'drafts.list'(db: ReadHandle) {
    return db
      .all(
        `SELECT * FROM drafts WHERE discarded_at IS NULL
           AND id NOT IN (SELECT draft FROM outbox WHERE draft IS NOT NULL) ORDER BY saved_at DESC LIMIT 1000`,
      )
      .map((raw) => parseDraftRow(raw))
      .map((row) => ({
        id: row.id,
        subject: row.content.subject,
        to: row.content.to,
        savedAt: row.saved_at,
        account: row.account,
      }));
  },
  'drafts.versions'(db: ReadHandle, input: { id: number }) {
    const row = liveDraft(db, input.id);
    const older = db.all<{ version: number; at: number; content: string; attachments: string }>(
      'SELECT version, at, content, attachments FROM draft_versions WHERE draft = ? ORDER BY version DESC',
      input.id,
    );
    const line = (
      version: number,
      at: number,
      content: DraftContent,
      attachments: DraftRow['attachments'],
    ) => ({
      version,
      at,
      size: sizeOf({ content, attachments }),
      preview: content.text.replace(/\s+/g, ' ').trim().slice(0, PREVIEW_CHARS),
    });
    return [
      line(row.version, row.saved_at, row.content, row.attachments),
      ...older.map((each) =>
        line(each.version, each.at, JSON.parse(each.content), JSON.parse(each.attachments)),
      ),
    ];
  },
  /** The draft behind a letter of a Drafts folder, or null. */
  'drafts.behind'(db: ReadHandle, input: { message: number }): number | null {
    return (
      db.value<number>('SELECT id FROM drafts WHERE message = ? AND discarded_at IS NULL', input.message) ??
      null
    );
  },
  /** Drafts whose copy in the Drafts folder is older than they are, written before `before`. */
  'drafts.uncopied'(db: ReadHandle, input: { before: number }): { id: number; version: number }[] {
    return db.all<{ id: number; version: number }>(
      `SELECT id, version FROM drafts WHERE discarded_at IS NULL AND account IS NOT NULL AND version > 1
         AND copied_version != version AND saved_at <= ?
         AND id NOT IN (SELECT draft FROM outbox WHERE draft IS NOT NULL) LIMIT 100`,
      input.before,
    );
  },
  'drafts.filed': (db: ReadHandle): number =>
    db.value<number>('SELECT count(*) FROM drafts WHERE message IS NOT NULL AND discarded_at IS NULL') ?? 0,
  /** A letter that is answered, forwarded or edited: where its octets are. */
  'drafts.original'(db: ReadHandle, input: { message: number }) {
    return (
      db.get<{ id: number; account: number; blob: Uint8Array | null; body: number; role: string | null }>(
        `SELECT messages.id, messages.account, blob, body, folders.role FROM messages
           JOIN folders ON folders.id = messages.folder WHERE messages.id = ?`,
        input.message,
      ) ?? null
    );
  },
  'drafts.subject': (db: ReadHandle, input: { message: number }): string =>
    db.value<string>('SELECT subject FROM messages WHERE id = ?', input.message) ?? '',
  'drafts.language': (db: ReadHandle): string =>
    db.value<string>("SELECT value FROM settings WHERE name = 'language'") ?? '"system"',
};
