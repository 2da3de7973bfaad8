/** New mail, said by the system: one notification for one arrival, with the two things people do from it. */
import { Notification } from 'electron';
import type { EventData } from '../main/contract/contract.ts';
import type { ShellWords } from './words.ts';

export interface NotificationActions {
  open(letter: { id: number; folder: number }): void;
  markRead(ids: number[]): void;
  archive(ids: number[]): void;
}

type Arrived = EventData<'mail.arrived'>;

/** Shown until they are closed: a notification that nobody holds is collected and its click is lost. */
const shown = new Set<Notification>();

/** What a notification says. Pure. One letter: who and what; more: how many and from whom. */
export function wordsOf({ rows, count }: Arrived, words: ShellWords): { title: string; body: string } {
  const [first] = rows;
  if (!first) return { title: words.newLetters(count), body: '' };
  const sender = first.from.name || first.from.address;
  if (count === 1) return { title: sender, body: first.subject || words.noSubject };
  const senders = [...new Set(rows.map(({ from }) => from.name || from.address))];
  return { title: words.newLetters(count), body: senders.join(', ') };
}

export function notify(arrived: Arrived, words: ShellWords, actions: NotificationActions): void {
  if (!Notification.isSupported()) return;
  const ids = arrived.rows.map(({ id }) => id);
  const notification = new Notification({
    ...wordsOf(arrived, words),
    // Buttons: macOS and Windows; Linux where the desktop has them.
    actions: [
      { type: 'button', text: words.markRead },
      { type: 'button', text: words.archive },
    ],
  });
  shown.add(notification);
  notification.on('click', () => {
    const [first] = arrived.rows;
    if (first) actions.open({ id: first.id, folder: arrived.folder });
  });
  notification.on('action', ({ actionIndex }) => {
    if (actionIndex === 0) actions.markRead(ids);
    else actions.archive(ids);
  });
  notification.on('close', () => shown.delete(notification));
  notification.on('failed', () => shown.delete(notification));
  notification.show();
}
