/** Keywords of a mailbox: compared without case, kept as first spelt, at most MAX_KEYWORDS (rule I57). */
import { Fault } from '../../base/errors.ts';
import { MAX_KEYWORD_BYTES, MAX_KEYWORDS } from '../../base/limits.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';

/** As stored in a row: words with a space between, in order of their keys; null for none. */
export type KeywordText = string | null;

export function keywordsOf(text: KeywordText): string[] {
  return text === null || text === '' ? [] : text.split(' ');
}

export function keywordText(words: Iterable<string>): KeywordText {
  const unique = new Map<string, string>();
  for (const word of words) if (!unique.has(word.toLowerCase())) unique.set(word.toLowerCase(), word);
  if (unique.size === 0) return null;
  return [...unique]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, word]) => word)
    .join(' ');
}

export function mailboxKeywords(db: ReadHandle, mailbox: number): string[] {
  return db.pluck<string>('SELECT word FROM mailbox_keywords WHERE mailbox = ? ORDER BY key', mailbox);
}

function tooMany(): Fault {
  return new Fault('user', 'too-many-keywords', 'This mailbox cannot hold more keywords.', {
    detail: { limit: MAX_KEYWORDS },
  });
}

/**
 * The words as this mailbox spells them; new ones are added to its list.
 * @throws Fault user `too-many-keywords`; `bad-keyword` for what no flag-keyword can be (RFC 9051 section 9).
 */
export function admitKeywords(tx: WriteTx, mailbox: number, words: readonly string[]): string[] {
  // Words of this call are in no row yet: room is never made by forgetting them.
  const admitted = new Set<string>();
  return words.map((word) => {
    const key = word.toLowerCase();
    admitted.add(key);
    const known = tx.db.value<string>(
      'SELECT word FROM mailbox_keywords WHERE mailbox = ? AND key = ?',
      mailbox,
      key,
    );
    if (known !== undefined) return known;
    if (!/^[!#-$&-'+-[^-z|}~]+$/.test(word) || word.length > MAX_KEYWORD_BYTES) {
      throw new Fault('user', 'bad-keyword', 'This is no keyword.', { detail: { keyword: word } });
    }
    if (countOf(tx, mailbox) >= MAX_KEYWORDS) forgetUnused(tx, mailbox, admitted);
    if (countOf(tx, mailbox) >= MAX_KEYWORDS) throw tooMany();
    tx.db.run('INSERT INTO mailbox_keywords (mailbox, key, word) VALUES (?, ?, ?)', mailbox, key, word);
    return word;
  });
}

function countOf(tx: WriteTx, mailbox: number): number {
  return tx.db.value<number>('SELECT count(*) FROM mailbox_keywords WHERE mailbox = ?', mailbox) ?? 0;
}

function forgetUnused(tx: WriteTx, mailbox: number, kept: ReadonlySet<string>): void {
  const used = new Set<string>(kept);
  const sql = 'SELECT DISTINCT keywords FROM messages WHERE mailbox = ? AND keywords IS NOT NULL';
  for (const text of tx.db.pluck<string>(sql, mailbox)) {
    for (const word of keywordsOf(text)) used.add(word.toLowerCase());
  }
  for (const key of tx.db.pluck<string>('SELECT key FROM mailbox_keywords WHERE mailbox = ?', mailbox)) {
    if (!used.has(key)) tx.db.run('DELETE FROM mailbox_keywords WHERE mailbox = ? AND key = ?', mailbox, key);
  }
}
