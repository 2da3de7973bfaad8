/** The built window (out/renderer) as answers to requests. Read once, kept in memory: it is a few megabytes. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { Fault } from '../base/errors.ts';

export interface WindowFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
  /** true: its name changes with its content, so that it may be kept for ever. */
  readonly immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webp': 'image/webp',
  '.wav': 'audio/wav',
};

/** The page that is the window. */
const ENTRY = 'desktop.html';

/** The files by the path of a request. Throws `window-not-built` when there is no page to serve. */
export async function readWindowFiles(folder: string): Promise<ReadonlyMap<string, WindowFile>> {
  const names = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  const files = new Map<string, WindowFile>();
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (!type) continue;
    const bytes = await readFile(join(folder, name));
    const path = `/${name.split(sep).join('/')}`;
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    files.set(path, { type, bytes, etag, immutable: /^\/assets\/.*-[\w-]{8,}\./.test(path) });
  }
  const entry = files.get(`/${ENTRY}`);
  if (!entry) {
    throw new Fault('user', 'window-not-built', 'The window has not been built: run npm run build.', {
      detail: { folder },
    });
  }
  files.set('/', entry);
  return files;
}
