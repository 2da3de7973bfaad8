/** The windows: made alike, remembered, brought to the front. Nothing about mail is known here. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow, screen } from 'electron';
import { FIRST, LEAST, readWindowState, writeWindowState } from './window-state.ts';
import { SHELL_CHANNEL, type ShellMessage, WINDOW_URL } from './wire.ts';

export interface WindowsOptions {
  readonly preload: string;
  readonly icon: string;
  /** true: closing the last window leaves the application in the tray. */
  keepInTray(): boolean;
}

/** CSS pixels of a letter's own window. */
const LETTER = { width: 920, height: 760 };

const stateFile = (): string => join(app.getPath('userData'), 'window.json');

export class Windows {
  readonly #options: WindowsOptions;
  /** Said to a window once it has loaded. */
  readonly #waiting = new Map<BrowserWindow, ShellMessage[]>();
  /** Windows that show one letter and nothing else. */
  readonly #letters = new Map<number, BrowserWindow>();
  #quitting = false;

  constructor(options: WindowsOptions) {
    this.#options = options;
    app.on('before-quit', () => {
      this.#quitting = true;
    });
  }

  /** The whole window in use, or undefined when all are closed. */
  get current(): BrowserWindow | undefined {
    const letters = new Set(this.#letters.values());
    const whole = BrowserWindow.getAllWindows().filter((window) => !letters.has(window));
    return whole.find((window) => window.isFocused()) ?? whole[0];
  }

  /** The window under the person's hands, of a letter too. */
  get focused(): BrowserWindow | undefined {
    return BrowserWindow.getFocusedWindow() ?? undefined;
  }

  /** Brings a window to the front, making one when there is none. */
  show(): BrowserWindow {
    const window = this.current ?? this.open();
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    return window;
  }

  /** Tells a window what to do; it hears it when it has loaded. */
  tell(message: ShellMessage, window = this.show()): void {
    const waiting = this.#waiting.get(window);
    if (waiting) waiting.push(message);
    else window.webContents.send(SHELL_CHANNEL, message);
  }

  /** Shows a letter in a window of its own, the one it has already where there is one. */
  openLetter(id: number): void {
    const shown = this.#letters.get(id);
    if (!shown) {
      this.open(id);
      return;
    }
    if (shown.isMinimized()) shown.restore();
    shown.focus();
  }

  /** @param letter the one letter it shows; undefined: a whole window */
  open(letter?: number): BrowserWindow {
    const state = this.#kept();
    const another = letter !== undefined || BrowserWindow.getAllWindows().length > 0;
    const window = new BrowserWindow({
      ...(letter === undefined ? FIRST : LETTER),
      ...(another ? {} : state.bounds),
      minWidth: LEAST.width,
      minHeight: LEAST.height,
      show: false,
      icon: this.#options.icon,
      title: 'Postroom',
      webPreferences: {
        preload: this.#options.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        disableDialogs: true,
        // The sound of a new letter comes without anybody's hand; letters have no media (their policy).
        autoplayPolicy: 'no-user-gesture-required',
        webgl: false,
        spellcheck: false,
      },
    });
    this.#waiting.set(window, []);
    if (letter !== undefined) this.#letters.set(letter, window);
    // The classic menu bar belongs to the window's own design everywhere but on macOS.
    if (process.platform !== 'darwin') window.setMenuBarVisibility(false);
    window.once('ready-to-show', () => {
      if (state.maximised && !another) window.maximize();
      window.show();
    });
    window.webContents.on('did-finish-load', () => {
      const waiting = this.#waiting.get(window) ?? [];
      this.#waiting.delete(window);
      for (const message of waiting) this.tell(message, window);
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload();
    });
    window.on('close', (event) => {
      if (letter === undefined) this.#keep(window);
      const last = BrowserWindow.getAllWindows().length === 1;
      if (!this.#quitting && last && this.#options.keepInTray()) {
        event.preventDefault();
        window.hide();
      }
    });
    window.once('closed', () => {
      this.#waiting.delete(window);
      if (letter !== undefined) this.#letters.delete(letter);
    });
    void window
      .loadURL(letter === undefined ? WINDOW_URL : `${WINDOW_URL}#letter=${letter}`)
      .catch((failure: unknown) => {
        // A window closed while it loads is no failure.
        if (!window.isDestroyed()) process.stderr.write(`window: ${String(failure)}\n`);
      });
    return window;
  }

  #kept(): ReturnType<typeof readWindowState> {
    const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
    let text = '';
    try {
      text = readFileSync(stateFile(), 'utf8');
    } catch {
      // The first start.
    }
    return readWindowState(text, screens);
  }

  #keep(window: BrowserWindow): void {
    const state = { bounds: window.getNormalBounds(), maximised: window.isMaximized() };
    try {
      writeFileSync(stateFile(), writeWindowState(state));
    } catch {
      // Where a window stood is not worth a word.
    }
  }
}
