/** "Make a rule from this letter": what of it is worth a question. Pure; run in the rules' thread. */
import type { Question } from '../../contract/mail/rules.ts';
import type { MessageHead } from '../../mail/message.ts';
import { baseSubject } from '../../mail/thread.ts';

export interface Proposal {
  name: string;
  questions: Question[];
}

/** A list before a person: whoever reads a list wants all of it in one place. */
export function proposeRule(head: MessageHead): Proposal {
  const questions: Question[] = [];
  const { listId, from } = head;
  const sender = from[0] ?? head.sender[0] ?? { name: '', address: '' };
  const add = (question: Question): void => {
    if ('value' in question && question.value !== '') questions.push(question);
  };
  add({ field: 'header', name: 'List-Id', test: 'contains', value: listId.slice(0, 256), not: false });
  add({ field: 'from', test: 'is', value: sender.address.slice(0, 256), not: false });
  const subject = bracketed(head.subject) ?? baseSubject(head.subject);
  add({ field: 'subject', test: 'contains', value: subject.slice(0, 256), not: false });
  return { name: (listId || sender.name || sender.address || subject || '?').slice(0, 200), questions };
}

/** "[project]", as lists and trackers write it. */
const bracketed = (subject: string): string | null => /\[[^\]]{2,60}\]/.exec(subject)?.[0] ?? null;
