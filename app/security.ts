/**
 * What no page of the application may do, whatever it contains: navigate, open windows, embed others, ask for the camera,
 * reach the network. Applied to every session and every page at its birth, so that no window can be made without it.
 *
 * The engine fetches; a window never does. Links of letters leave by one door, `openLink`.
 */
import { app, type Session, shell, type WebContents } from 'electron';
import { judgeLink } from './links.ts';
import { BODY_SCHEME, WINDOW_SCHEME, WINDOW_URL } from './wire.ts';

/** What a page may load: our two schemes and what it made itself. */
const LOADABLE = new Set([`${WINDOW_SCHEME}:`, `${BODY_SCHEME}:`, 'data:', 'blob:', 'devtools:']);

/** Permissions of our own window; a letter's document has none. */
const GRANTED = new Set(['clipboard-sanitized-write', 'notifications']);

function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*:)/i.exec(url)?.[1]?.toLowerCase() ?? '';
}

export function isOwnWindow(url: string): boolean {
  return schemeOf(url) === `${WINDOW_SCHEME}:`;
}

export interface SecurityOptions {
  /** A mailto: link was followed. */
  compose(url: string): void;
  /** Our own window asks for a letter in a window of its own. */
  letter(id: number): void;
  /** A session was made that needs the schemes. */
  onSession(session: Session): void;
}

/** Call once, before the application is ready. */
export function guardEverything({ compose, letter, onSession }: SecurityOptions): void {
  app.enableSandbox();
  app.on('session-created', (session) => {
    guardSession(session);
    onSession(session);
  });
  app.on('web-contents-created', (_event, contents) => guardContents(contents, compose, letter));
}

function guardSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(GRANTED.has(permission) && isOwnWindow(contents?.getURL() ?? ''));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => GRANTED.has(permission) && isOwnWindow(origin),
  );
  // Only the last listener of a session counts: this is the one.
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !LOADABLE.has(schemeOf(details.url)) });
  });
}

/** The letter that an address of our own window names; null: another address. */
function letterOf(url: string): number | null {
  const [page, id] = url.split('#letter=');
  return page === WINDOW_URL && id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : null;
}

function guardContents(
  contents: WebContents,
  compose: (url: string) => void,
  openLetter: (id: number) => void,
): void {
  const follow = (url: string): void => {
    const verdict = judgeLink(url);
    if (verdict.open === 'composer') compose(verdict.url);
    else if (verdict.open === 'outside') void shell.openExternal(verdict.url);
  };
  // The only event that sees frames. A frame may show a letter, the page itself may only be reloaded.
  contents.on('will-frame-navigate', (details) => {
    const scheme = schemeOf(details.url);
    const allowed = details.isMainFrame ? scheme === `${WINDOW_SCHEME}:` : scheme === `${BODY_SCHEME}:`;
    if (!allowed && details.url !== 'about:blank') details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    // Windows are made here and nowhere else: with the same guards, never by the page.
    const letter = letterOf(url);
    if (letter !== null && isOwnWindow(contents.getURL())) openLetter(letter);
    else follow(url);
    return { action: 'deny' };
  });
}
