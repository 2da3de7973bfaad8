/** The letter in the reading pane: fetched when it is chosen, kept while it is shown, read anew when it changes. */
import { useEffect, useRef, useState } from 'react';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import type { Row } from '../../../main/contract/mail/views.ts';
import { act } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { asFault, type DoorFault, isCancelled } from '../../transport/fault.ts';
import { useList } from '../list/list-state.ts';

export interface Reading {
  letter: Letter | null;
  failure: DoorFault | null;
  /** Asks the server once more. */
  again: () => void;
}

/** One letter. */
export function useLetter(id: number, charset: string | undefined): Reading {
  const [letter, setLetter] = useState<Letter | null>(null);
  const [failure, setFailure] = useState<DoorFault | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    // Reading `attempt` is what makes a retry run.
    if (attempt < 0) return;
    const stop = new AbortController();
    const { signal } = stop;
    setFailure(null);
    const input = { id, ...(charset ? { charset } : {}) };
    const show = (answer: Letter) => {
      if (!signal.aborted) setLetter(answer);
    };
    const fail = (thrown: unknown) => {
      if (!isCancelled(thrown) && !signal.aborted) setFailure(asFault(thrown));
    };
    // What is here is shown at once; the server is asked for the rest behind it.
    engine()
      .request('messages.get', { ...input, local: true }, { signal })
      .then((answer) => {
        show(answer);
        // What stands on the server by choice is fetched by a choice, not by a look.
        if (answer.row.body !== 'header' || answer.row.server) return undefined;
        return engine().request('messages.get', input, { signal }).then(show);
      })
      .catch(fail);
    return () => stop.abort();
  }, [id, charset, attempt]);

  useEffect(() => {
    return engine().on('mail.changed', (change) => {
      if (change.messages && !change.messages.includes(id)) return;
      engine()
        .request('messages.get', { id, local: true, ...(charset ? { charset } : {}) })
        .then((answer) =>
          setLetter((former) => (former && answer.row.id === former.row.id ? answer : former)),
        )
        .catch(() => undefined);
    });
  }, [id, charset]);

  const shown = letter && letter.row.id === id ? letter : null;
  return { letter: shown, failure, again: () => setAttempt((n) => n + 1) };
}

/** All letters of its conversation, oldest first; none while they are not known. */
export function useConversation(id: number): readonly Row[] {
  const [conversation, setConversation] = useState<readonly Row[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    engine()
      .request('messages.conversation', { id }, { signal })
      .then((rows) => {
        if (!signal.aborted) setConversation(rows);
      })
      // The letter itself says what is wrong; without its neighbours it can be read all the same.
      .catch(() => undefined);
    return () => stop.abort();
  }, [id]);
  return conversation;
}

/** Marks the letter read after the seconds the person has set; moving on earlier leaves it unread. null: not in sight. */
export function useMarkRead(letter: Letter | null): void {
  const after = useSession((state) => state.settings?.markReadAfter ?? 2);
  const id = letter?.row.id;
  const unread = letter ? !letter.row.flags.includes('seen') : false;
  const done = useRef<number | null>(null);
  useEffect(() => {
    // Once for each time a letter is opened: marking it unread by hand must last.
    if (id === undefined || done.current === id) return;
    if (!unread || after < 0) {
      done.current = id;
      return;
    }
    const mark = () => {
      done.current = id;
      void act({ ids: [id] }, { do: 'flag', flag: 'seen', on: true });
    };
    let rested = false;
    const timer = setTimeout(() => {
      // A list of unread letters would lose it from under the reader's eyes: it counts as read when he leaves it.
      rested = showsUnreadOnly();
      if (!rested) mark();
    }, after * 1000);
    return () => {
      clearTimeout(timer);
      if (rested) mark();
    };
  }, [id, after, unread]);
}

function showsUnreadOnly(): boolean {
  const view = useList.getState().rows?.view;
  return view?.filter === 'unread' || (view?.scope.in === 'unified' && view.scope.role === 'unread');
}
