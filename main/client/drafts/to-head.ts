/** Answers to letters whose text stands on a server by the person's choice: nothing is fetched for them, and nothing quoted. */
import type { Draft } from '../../contract/mail/drafts.ts';
import type { Pool } from '../../store/threads.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';
import type { AnswerInput, DraftMaterial } from './letters.ts';

/** What such a letter gives to a draft, and the account that holds it; null: its text is here, or comes by itself. */
export async function answerToHead(
  { store, pool }: { store: ClientStore; pool: Pool<IngestCalls> },
  { id, kind, own, language }: { id: number; kind: Draft['kind'] } & Pick<AnswerInput, 'own' | 'language'>,
): Promise<{ material: DraftMaterial; holder: number } | null> {
  const { blob, row, head, account } = await store.read('messages.stored', { id });
  if (blob || !row.server || !head?.length) return null;
  const bytes = Uint8Array.from(head);
  const material = await pool.call('draft.answer', { bytes, kind, own, language, unquoted: true });
  return { material, holder: account };
}
