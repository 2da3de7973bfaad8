/**
 * The window over HTTP on loopback: its files, and its door as a WebSocket. A second listener, another origin, serves the
 * documents that letters are shown in and nothing else.
 *
 * It binds 127.0.0.1 only, answers no request without the entrance's cookie, none that names another host (DNS rebinding)
 * and none of another page. It knows nothing of mail: a door is served by whoever made the server.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { Fault } from '../base/errors.ts';
import { MAX_CONTRACT_FRAME_BYTES } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import type { FramePort } from '../contract/frames.ts';
import { Entrance, isOwnRequest } from './entrance.ts';
import { webSocketPort } from './web-socket-port.ts';
import type { WindowFile } from './window-files.ts';
import { windowPolicy } from './window-policy.ts';

/** A document of a letter, or a picture in it; null: there is no such path. */
export type ServeFrame = (
  path: string,
) => Promise<{ status: number; headers: Record<string, string>; body: Uint8Array } | null>;

export interface WindowServerOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly files: ReadonlyMap<string, WindowFile>;
  readonly serveFrame: ServeFrame;
  /** Called for every window that opens its door. */
  readonly onDoor: (port: FramePort) => void;
  readonly log: Log;
}

export interface WindowServer {
  /** With the one-time token. */
  readonly url: string;
  readonly port: number;
  /** Origin of the letters' documents. */
  readonly frameBase: string;
  /** Ends the listeners and every door. */
  close(): Promise<void>;
}

/** Ms for a request's headers and for the whole request; loopback needs neither, a stuck client needs both. */
const REQUEST_LIMIT = 10_000;
/** Doors at a time: windows and tabs of one person. */
const MAX_DOORS = 64;

const LOOPBACK = '127.0.0.1';

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const code = taken ? 'port-in-use' : 'cannot-listen';
      const sentence = taken
        ? `Port ${port} is used by another program. Choose another one with --port.`
        : `Port ${port} cannot be used (${cause.code}).`;
      reject(new Fault('user', code, sentence, { cause, detail: { port } }));
    });
    server.listen({ host: LOOPBACK, port, exclusive: true }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

const COMMON_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-DNS-Prefetch-Control': 'off',
} as const;

const REFUSALS = {
  'no-token':
    'This address needs the token that Postroom printed when it started. / Откройте адрес, который Postroom напечатал при запуске.',
  'wrong-token':
    'This token is not the one of the running Postroom. / Этот адрес относится не к работающему Postroom.',
  'used-token':
    'This address has been used already: start Postroom again for a new one. / Этим адресом уже воспользовались: запустите Postroom ещё раз.',
} as const;

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...COMMON_HEADERS,
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  });
  response.end(`${text}\n`);
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: WindowFile,
  policy: string,
): void {
  const headers = {
    ...COMMON_HEADERS,
    'Content-Type': file.type,
    'Content-Security-Policy': policy,
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
    ETag: file.etag,
  };
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'Content-Length': file.bytes.byteLength });
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}

/** Opens both listeners. Throws `port-in-use` or `cannot-listen`. */
export async function openWindowServer(options: WindowServerOptions): Promise<WindowServer> {
  const { files, log } = options;
  const limits = { requestTimeout: REQUEST_LIMIT, headersTimeout: REQUEST_LIMIT };
  const windows = createServer(limits);
  const port = await listen(windows, options.port);
  const frames = createServer(limits);
  const framePort = await listen(frames, 0).catch((failure) => {
    windows.close();
    throw failure;
  });
  const frameBase = `http://${LOOPBACK}:${framePort}`;
  const entrance = new Entrance(port);
  const policy = windowPolicy({ frames: frameBase, door: `ws://${LOOPBACK}:${port}` });

  windows.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!isOwnRequest(request.headers, port)) return plain(response, 403, 'Not for this address.');
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(response, 405, 'Not allowed.');
    const url = new URL(request.url ?? '/', 'http://localhost');
    const token = url.searchParams.get('token');
    const verdict = entrance.judge(token, request.headers.cookie);
    if (verdict.is === 'refused') {
      log.warn('window-refused', { why: verdict.why, path: url.pathname });
      return plain(response, 403, REFUSALS[verdict.why]);
    }
    // The address without the token, so that it is neither in the history nor in a bookmark.
    if (verdict.is === 'new' || token !== null) {
      const cookie = verdict.is === 'new' ? { 'Set-Cookie': verdict.cookie } : {};
      response.writeHead(303, { ...COMMON_HEADERS, ...cookie, Location: '/', 'Cache-Control': 'no-store' });
      response.end();
      return;
    }
    const file = files.get(url.pathname);
    if (file) sendFile(request, response, file, policy);
    else plain(response, 404, 'Not found.');
  });

  frames.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // A sandboxed document has the origin "null"; its pictures come without an Origin at all.
    const ours = request.headers.host === `${LOOPBACK}:${framePort}` && request.method === 'GET';
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (!ours) return plain(response, 403, 'Not for this address.');
    options
      .serveFrame(path)
      .then((served) => {
        if (!served) return plain(response, 404, 'Not found.');
        response.writeHead(served.status, { ...served.headers, 'Cache-Control': 'no-store' });
        response.end(served.body);
      })
      .catch((failure: unknown) => {
        log.error('frame-failed', { failure });
        plain(response, 500, 'The letter could not be shown.');
      });
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_CONTRACT_FRAME_BYTES,
    perMessageDeflate: false,
  });
  windows.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const { headers, url } = request;
    const allowed =
      url === '/door' &&
      headers.origin !== undefined &&
      isOwnRequest(headers, port) &&
      entrance.knows(headers.cookie) &&
      sockets.clients.size < MAX_DOORS;
    if (!allowed) {
      log.warn('door-refused', { origin: headers.origin, host: headers.host });
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened: WebSocket) => {
      opened.on('error', (failure) => log.warn('door-failed', { failure }));
      options.onDoor(webSocketPort(opened));
    });
  });

  return {
    url: `http://${LOOPBACK}:${port}/?token=${entrance.token}`,
    port,
    frameBase,
    async close() {
      // 1001: going away (RFC 6455 section 7.4.1).
      for (const socket of sockets.clients) socket.close(1001);
      const ended = [windows, frames].map(
        (server) => new Promise<void>((resolve) => void server.close(() => resolve())),
      );
      for (const server of [windows, frames]) server.closeAllConnections();
      for (const socket of sockets.clients) socket.terminate();
      await Promise.all(ended);
    },
  };
}
