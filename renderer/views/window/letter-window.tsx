/**
 * A letter in a window of its own: the commands that act on it, the letter, the composers of its answers. It has
 * no list and no tree; when the letter leaves its folder the window closes and the other windows offer the way back.
 */
import { type ReactNode, useEffect } from 'react';
import { useText } from '../../i18n/text.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { Composers } from '../composer/composers.tsx';
import { Palette } from '../palette/palette.tsx';
import { Reader } from '../reader/reader.tsx';
import { CommandBar } from './command-bar.tsx';
import { Help } from './help.tsx';
import { MessageCommands } from './message-commands.tsx';
import { movePane } from './panes.ts';
import { SendingCommands } from './sending-commands.tsx';
import { Toasts } from './toasts.tsx';
import styles from './window.module.css';

const NO_WORDS: readonly string[] = [];

export function LetterWindow({ id }: { id: number }): ReactNode {
  const t = useText();
  useLetterPlace(id);
  useWindowCommands();
  return (
    <div className={styles.window}>
      <header className={styles.top}>
        <CommandBar narrow={false} letter />
      </header>
      <main className={styles.sheet} style={{ marginInline: 8, marginBottom: 8 }}>
        <h1 className={styles.speak}>{t.a11y.message}</h1>
        <div className={styles.reader}>
          <Reader words={NO_WORDS} />
        </div>
        <Toasts />
      </main>
      <MessageCommands />
      <SendingCommands />
      <Composers />
      <Palette />
      <Help />
    </div>
  );
}

/** The commands act on this letter; in Trash and Junk they mean what they mean there. */
function useLetterPlace(id: number): void {
  useEffect(() => {
    go({ letter: id });
    document.querySelector<HTMLElement>('[data-pane="reader"]')?.focus();
    engine()
      .request('messages.get', { id, local: true })
      .then(({ subject, row }) => {
        if (subject) document.title = subject;
        go({ view: { scope: { in: 'folder', folder: row.folder } } });
      })
      // The reading pane says what is wrong with it.
      .catch(() => undefined);
  }, [id]);
}

function useWindowCommands(): void {
  const t = useText();
  const words = t.commands;
  const command = (id: string, label: string, run: () => void): Command => ({
    id,
    label,
    group: 'application',
    where: 'anywhere',
    run,
  });
  useCommands([
    command('application.palette', words.palette, () => go({ palette: true })),
    command('application.help', words.help, () => go({ help: true })),
    command('go.nextPane', words.nextPane, () => movePane(1)),
    command('go.previousPane', words.previousPane, () => movePane(-1)),
    { ...command('window.close', words.closeWindow, () => window.close()), where: ['reader'] },
  ]);
}
