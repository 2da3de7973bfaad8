import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { Fault } from '../../main/base/errors.ts';
import { MAX_CONTRACT_FRAME_BYTES } from '../../main/base/limits.ts';
import { silentLog } from '../../main/base/log.ts';
import type { FramePort } from '../../main/contract/frames.ts';
import { readWindowFiles } from '../../main/host/window-files.ts';
import { openWindowServer, type WindowServer } from '../../main/host/window-server.ts';

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** A request as written, with nothing added by a browser's rules. */
function get(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.on('error', reject).end();
  });
}

let folder: string;
let server: WindowServer;
let origin: string;
let cookie: string;
const doors: FramePort[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postroom-window-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'desktop.html'), '<!doctype html><title>Postroom</title>');
  await writeFile(join(folder, 'assets', 'desktop-abcdEF12.js'), 'export {};');
  await writeFile(join(folder, 'secret.key'), 'not a file of the window');
  server = await openWindowServer({
    port: 0,
    files: await readWindowFiles(folder),
    serveFrame: async (path) =>
      path === '/token/'
        ? { status: 200, headers: { 'Content-Type': 'text/html' }, body: Buffer.from('letter') }
        : null,
    onDoor: (port) => {
      doors.push(port);
      port.onFrame((frame) => port.send({ t: 'event', name: 'echo', data: frame }));
    },
    log: silentLog,
  });
  origin = `http://127.0.0.1:${server.port}`;
  const first = await get(server.url);
  assert.equal(first.status, 303);
  assert.equal(first.headers['location'], '/');
  cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

test('the window comes with the cookie and with a strict policy', async () => {
  const { status, headers, body } = await get(`${origin}/`, { cookie });
  assert.equal(status, 200);
  assert.match(body, /Postroom/);
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /^default-src 'none'; script-src 'self';/);
  assert.match(policy, new RegExp(`frame-src ${server.frameBase};`));
  assert.doesNotMatch(policy, /unsafe-eval|\*/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
});

test('the address works once', async () => {
  assert.equal((await get(server.url)).status, 403);
  assert.equal((await get(`${origin}/`)).status, 403);
  assert.equal((await get(`${origin}/?token=guess`)).status, 403);
  assert.equal((await get(server.url, { cookie })).status, 303);
});

test('another name, another page and another method are refused', async () => {
  assert.equal((await get(`${origin}/`, { cookie, host: 'evil.example' })).status, 403);
  assert.equal((await get(`${origin}/`, { cookie, origin: 'http://evil.example' })).status, 403);
  assert.equal((await get(`${origin}/`, { cookie }, 'POST')).status, 405);
});

test('files are kept by the browser, what is not the window is not served', async () => {
  const asset = await get(`${origin}/assets/desktop-abcdEF12.js`, { cookie });
  assert.match(String(asset.headers['cache-control']), /immutable/);
  const page = await get(`${origin}/`, { cookie });
  assert.equal(page.headers['cache-control'], 'no-cache');
  const again = await get(`${origin}/`, { cookie, 'if-none-match': String(page.headers['etag']) });
  assert.equal(again.status, 304);
  assert.equal(again.body, '');
  for (const path of ['/secret.key', '/../secret.key', '/%2e%2e/secret.key', '/assets/', '/door'])
    assert.equal((await get(origin + path, { cookie })).status, 404, path);
});

test("letters' documents have an origin of their own and nothing else on it", async () => {
  assert.notEqual(server.frameBase, origin);
  const letter = await get(`${server.frameBase}/token/`);
  assert.deepEqual(
    [letter.status, letter.body, letter.headers['cache-control']],
    [200, 'letter', 'no-store'],
  );
  assert.equal((await get(`${server.frameBase}/`)).status, 404);
  assert.equal((await get(`${server.frameBase}/desktop.html`, { cookie })).status, 404);
  assert.equal((await get(`${server.frameBase}/token/`, { host: 'evil.example' })).status, 403);
});

function openDoor(headers: Record<string, string>, path = '/door'): Promise<WebSocket | number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => {});
  });
}

test('a door opens for our own page alone', async () => {
  assert.equal(await openDoor({ cookie, origin: 'http://evil.example' }), 403);
  assert.equal(await openDoor({ cookie }), 403);
  assert.equal(await openDoor({ origin }), 403);
  assert.equal(await openDoor({ cookie, origin, host: 'evil.example' }), 403);
  assert.equal(await openDoor({ cookie, origin }, '/other'), 403);
});

test('frames go through the door with their bytes', async () => {
  const socket = await openDoor({ cookie, origin });
  assert.ok(socket instanceof WebSocket);
  const bytes = Buffer.from([0, 1, 254, 255]);
  const frame = { t: 'request', id: 1, name: 'x', input: { $bytes: bytes.toString('base64') } };
  socket.send(JSON.stringify(frame));
  const [data] = (await once(socket, 'message')) as [Buffer];
  assert.deepEqual(JSON.parse(data.toString()), { t: 'event', name: 'echo', data: frame });
  socket.close();
  await once(socket, 'close');
});

for (const [what, message, code] of [
  ['rubbish', 'no json', 1007],
  ['bytes', Buffer.from('{}'), 1003],
  ['too much', 'x'.repeat(MAX_CONTRACT_FRAME_BYTES + 1), 1009],
] as const) {
  test(`a door that gets ${what} closes, the host goes on`, async () => {
    const socket = await openDoor({ cookie, origin });
    assert.ok(socket instanceof WebSocket);
    const before = doors.length;
    const lost = new Promise<void>((resolve) => doors.at(-1)?.onClose(resolve));
    socket.send(message);
    const [closed] = (await once(socket, 'close')) as [number];
    assert.equal(closed, code);
    await lost;
    assert.equal(doors.length, before);
    assert.equal((await get(`${origin}/`, { cookie })).status, 200);
  });
}

test('half a request does not hold the host', async () => {
  const socket = createConnection({ host: '127.0.0.1', port: server.port });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: ');
  assert.equal((await get(`${origin}/`, { cookie })).status, 200);
  socket.destroy();
});

test('a taken port is told by its number', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const files = await readWindowFiles(folder);
  const open = openWindowServer({
    port,
    files,
    serveFrame: async () => null,
    onDoor: () => {},
    log: silentLog,
  });
  await assert.rejects(open, (failure) => failure instanceof Fault && failure.code === 'port-in-use');
  other.close();
});

test('a window that was not built is said so', async () => {
  const empty = join(folder, 'assets');
  await assert.rejects(
    readWindowFiles(empty),
    (failure) => failure instanceof Fault && failure.code === 'window-not-built',
  );
  await assert.rejects(readWindowFiles(join(folder, 'no-such')), { code: 'window-not-built' });
});
