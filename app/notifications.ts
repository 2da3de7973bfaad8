/**
 * New mail, said by the system. What is told is the engine's decision (main/client/notices); here it gets the system's form:
 * words, buttons where the system has them, no words of a letter on a locked screen.
 */
import { Notification } from 'electron';
import type { Notice } from '../main/contract/mail/notices.ts';
import type { ShellWords } from './words.ts';

export interface NotificationActions {
  open(letter: { id: number; folder: number }): void;
  reply(letter: { id: number; folder: number }): void;
  markRead(ids: number[]): void;
  archive(ids: number[]): void;
  delete(ids: number[]): void;
}

export interface NoticePlace {
  /** Nobody can have unlocked the screen since it was locked. */
  readonly locked: boolean;
  /** A window is there to play the program's own sounds. */
  readonly canPlay: boolean;
}

/** Shown until they are closed: a notification that nobody holds is collected and its click is lost. */
const shown = new Set<Notification>();
/** Notifications held at most; the system has dropped the oldest long before. */
const MOST_SHOWN = 100;

/** What a notification says. Pure. One letter: who and what; more: how many and from whom. */
export function wordsOf(notice: Notice, words: ShellWords, locked: boolean): { title: string; body: string } {
  const { kind, count, from, subject, preview, senders, hideWhenLocked } = notice;
  if (kind === 'example') return { title: words.exampleTitle, body: words.exampleBody };
  if (locked && hideWhenLocked) return { title: words.newLetters(count), body: '' };
  if (kind === 'summary') return { title: words.newLetters(count), body: senders.join(', ') };
  const lines = [subject || words.noSubject, preview].filter((line) => line !== '');
  return { title: from.name || from.address, body: lines.join('\n') };
}

interface Button {
  text: string;
  press(): void;
}

/** Read, Archive, Delete; Reply for one letter. */
function buttonsOf(notice: Notice, words: ShellWords, actions: NotificationActions): Button[] {
  const { ids, letter, kind } = notice;
  if (!letter || ids.length === 0) return [];
  const buttons: Button[] = [
    { text: words.markRead, press: () => actions.markRead(ids) },
    { text: words.archive, press: () => actions.archive(ids) },
    { text: words.delete, press: () => actions.delete(ids) },
  ];
  if (kind === 'letter') buttons.push({ text: words.reply, press: () => actions.reply(letter) });
  return buttons;
}

export function notify(
  notice: Notice,
  words: ShellWords,
  actions: NotificationActions,
  { locked, canPlay }: NoticePlace,
): void {
  if (notice.kind === 'sound' || !Notification.isSupported()) return;
  // On a locked screen nobody is to act on letters whose words are hidden.
  const hidden = locked && notice.hideWhenLocked;
  const buttons = hidden ? [] : buttonsOf(notice, words, actions);
  const ours = notice.sound !== 'none' && notice.sound !== 'system';
  const notification = new Notification({
    ...wordsOf(notice, words, locked),
    // Its own sound is played by a window; without one the system's has to do.
    silent: notice.sound === 'none' || (ours && canPlay),
    // Buttons: macOS and Windows; Linux where the desktop has them.
    actions: buttons.map(({ text }) => ({ type: 'button', text })),
  });
  for (const oldest of shown) if (shown.size >= MOST_SHOWN) shown.delete(oldest);
  shown.add(notification);
  const { letter } = notice;
  notification.on('click', () => {
    if (letter) actions.open(letter);
  });
  notification.on('action', ({ actionIndex }) => buttons[actionIndex]?.press());
  notification.on('close', () => shown.delete(notification));
  notification.on('failed', () => shown.delete(notification));
  notification.show();
}
