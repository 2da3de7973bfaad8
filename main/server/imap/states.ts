/**
 * The states of a session (RFC 9051 section 3) as one tagged union, and the one gate that every command passes
 * before its handler (rule I5).
 */
import type { Person } from '../directory/directory.ts';
import { bad, no } from './faults.ts';
import type { SelectedMailbox } from './selected.ts';

export type State =
  | { readonly kind: 'not-authenticated' }
  | { readonly kind: 'authenticated'; readonly person: Person }
  | { readonly kind: 'selected'; readonly person: Person; readonly selected: SelectedMailbox }
  | { readonly kind: 'logout' };

/** Where a command may be given. */
export type Allowed =
  | 'any'
  | 'not-authenticated'
  | 'signed-in'
  | 'selected'
  /** Selected, also when the mailbox has been deleted meanwhile: CLOSE and UNSELECT. */
  | 'leaving';

/** @throws Fault syntax (BAD) for a command in the wrong state; user for a mailbox that is gone (I27). */
export function gate(state: State, allowed: Allowed): void {
  switch (allowed) {
    case 'any':
      if (state.kind === 'logout') throw bad('The session is over.');
      return;
    case 'not-authenticated':
      if (state.kind !== 'not-authenticated') throw bad('Already signed in.');
      return;
    case 'signed-in':
      if (state.kind === 'not-authenticated') throw bad('Sign in first.');
      if (state.kind === 'logout') throw bad('The session is over.');
      return;
    case 'leaving':
    case 'selected':
      if (state.kind === 'not-authenticated') throw bad('Sign in first.');
      if (state.kind !== 'selected') throw bad('Select a mailbox first.');
      if (state.selected.gone && allowed === 'selected')
        throw no('NONEXISTENT', 'The mailbox has been deleted.');
      return;
  }
}
