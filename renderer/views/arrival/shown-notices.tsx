import { useEffect } from 'react';
import type { Notice } from '../../../main/contract/mail/notices.ts';
import { formats, text } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { showLetter } from '../../state/shell.ts';
import { usePermission } from './permission.ts';
import { playSound } from './play.ts';

/** Ms in which other windows of this profile leave a notice to the first. */
const HELD_MS = 3000;

/** Runs `tell` in one window of those that are open. */
function once(id: string, tell: () => void): void {
  if (!navigator.locks) {
    tell();
    return;
  }
  void navigator.locks.request(`notice-${id}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    tell();
    await new Promise((over) => setTimeout(over, HELD_MS));
  });
}

function wordsOf(notice: Notice): { title: string; body: string } {
  const t = text();
  const { kind, from, subject, preview, senders, count } = notice;
  if (kind === 'example') return { title: t.arrival.exampleTitle, body: t.arrival.exampleBody };
  if (kind === 'summary') return { title: t.arrival.newLetters(count), body: senders.join(', ') };
  const lines = [subject || t.common.noSubject, preview].filter((line) => line !== '');
  return { title: from.name || from.address || t.common.noSender, body: lines.join('\n') };
}

/** The browser's own notification; in the desktop program the shell shows it. */
function show(notice: Notice): void {
  if (usePermission.getState().permission !== 'granted' || notice.kind === 'sound') return;
  // Who looks at the window sees the letter come.
  if (notice.kind !== 'example' && document.hasFocus()) return;
  const { title, body } = wordsOf(notice);
  const shown = new Notification(title, { body, tag: notice.id, silent: notice.sound !== 'system' });
  const { letter } = notice;
  shown.onclick = () => {
    window.focus();
    if (letter) showLetter(letter);
    shown.close();
  };
}

/** Tells of new letters as the engine has decided, and shows how many are unread in the title of a browser's tab. */
export function ShownNotices(): null {
  const browser = useSession((state) => state.hello?.host === 'browser');
  const unread = useSession((state) =>
    state.folders.reduce((sum, folder) => (folder.role === 'inbox' ? sum + folder.unread : sum), 0),
  );
  useEffect(
    () =>
      engine().on('notices.shown', (notice) => {
        once(notice.id, () => {
          playSound(notice.sound);
          if (browser) show(notice);
        });
      }),
    [browser],
  );
  useEffect(() => {
    if (!browser) return;
    const t = text();
    document.title = unread > 0 ? t.arrival.title(formats().number(unread)) : t.common.product;
  }, [browser, unread]);
  return null;
}
