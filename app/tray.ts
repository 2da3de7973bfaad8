/**
 * The mark in the system's tray, with what can be done without a window. Never the only way in: some desktops have no tray.
 */
import { Menu, nativeImage, Tray } from 'electron';
import { setBadge } from './badge.ts';
import type { ShellWords } from './words.ts';

export interface TrayActions {
  show(): void;
  compose(): void;
  check(): void;
  quit(): void;
}

export class TrayMark {
  readonly #actions: TrayActions;
  readonly #tray: Tray | undefined;

  constructor(icon: string, actions: TrayActions) {
    this.#actions = actions;
    const image = nativeImage.createFromPath(icon);
    // An empty image throws on some systems; a tray without a mark helps nobody.
    if (image.isEmpty()) return;
    this.#tray = new Tray(image);
    this.#tray.on('click', () => actions.show());
  }

  /** Anew after the language or the number of unread letters has changed. */
  update(words: ShellWords, unread: number): void {
    setBadge(unread, words.unread(unread));
    this.#tray?.setToolTip(unread > 0 ? `Postroom: ${words.unread(unread)}` : 'Postroom');
    this.#tray?.setContextMenu(
      Menu.buildFromTemplate([
        { label: words.open, click: () => this.#actions.show() },
        { label: words.newMessage, click: () => this.#actions.compose() },
        { label: words.check, click: () => this.#actions.check() },
        { type: 'separator' },
        { label: words.quit, click: () => this.#actions.quit() },
      ]),
    );
  }
}
