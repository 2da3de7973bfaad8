/** Marking with its one question: the first time that something is to be deleted unseen, and never again. */
import { type ReactNode, useState } from 'react';
import type { FetchMark } from '../../../main/contract/mail/accounts.ts';
import type { SelectionInput } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Question } from '../../ui/dialog.tsx';
import { mark } from './plans.ts';

interface Waiting {
  selection: SelectionInput;
  former: FetchMark | null;
}

/** Where it is remembered that the question was answered, by profile; without storage it comes again in the next window. */
const answered = (): string => `postroom.delete-on-server.${useSession.getState().hello?.profileName ?? ''}`;

function wasAnswered(): boolean {
  try {
    return localStorage.getItem(answered()) !== null;
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    localStorage.setItem(answered(), '1');
  } catch {
    // A browser that keeps nothing asks again.
  }
}

export function useMarking(): {
  choose: (selection: SelectionInput, wanted: FetchMark | null, former: FetchMark | null) => void;
  question: ReactNode;
} {
  const t = useText();
  const words = t.maildrop;
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  return {
    choose(selection, wanted, former) {
      if (wanted === 'delete' && !wasAnswered()) setWaiting({ selection, former });
      else void mark(selection, wanted, former);
    },
    question: (
      <Question
        question={words.askDelete}
        confirm={words.askDeleteConfirm}
        isOpen={waiting !== null}
        onClose={() => setWaiting(null)}
        onConfirm={() => {
          remember();
          if (waiting) void mark(waiting.selection, 'delete', waiting.former);
          setWaiting(null);
        }}
      >
        {words.askDeleteBody}
      </Question>
    ),
  };
}
