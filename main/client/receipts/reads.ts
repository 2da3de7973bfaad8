/** The reads of receipts, run in a reader thread. */
import type { TrackedRecipient, Tracking } from '../../contract/mail/sending.ts';
import type { ReadHandle } from '../../store/program.ts';

interface SentRow {
  message_id: string;
  asked_receipt: number;
  asked_notice: number;
  recipients: string;
  at: number;
}
interface TrackRow {
  address: string;
  kind: 'delivery' | 'receipt';
  state: string;
  at: number;
  words: string;
}

const NOTHING = {
  delivery: null,
  deliveryAt: null,
  words: '',
  receipt: null,
  receiptAt: null,
} satisfies Partial<TrackedRecipient>;

/** Everything known of a letter; null: it did not go out from here and nothing was heard of it. */
function trackingOf(db: ReadHandle, messageId: string): Tracking | null {
  if (messageId === '') return null;
  const sent = db.get<SentRow>('SELECT * FROM sent_letters WHERE message_id = ?', messageId);
  const heard = db.all<TrackRow>(
    'SELECT address, kind, state, at, words FROM tracking WHERE message_id = ? ORDER BY at LIMIT 2000',
    messageId,
  );
  if (!sent && heard.length === 0) return null;
  const people = new Map<string, TrackedRecipient>();
  const shown = sent ? (JSON.parse(sent.recipients) as string[]) : [];
  for (const address of shown) people.set(address.toLowerCase(), { address, ...NOTHING });
  for (const { address, kind, state, at, words } of heard) {
    const before = people.get(address) ?? { address, ...NOTHING };
    people.set(
      address,
      kind === 'delivery'
        ? { ...before, delivery: state as TrackedRecipient['delivery'], deliveryAt: at, words }
        : { ...before, receipt: state as TrackedRecipient['receipt'], receiptAt: at },
    );
  }
  return {
    askedReceipt: sent?.asked_receipt === 1,
    askedNotice: sent?.asked_notice === 1,
    noNotices: sent?.asked_notice === 2,
    recipients: [...people.values()],
  };
}

export interface ReceiptFactsOfRow {
  account: number;
  messageId: string;
  keywords: string;
  role: string | null;
  fromAddress: string;
  outside: boolean;
  /** The answer that was given. */
  answer: 'sent' | 'refused' | null;
}

export const receiptReads = {
  'receipts.waiting': (db: ReadHandle): number[] =>
    db.pluck<number>('SELECT message FROM to_track ORDER BY message LIMIT 100'),
  'receipts.tracking'(db: ReadHandle, input: { message: number }): Tracking | null {
    const id = db.value<string>('SELECT message_id FROM messages WHERE id = ?', input.message);
    return id === undefined ? null : trackingOf(db, id);
  },
  'receipts.list'(db: ReadHandle, input: { count: number }) {
    const rows = db.all<{ message_id: string; at: number; subject: string | null }>(
      `SELECT sent_letters.message_id, sent_letters.at,
         (SELECT subject FROM messages WHERE messages.message_id = sent_letters.message_id LIMIT 1) AS subject
         FROM sent_letters WHERE asked_receipt = 1 OR asked_notice != 0
           OR EXISTS (SELECT 1 FROM tracking WHERE tracking.message_id = sent_letters.message_id)
         ORDER BY sent_letters.at DESC LIMIT ?`,
      input.count,
    );
    return rows.flatMap(({ message_id: messageId, at, subject }) => {
      const tracking = trackingOf(db, messageId);
      return tracking ? [{ ...tracking, messageId, at, subject: subject ?? '' }] : [];
    });
  },
  /** What decides about answering a letter, besides its octets; null: there is no such letter. */
  'receipts.facts'(db: ReadHandle, input: { message: number }): ReceiptFactsOfRow | null {
    const row = db.get<{
      account: number;
      message_id: string;
      keywords: string;
      role: string | null;
      from_address: string;
      outside: number;
    }>(
      `SELECT messages.account, message_id, keywords, folders.role, from_address, outside FROM messages
         JOIN folders ON folders.id = messages.folder WHERE messages.id = ?`,
      input.message,
    );
    if (!row) return null;
    const answer = db.value<'sent' | 'refused'>(
      'SELECT answer FROM receipts_answered WHERE letter = ?',
      row.message_id || `#${input.message}`,
    );
    return {
      account: row.account,
      messageId: row.message_id,
      keywords: row.keywords,
      role: row.role,
      fromAddress: row.from_address,
      outside: row.outside === 1,
      answer: answer ?? null,
    };
  },
};
