/**
 * The two schemes of the application. `postroom:` serves the built window and nothing else; `postroom-body:` serves the
 * documents of letters, each under a random path that the engine gave out. Neither reads a path that a page asks for.
 */
import { protocol, type Session } from 'electron';
import type { WindowFile } from '../main/host/window-files.ts';
import { windowPolicy } from '../main/host/window-policy.ts';
import { BODY_SCHEME, type ServedFrame, WINDOW_SCHEME } from './wire.ts';

/** Must run before the application is ready, once, for both. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: WINDOW_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
    { scheme: BODY_SCHEME, privileges: { standard: true, secure: true } },
  ]);
}

const notFound = (): Response =>
  new Response('Not found.', { status: 404, headers: { 'Content-Type': 'text/plain' } });

/** Handlers are per session: called for each one that a window uses. */
export function serveSchemes(
  session: Session,
  files: ReadonlyMap<string, WindowFile>,
  frame: (path: string) => Promise<ServedFrame | null>,
): void {
  const policy = windowPolicy({ frames: `${BODY_SCHEME}:` });
  session.protocol.handle(WINDOW_SCHEME, ({ url, method }) => {
    const { host, pathname } = new URL(url);
    const file = host === 'window' && method === 'GET' ? files.get(pathname) : undefined;
    if (!file) return notFound();
    return new Response(new Uint8Array(file.bytes), {
      headers: {
        'Content-Type': file.type,
        'Content-Security-Policy': policy,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cache-Control': 'no-cache',
      },
    });
  });
  session.protocol.handle(BODY_SCHEME, async ({ url, method }) => {
    const { host, pathname } = new URL(url);
    const served = host === 'letters' && method === 'GET' ? await frame(pathname) : null;
    if (!served) return notFound();
    return new Response(new Uint8Array(served.body), { status: served.status, headers: served.headers });
  });
}
