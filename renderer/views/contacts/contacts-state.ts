/** Where in the address book the person is: book, words looked for, who is chosen, which form is open. */
import { create } from 'zustand';
import type { Output } from '../../../main/contract/contract.ts';
import type { Book, ContactContent, ContactRow } from '../../../main/contract/mail/contacts.ts';
import { text } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { showToast } from '../../state/toasts.ts';

/** What stands in the pane at the right. `new`: a form with this in it. */
export type Pane =
  | { show: 'person' }
  | { show: 'edit'; id: number }
  | { show: 'new'; content: Partial<ContactContent> };

export type OpenDialog =
  | { dialog: 'book'; book: Book | null }
  | { dialog: 'directory'; book: Book | null }
  | { dialog: 'removeBook'; book: Book }
  | { dialog: 'duplicates' }
  | { dialog: 'import' }
  | { dialog: 'export'; ids: readonly number[] | null };

export interface ContactsState {
  books: readonly Book[];
  /** null: everybody. */
  book: number | null;
  text: string;
  /** In the order in which they were chosen; the last one is shown. */
  chosen: readonly number[];
  pane: Pane;
  open: OpenDialog | null;
}

export const useContacts = create<ContactsState>(() => ({
  books: [],
  book: null,
  text: '',
  chosen: [],
  pane: { show: 'person' },
  open: null,
}));

export const setContacts = useContacts.setState;

export async function loadBooks(): Promise<void> {
  setContacts({ books: await engine().request('contacts.books', {}) });
}

/** Books without a name of their own are named by the interface. */
export function nameOfBook(book: Pick<Book, 'kind' | 'name'>): string {
  if (book.name !== '') return book.name;
  const { books } = text().contacts;
  return book.kind === 'collected' ? books.collected : books.own;
}

/** The book new contacts go to: the one that is shown, or the first own one. */
export function bookForNew(): number | null {
  const { books, book } = useContacts.getState();
  return books.find((each) => each.id === book && each.kind !== 'ldap')?.id ?? null;
}

export function openContacts(): void {
  go({ section: 'contacts' });
}

export function newContact(content: Partial<ContactContent> = {}): void {
  go({ section: 'contacts' });
  setContacts({ pane: { show: 'new', content } });
}

export function showContact(id: number): void {
  go({ section: 'contacts' });
  setContacts({ book: null, text: '', chosen: [id], pane: { show: 'person' } });
}

/** A toast with the way back. */
export function sayUndoable(said: string, token: string): void {
  showToast({
    text: said,
    icon: 'check',
    actions: [{ label: text().commands.undo, run: () => void takeBack(token) }],
  });
}

async function takeBack(token: string): Promise<void> {
  try {
    await engine().request('contacts.undo', { token });
    showToast({ text: text().contacts.done.undone, icon: 'undo' });
  } catch (thrown) {
    sayFailure(thrown);
  }
}

/** Removes these and offers the way back. */
export async function removeContacts(ids: readonly number[]): Promise<void> {
  try {
    const { count, undo } = await engine().request('contacts.remove', { ids: [...ids] });
    setContacts((state) => ({
      chosen: state.chosen.filter((id) => !ids.includes(id)),
      pane: { show: 'person' },
    }));
    sayUndoable(text().contacts.done.removed(count), undo);
  } catch (thrown) {
    sayFailure(thrown);
  }
}

export async function mergeContacts(ids: readonly number[]): Promise<boolean> {
  try {
    const { id, count, undo } = await engine().request('contacts.merge', { ids: [...ids] });
    setContacts({ chosen: [id], pane: { show: 'person' } });
    sayUndoable(text().contacts.done.merged(count), undo);
    return true;
  } catch (thrown) {
    sayFailure(thrown);
    return false;
  }
}

export async function moveContacts(ids: readonly number[], book: number): Promise<void> {
  try {
    const { count, undo } = await engine().request('contacts.move', { ids: [...ids], book });
    sayUndoable(text().contacts.done.moved(count), undo);
  } catch (thrown) {
    sayFailure(thrown);
  }
}

export type Contact = Output<'contacts.get'>;
export type { Book, ContactRow };
