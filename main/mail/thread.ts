/** Keys by which letters find their conversation (RFC 5322 section 3.6.4, RFC 5256 section 2). */
import type { MessageHead } from './head.ts';

export interface ThreadKeys {
  /** Message-ID without brackets; '' when the letter has none. */
  id: string;
  /** Ancestors, the nearest parent last, without repetitions and without the letter itself. */
  parents: string[];
}

/** Who this letter is and whom it answers. */
export function threadKeys(head: Pick<MessageHead, 'messageId' | 'references' | 'inReplyTo'>): ThreadKeys {
  const parents: string[] = [];
  const seen = new Set<string>([head.messageId]);
  for (const id of head.references)
    if (!seen.has(id)) {
      seen.add(id);
      parents.push(id);
    }
  // In-Reply-To is the parent where References is missing or was cut; several identifiers say nothing.
  const [direct] = head.inReplyTo;
  if (direct !== undefined && head.inReplyTo.length === 1 && !seen.has(direct)) parents.push(direct);
  return { id: head.messageId, parents };
}

const PREFIX =
  /^(?:re|fwd?|aw|antw|wg|sv|vs|vb|tr|rv|res|enc|odp|pd|ynt|ilt|отв|ответ|на|пер|пересл|перен)\s*(?:\[[^\]]{0,10}\]|\(\d{1,4}\)|\^?\d{0,4})?\s*(?:\[[^[\]]{0,200}\]\s*)*[:：]\s*/iu;
const BLOB = /^\[[^[\]]{0,200}\]\s*/;

/**
 * Subject without reply and forward marks and list tags (RFC 5256 section 2.1, and the marks of Russian,
 * German and other programs). Case is kept; compare without regard to it.
 */
export function baseSubject(subject: string): string {
  let text = subject.slice(0, 2000).replace(/\s+/g, ' ').trim();
  for (let rounds = 0; rounds < 100; rounds++) {
    const before = text;
    text = text.replace(/ ?\(fwd\)$/i, '').trimEnd();
    text = text.replace(PREFIX, '');
    const bare = text.replace(BLOB, '');
    // A tag that is the whole subject stays.
    if (bare !== '') text = bare;
    const forwarded = /^\[fwd:\s*(.*)\]$/i.exec(text);
    if (forwarded) text = (forwarded[1] as string).trim();
    if (text === before) break;
  }
  return text;
}

/** True when the subject carries a reply or forward mark. */
export function isReplySubject(subject: string): boolean {
  return PREFIX.test(subject.trim().replace(BLOB, ''));
}
