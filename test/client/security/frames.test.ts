import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { Frames } from '../../../main/client/security/frames.ts';
import { fetchPicture, isInnerAddress } from '../../../main/client/security/pictures.ts';

const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
let server: Server;
let base = '';
let asked: { url: string; headers: Record<string, unknown> }[] = [];

before(async () => {
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', headers: request.headers });
    if (request.url === '/hop') response.writeHead(302, { Location: '/a.png' }).end();
    else if (request.url === '/loop') response.writeHead(302, { Location: '/loop' }).end();
    else if (request.url === '/page') response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>');
    else if (request.url === '/big') {
      response.writeHead(200, { 'Content-Type': 'image/png' });
      const chunk = Buffer.alloc(1 << 20);
      const more = () => {
        while (!response.destroyed && response.write(chunk)) {}
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    } else response.writeHead(200, { 'Content-Type': 'image/png' }).end(PNG);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const text = (body: Uint8Array) => new TextDecoder().decode(body);

test('a document is served under its random path, with the second wall in its headers', async () => {
  const frames = new Frames();
  const path = frames.add({ html: '<p>letter</p>', inline: new Map(), remote: new Map() });
  assert.match(path, /^\/[0-9a-f]{32}\/$/);
  const served = await frames.serve(path);
  assert.equal(text(served!.body), '<p>letter</p>');
  const policy = served!.headers['Content-Security-Policy']!;
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /sandbox allow-popups allow-popups-to-escape-sandbox$/);
  assert.doesNotMatch(policy, /script|allow-same-origin|connect/);
});

for (const path of [
  '/',
  '/0123456789abcdef0123456789abcdef/',
  '/../../etc/passwd',
  '/x/cid/0',
  '//evil.example/',
]) {
  test(`a path that was not given out is nothing: ${path}`, async () => {
    const frames = new Frames();
    frames.add({ html: '', inline: new Map(), remote: new Map() });
    assert.equal(await frames.serve(path), null);
  });
}

test('inner pictures come from the letter, remote ones only by name and once', async () => {
  asked = [];
  const frames = new Frames({ allowPrivate: true });
  const path = frames.add({
    html: '',
    inline: new Map([
      ['cid/0', async () => ({ type: 'image/png', bytes: PNG })],
      ['cid/1', async () => ({ type: 'text/html', bytes: PNG })],
    ]),
    remote: new Map([['img/0', `${base}/hop`]]),
  });
  assert.equal((await frames.serve(`${path}cid/0`))?.headers['Content-Type'], 'image/png');
  assert.equal(await frames.serve(`${path}cid/1`), null, 'a part that is no picture is not served');
  assert.deepEqual(Buffer.from((await frames.serve(`${path}img/0`))!.body), PNG);
  await frames.serve(`${path}img/0`);
  assert.equal(await frames.serve(`${path}img/7`), null);
  assert.deepEqual(
    asked.map((each) => each.url),
    ['/hop', '/a.png'],
  );
  assert.equal(asked[0]!.headers['cookie'], undefined);
  assert.equal(asked[0]!.headers['referer'], undefined);
});

test('the oldest document gives way, the one in use stays', async () => {
  const frames = new Frames();
  const used = frames.add({ html: 'used', inline: new Map(), remote: new Map() });
  const idle = frames.add({ html: 'idle', inline: new Map(), remote: new Map() });
  for (let n = 0; n < 63; n++) {
    await frames.serve(used);
    frames.add({ html: '', inline: new Map(), remote: new Map() });
  }
  assert.ok(await frames.serve(used));
  assert.equal(await frames.serve(idle), null);
});

test('pictures inside the own network are refused, also behind a name and behind a redirect', async () => {
  await assert.rejects(fetchPicture(`${base}/a.png`), { code: 'picture-refused' });
  await assert.rejects(
    fetchPicture('http://pictures.example/a.png', {
      resolve: async () => [{ address: '192.168.1.1', family: 4 }],
    }),
    { code: 'picture-refused' },
  );
  await assert.rejects(fetchPicture('http://[::1]/a.png'), { code: 'picture-refused' });
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '169.254.1.1',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '0.0.0.0',
  ])
    assert.equal(isInnerAddress(address), true, address);
  for (const address of ['8.8.8.8', '2a00:1450::1', '172.32.0.1'])
    assert.equal(isInnerAddress(address), false, address);
});

for (const path of ['/loop', '/page', '/big']) {
  test(`what is not a picture of a sane size ends in a fault: ${path}`, async () => {
    await assert.rejects(fetchPicture(base + path, { allowPrivate: true }), { code: 'picture-failed' });
  });
}
