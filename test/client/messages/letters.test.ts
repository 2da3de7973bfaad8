/** Letters as a window gets them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, openTestProfile } from '../kit/profile.ts';

const rich = (inner: string) =>
  `From: "Anna Belova" <anna.b@outside.example>\r\nTo: me@constr.example\r\nSubject: Price\r\nMessage-ID: <rich@x>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0300\r\nList-Id: News <news.outside.example>\r\nList-Unsubscribe: <mailto:off@outside.example>, <https://outside.example/off>\r\nDisposition-Notification-To: anna.b@outside.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${inner}\r\n--r\r\nContent-Type: image/png\r\nContent-ID: <pic@x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n${letter({ subject: 'Inside', text: 'inner words' })}\r\n--m\r\nContent-Type: application/octet-stream; name=run.exe\r\nContent-Disposition: attachment; filename=run.exe\r\n\r\nMZ\r\n--m--\r\n`;

const html =
  '<p>Hello <img src="cid:pic@x"><img src="https://tracker.example/p.gif" width="20" height="20"><script>alert(1)</script><a href="https://evil.example/">https://bank.example/</a></p>';

async function withAccount(t: Parameters<typeof openTestProfile>[0]) {
  const p = await openTestProfile(t);
  await p.profile.store.write('accounts.insert', {
    address: 'me@constr.example',
    name: 'Me',
    incoming: { host: 'imap.constr.example', port: 993, security: 'tls', user: 'me', auth: 'auto' },
    outgoing: null,
    policy: { keep: 'everything' },
    saveSent: true,
  });
  return p;
}

test('a letter with everything: banners in their order, files, nothing remote, a picture of its own', async (t) => {
  const p = await withAccount(t);
  const [id = 0] = await p.put('Inbox', rich(html));
  const got = await p.call('messages.get', { id });
  assert.deepEqual(
    got.banners.map((each) => each.kind),
    ['link-mismatch', 'first-letter', 'outside', 'pictures', 'receipt', 'list'],
  );
  assert.deepEqual(got.banners.at(-1), {
    kind: 'list',
    id: 'news.outside.example',
    unsubscribe: 'https://outside.example/off',
  });
  assert.equal(got.problem, null);
  assert.ok(got.hasHtml);
  assert.equal(got.row.outside, true);
  const exe = got.attachments.find((each) => each.name === 'run.exe');
  assert.ok(exe?.dangerous);
  const inner = got.attachments.find((each) => each.kind === 'message');
  const nested = await p.call('messages.nested', { id, n: inner?.n ?? 0 });
  assert.equal(nested.subject, 'Inside');
  assert.equal(nested.text?.trim(), 'inner words');

  const frame = await p.call('messages.frame', { id, mode: 'html', pictures: false, dark: false });
  assert.equal(frame.blocked, 1);
  const path = frame.url.slice('http://frames.test'.length);
  const served = await p.profile.frames.serve(path);
  const document = Buffer.from(served?.body ?? []).toString('utf8');
  assert.doesNotMatch(document, /<script|tracker\.example|onerror/);
  const picture = await p.profile.frames.serve(`${path}cid/0`);
  assert.equal(picture?.headers['Content-Type'], 'image/png');
  assert.equal(await p.profile.frames.serve(`/${'0'.repeat(32)}/`), null);

  await p.call('senders.know', { address: 'anna.b@outside.example' });
  await p.call('senders.allow', { address: 'anna.b@outside.example', domain: false, allow: true });
  const known = (await p.call('messages.get', { id })).banners.map((each) => each.kind);
  assert.ok(!known.includes('first-letter') && !known.includes('pictures'));
});

test("a colleague's name on an outside address is said first", async (t) => {
  const p = await withAccount(t);
  await p.put('Inbox', letter({ from: 'Anna Belova <a.belova@constr.example>' }));
  const [id = 0] = await p.put('Inbox', letter({ from: 'Anna Belova <boss@evil.example>' }));
  const { banners } = await p.call('messages.get', { id });
  assert.deepEqual(banners[0], {
    kind: 'colleague-name',
    name: 'Anna Belova',
    address: 'a.belova@constr.example',
  });
});

test('files and sources come as they are; what is not there has its own code', async (t) => {
  const p = await openTestProfile(t);
  const text = rich('x');
  const [id = 0] = await p.put('Inbox', text);
  const chunks: Uint8Array[] = [];
  await p.call('messages.source', { id }, (bytes) => chunks.push(bytes));
  assert.equal(Buffer.concat(chunks).toString('latin1'), text);
  await assert.rejects(p.call('messages.attachment', { id, n: 77 }), { code: 'no-such-attachment' });
  await assert.rejects(p.call('messages.frame', { id: 4711, mode: 'text', pictures: false, dark: false }), {
    code: 'no-such-message',
  });
});

test('another charset is obeyed, and the guess is told', async (t) => {
  const p = await openTestProfile(t);
  const head =
    'From: a@x.example\r\nSubject: s\r\nMessage-ID: <c@x>\r\nContent-Type: text/plain; charset=windows-1251\r\n\r\n';
  const made = await p.profile.pool.call('ingest', {
    bytes: Buffer.concat([Buffer.from(head), Buffer.from([0xc1, 0xe5, 0xf2, 0xee, 0xed])]),
  });
  const folder = await p.folder('Inbox');
  const { facts, blob: prepared } = made;
  const insert = { folder, uid: null, received: 0, flags: 0, keywords: [], facts, prepared };
  const [row] = await p.profile.store.write('messages.insert', { unique: false, letters: [insert] });
  const id = row?.id ?? 0;
  assert.equal((await p.call('messages.get', { id })).text, 'Бетон');
  const other = await p.call('messages.get', { id, charset: 'koi8-r' });
  assert.equal(other.text, 'аЕРНМ');
  assert.equal(other.charset, 'koi8-r');
});

test('the sample office fills a profile that was empty, and leaves it again', async (t) => {
  const p = await openTestProfile(t);
  assert.equal((await p.call('session.hello', {})).firstRun, true);
  const ended = Promise.withResolvers<void>();
  p.profile.jobs.changed.on((jobs) => {
    if (jobs.some((job) => job.kind === 'sample' && job.state === 'done')) ended.resolve();
  });
  const { account } = await p.call('sample.create', {});
  const early = await p.call('messages.window', {
    view: { scope: { in: 'account', account } },
    from: 0,
    count: 10,
  });
  assert.equal(early.rows.length, 10);
  await ended.promise;
  const hello = await p.call('session.hello', {});
  assert.equal(hello.sample, true);
  assert.equal(hello.firstRun, false);
  const total = (await p.call('folders.list', {})).reduce((sum, each) => sum + each.total, 0);
  assert.equal(total, 1200);
  assert.equal((await p.call('sample.create', {})).account, account);
  await p.call('sample.remove', {});
  assert.deepEqual(await p.call('folders.list', {}), []);
  assert.equal((await p.call('session.hello', {})).sample, false);
  assert.deepEqual((await p.profile.store.read('profile.check')).problems, []);
});

test('an attached letter is a letter: its document, pictures, files and source, also two levels down', async (t) => {
  const p = await openTestProfile(t);
  const deep = rich(html.replace('Hello', 'Deepest'));
  const wrap = (inner: string, subject: string) =>
    `From: a@x.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@x>\r\nContent-Type: multipart/mixed; boundary=${subject}\r\n\r\n--${subject}\r\nContent-Type: text/plain\r\n\r\n${subject}\r\n--${subject}\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--${subject}--\r\n`;
  const [id = 0] = await p.put('Inbox', wrap(wrap(deep, 'middle'), 'outer'));
  const path = [1, 1];
  const nested = await p.call('messages.nested', { id, path: [1], n: 1 });
  assert.equal(nested.subject, 'Price');
  assert.ok(nested.hasHtml);
  assert.equal(nested.row.id, id);
  assert.equal(nested.row.size, deep.length);

  const frame = await p.call('messages.frame', { id, path, mode: 'html', pictures: false, dark: false });
  assert.equal(frame.blocked, 1);
  const place = frame.url.slice('http://frames.test'.length);
  const shown = Buffer.from((await p.profile.frames.serve(place))?.body ?? []).toString('utf8');
  assert.match(shown, /Deepest/);
  assert.doesNotMatch(shown, /<script|tracker\.example/);
  const picture = await p.profile.frames.serve(`${place}cid/0`);
  assert.equal(picture?.headers['Content-Type'], 'image/png');
  const printed = await p.call('messages.html', { id, path, pictures: false });
  assert.match(printed.html, /Deepest/);

  const octets = async (name: 'messages.source' | 'messages.attachment', n: number): Promise<string> => {
    const chunks: Uint8Array[] = [];
    const chunk = (bytes: Uint8Array) => chunks.push(bytes);
    if (name === 'messages.source') await p.call(name, { id, path }, chunk);
    else await p.call(name, { id, path, n }, chunk);
    return Buffer.concat(chunks).toString('latin1');
  };
  assert.equal(await octets('messages.source', 0), deep);
  const exe = nested.attachments.find((each) => each.name === 'run.exe');
  assert.equal(await octets('messages.attachment', exe?.n ?? 0), 'MZ');
  const missing = { code: 'no-such-attachment' };
  await assert.rejects(p.call('messages.nested', { id, path: [7], n: 1 }), missing);
  await assert.rejects(p.call('messages.source', { id, path: [1, 9] }), missing);
  await assert.rejects(
    p.call('messages.frame', { id, path: [2], mode: 'html', pictures: false, dark: false }),
    missing,
  );
});

test('permission to load pictures is not given by what an attached letter says of its sender', async (t) => {
  const p = await openTestProfile(t);
  const inner = rich(html);
  const outer = `From: "Anna" <anna.b@outside.example>\r\nSubject: outer\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--o--\r\n`;
  const [id = 0] = await p.put('Inbox', outer);
  await p.call('senders.allow', { address: 'anna.b@outside.example', domain: false, allow: true });
  const asked = { id, path: [1], mode: 'html' as const, dark: false };
  assert.equal((await p.call('messages.frame', { ...asked, pictures: false })).blocked, 1);
  assert.equal((await p.call('messages.frame', { ...asked, pictures: true })).blocked, 0);
});
