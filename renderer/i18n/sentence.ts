/** A failure in the person's words: what happened, what it means for the letter, what to do. */
import type { DoorFault } from '../transport/fault.ts';
import { text } from './text.ts';

export interface Sentence {
  title: string;
  body: string;
  /** Verbs the place may offer. */
  actions: readonly ('retry' | 'password' | 'settings' | 'trust')[];
}

export function sentence(fault: Pick<DoorFault, 'code' | 'detail' | 'retryable'>): Sentence {
  const { unknown } = text().errors;
  return { ...unknown, actions: fault.retryable ? ['retry'] : [] };
}
