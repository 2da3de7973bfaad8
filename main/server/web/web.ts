/**
 * The office's small HTTP port: its authority's certificate to be trusted by the computers of the office, the settings that
 * mail programs look for, and the office's figures for whoever watches over it.
 *
 * Invariants: nothing here needs or takes a password, so plain HTTP gives nothing away; figures are for peers on
 * loopback alone; a request costs bounded time and memory, and none changes anything.
 *
 * It must never say who lives in the office.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { MAX_WEB_CONNECTIONS, WEB_REQUEST_MS } from '../../base/limits.ts';
import { listenFault, plainIp } from '../../net/listener.ts';
import type { OfficeContext, Service } from '../context.ts';
import type { Ports } from '../listeners.ts';
import { writeAutoconfig } from './autoconfig.ts';
import { type Figures, METRICS_TYPE, writeMetrics } from './metrics.ts';

export interface WebRooms {
  readonly context: OfficeContext;
  /** PEM; null: there is none to give. */
  readonly authority: () => string | null;
  readonly queue: () => Promise<Figures['queue']>;
  /** The other listeners' ports. */
  readonly ports: Ports;
  readonly sessions: () => Readonly<Record<string, number>>;
}

/** Ms between two looks at the event loop's delay. */
const LOOP_RESOLUTION_MS = 20;
const NS = 1e9;

const AUTOCONFIG = new Set(['/mail/config-v1.1.xml', '/.well-known/autoconfig/mail/config-v1.1.xml']);

interface Page {
  readonly type: string;
  readonly body: string;
}

/** @throws Fault user `port-in-use`, `no-access`, `bad-address`. */
export async function openWeb(rooms: WebRooms, where: { host: string; port: number }): Promise<Service> {
  const { context } = rooms;
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  const figures = async (): Promise<Page> => {
    const body = writeMetrics({
      meters: context.records.meters.snapshot(),
      sessions: rooms.sessions(),
      queue: await rooms.queue(),
      loop: { mean: (loop.mean || 0) / NS, p99: loop.percentile(99) / NS, max: loop.max / NS },
      residentBytes: process.memoryUsage.rss(),
      upSeconds: Math.round(process.uptime()),
    });
    loop.reset();
    return { type: METRICS_TYPE, body };
  };
  const page = async (request: IncomingMessage): Promise<Page | 'forbidden' | undefined> => {
    const url = new URL(request.url ?? '/', 'http://office');
    if (url.pathname === '/metrics') return isLoopback(request) ? figures() : 'forbidden';
    if (url.pathname === '/ca.pem') {
      const body = rooms.authority();
      // The type makes phones and browsers offer to trust it.
      return body === null ? undefined : { type: 'application/x-x509-ca-cert', body };
    }
    if (AUTOCONFIG.has(url.pathname)) return settings(rooms, request, url.searchParams.get('emailaddress'));
    return undefined;
  };
  const server = createServer(
    { requestTimeout: WEB_REQUEST_MS, headersTimeout: WEB_REQUEST_MS, keepAliveTimeout: WEB_REQUEST_MS },
    (request, response) => {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return answer(request, response, 405, 'Not allowed.');
      page(request).then(
        (found) => {
          if (found === 'forbidden') answer(request, response, 403, 'For this computer only.');
          else if (found) answer(request, response, 200, found.body, found.type);
          else answer(request, response, 404, 'Not found.');
        },
        (failure: unknown) => {
          context.log.error('web', { failure });
          answer(request, response, 500, 'This failed.');
        },
      );
    },
  );
  server.maxConnections = MAX_WEB_CONNECTIONS;
  const port = await listening(server, where);
  loop.enable();
  return {
    port,
    // Requests are no sessions of anybody; nobody has to be waited for.
    sessions: 0,
    close: () =>
      new Promise((closed) => {
        loop.disable();
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (failure) => reject(listenFault(failure, host, port)));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      // accept() failing must not end the process; the next accept tries again.
      server.on('error', () => {});
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function isLoopback({ socket }: IncomingMessage): boolean {
  const ip = plainIp(socket.remoteAddress ?? '');
  return ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'));
}

/** undefined: an address of a domain that is not ours. Whether a person exists is never looked at. */
async function settings(
  { context, ports }: WebRooms,
  request: IncomingMessage,
  address: string | null,
): Promise<Page | undefined> {
  const { name, hostname, domains } = await context.directory.office();
  const domain = address?.split('@').at(-1);
  if (domain && !(await context.directory.isLocal(domain))) return undefined;
  // Who came by a bare address has no DNS that knows our name.
  const local = plainIp(request.socket.localAddress ?? '');
  const asked = (request.headers.host ?? '').replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  const host = isIP(asked) !== 0 && asked === local ? local : hostname;
  return { type: 'text/xml; charset=utf-8', body: writeAutoconfig({ name, domains, host, ports }) };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  const text = status === 200 ? body : `${body}\n`;
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}
