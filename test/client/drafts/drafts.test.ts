import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { silentLog } from '../../../main/base/log.ts';
import { Drafts } from '../../../main/client/drafts/drafts.ts';
import { parseMailto } from '../../../main/client/drafts/mailto.ts';
import { ingestModule } from '../../../main/client/entries.ts';
import { announceDrafts, draftHandlers } from '../../../main/client/handlers/drafts.ts';
import { readLetter } from '../../../main/client/messages/facts.ts';
import type { IngestCalls } from '../../../main/client/messages/ingest.ts';
import type { EngineEvent } from '../../../main/contract/door.ts';
import type { Draft, DraftContent } from '../../../main/contract/mail/drafts.ts';
import { readContent, readMessage } from '../../../main/mail/message.ts';
import { prepareBlob } from '../../../main/store/record.ts';
import { openPool, type Pool } from '../../../main/store/threads.ts';
import { type OutboxKit, openOutboxKit } from '../../kit/outbox.ts';
import { type KitSmtpServer, startSmtpServer } from '../../kit/smtp-server.ts';

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const LETTER = Buffer.from(
  [
    'From: =?utf-8?B?0JHQvtGA0LjRgQ==?= <boris@example.org>',
    'To: Anna <anna@office.example>, Vera <vera@example.org>',
    'Cc: gleb@third.example',
    'Message-ID: <first@example.org>',
    'References: <root@example.org>',
    'Subject: Re: Plan',
    'Date: Fri, 20 Nov 2026 09:00:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=m',
    '',
    '--m',
    'Content-Type: multipart/related; boundary=r',
    '',
    '--r',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p onclick="x()">Look</p><img src="cid:pic@x"><img src="https://spy.example/p.gif"><script>evil()</script>',
    '--r',
    'Content-Type: image/png; name=p.png',
    'Content-ID: <pic@x>',
    'Content-Disposition: inline',
    'Content-Transfer-Encoding: base64',
    '',
    PICTURE.toString('base64'),
    '--r--',
    '--m',
    'Content-Type: application/pdf; name=plan.pdf',
    'Content-Disposition: attachment; filename=plan.pdf',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('a plan').toString('base64'),
    '--m--',
    '',
  ].join('\r\n'),
);

let server: KitSmtpServer;
let kit: OutboxKit;
let pool: Pool<IngestCalls>;
let drafts: Drafts;
let handlers: ReturnType<typeof draftHandlers>;
let inbox = 0;
let original = 0;
const clock = new ManualClock();
const call = { signal: new AbortController().signal, chunk: () => {} };

before(async () => {
  server = await startSmtpServer();
  kit = await openOutboxKit(server.port, clock);
  pool = await openPool<IngestCalls>({ module: ingestModule, size: 1, log: silentLog });
  const store = kit.client;
  drafts = new Drafts({
    store,
    pool,
    clock,
    log: silentLog,
    fetchBody: async () => {},
    wakeOutbox: () => {},
    userAgent: 'Postroom',
  });
  handlers = draftHandlers({
    store,
    drafts,
    outbox: { wake: () => {}, resume: () => {} },
    clock,
    log: silentLog,
  });
  const folder = (path: string, role: string) =>
    kit.store.write('kit.folder', {
      account: kit.account,
      path,
      serverPath: path,
      name: path,
      role,
      subscribed: true,
      selectable: true,
    });
  inbox = await folder('INBOX', 'inbox');
  await folder('Drafts', 'drafts');
  await folder('Sent', 'sent');
  const { facts } = readLetter(LETTER);
  original = await kit.store.write('kit.letter', { folder: inbox, uid: 5, facts, blob: prepareBlob(LETTER) });
});
after(async () => {
  await pool.close();
  await kit.close();
  await server.close();
});

const create = (input: Partial<Parameters<typeof drafts.create>[0]> & { kind: Draft['kind'] }) =>
  drafts.create({ of: [], ...input });
const contentOf = (draft: Draft, more: Partial<DraftContent> = {}): DraftContent => {
  const {
    account,
    from,
    to,
    cc,
    bcc,
    replyTo,
    subject,
    html,
    text,
    quoteHtml,
    quoteText,
    importance,
    requestReadReceipt,
  } = draft;
  return {
    account,
    from,
    to,
    cc,
    bcc,
    replyTo,
    subject,
    html,
    text,
    quoteHtml,
    quoteText,
    importance,
    requestReadReceipt,
    ...more,
  };
};
const addresses = (list: { address: string }[]) => list.map((each) => each.address);
const rows = (sql: string, ...values: (string | number)[]) => kit.store.read('kit.all', { sql, values });

describe('drafts from letters', () => {
  test('reply: the author, the subject once, the quote without anything that acts or calls', async () => {
    const draft = await create({ kind: 'reply', of: [original], attribution: 'Boris wrote:' });
    assert.deepEqual([addresses(draft.to), draft.cc, draft.subject], [['boris@example.org'], [], 'Re: Plan']);
    assert.equal(draft.to[0]!.name, 'Борис');
    assert.equal(draft.from?.address, 'anna@office.example');
    assert.match(draft.quoteText, /^Boris wrote:\n> Look/);
    assert.match(draft.quoteHtml!, /cid:pic@x/);
    assert.doesNotMatch(draft.quoteHtml!, /spy\.example|onclick|<script|evil/);
    assert.deepEqual(
      draft.attachments.map((each) => [each.name, each.inline, each.contentId]),
      [['p.png', true, 'pic@x']],
    );
    assert.deepEqual(draft.knownDomains.sort(), ['example.org', 'office.example', 'third.example']);
  });

  test('reply all: everybody but oneself', async () => {
    const draft = await create({ kind: 'reply-all', of: [original] });
    assert.deepEqual(addresses(draft.to), ['boris@example.org']);
    assert.deepEqual(addresses(draft.cc), ['vera@example.org', 'gleb@third.example']);
  });

  test('only what was selected is quoted', async () => {
    const draft = await create({ kind: 'reply', of: [original], quote: 'one <b>line</b>' });
    assert.match(draft.quoteText, /\n> one <b>line<\/b>$/);
    assert.match(draft.quoteHtml!, /one &lt;b&gt;line/);
    assert.equal(draft.attachments.length, 0);
  });

  test('forward: the head, the text, every file', async () => {
    const draft = await create({ kind: 'forward', of: [original] });
    assert.deepEqual([draft.to, draft.subject], [[], 'Fwd: Re: Plan']);
    assert.match(draft.quoteText, /boris@example\.org/);
    assert.deepEqual(
      draft.attachments.map((each) => each.name),
      ['p.png', 'plan.pdf'],
    );
  });

  test('forward as attachment: the letter whole, stored once', async () => {
    const before = (await kit.store.stats()).blobs;
    const draft = await create({ kind: 'forward-attached', of: [original] });
    assert.deepEqual(
      draft.attachments.map((each) => [each.name, each.type, each.size]),
      [['Re Plan.eml', 'message/rfc822', LETTER.length]],
    );
    assert.equal((await kit.store.stats()).blobs, before);
  });

  test('a letter that is gone', async () => {
    await assert.rejects(create({ kind: 'reply', of: [999_999] }), { code: 'no-such-message' });
  });

  test('mailto fills in what a person can see, and nothing else', async () => {
    const mailto =
      'mailto:a@x.example,b@x.example?cc=c@x.example&subject=Hello%20there&body=one%0D%0Atwo&from=evil@x.example&attach=/etc/passwd';
    const draft = await create({ kind: 'new', mailto });
    assert.deepEqual(
      [addresses(draft.to), addresses(draft.cc)],
      [['a@x.example', 'b@x.example'], ['c@x.example']],
    );
    assert.deepEqual([draft.subject, draft.text, draft.attachments], ['Hello there', 'one\ntwo', []]);
    assert.equal(draft.from?.address, 'anna@office.example');
  });

  test('broken mailto addresses are read as far as they go', () => {
    assert.deepEqual(parseMailto('mailto:?subject=%D0%9F%D0%BB%ZZ').subject, '%D0%9F%D0%BB%ZZ');
    assert.deepEqual(parseMailto('mailto:a%40x.example?subject=a%0Ab').subject, 'a b');
    assert.deepEqual(parseMailto('').to, []);
  });
});

describe('the journal', () => {
  test('a save is a new version; an older base makes a second draft and both are kept', async () => {
    const draft = await create({ kind: 'new' });
    const one = await drafts.save({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, { text: 'one' }),
    });
    assert.equal(one.version, draft.version + 1);
    const other = await drafts.save({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, { text: 'other' }),
    });
    assert.notEqual(other.id, draft.id);
    assert.equal((await handlers['drafts.get']({ id: draft.id }, call)).text, 'one');
    assert.equal(other.text, 'other');
  });

  test('versions can be looked at and brought back; a large loss is always one', async () => {
    const long = 'a long and careful text '.repeat(20);
    let draft = await create({ kind: 'new' });
    draft = await drafts.save({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, { text: long }),
    });
    const written = draft.version;
    draft = await drafts.save({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, { text: 'oh' }),
    });
    const versions = await handlers['drafts.versions']({ id: draft.id }, call);
    assert.equal(versions[0]!.version, draft.version);
    assert.ok(versions.some((each) => each.version === written));
    const back = await handlers['drafts.restore']({ id: draft.id, version: written }, call);
    assert.equal(back.text, long);
    assert.ok(back.version > draft.version);
  });

  test('a file that was detached comes back with its version', async () => {
    const draft = await create({ kind: 'new' });
    const file = await drafts.attach({
      id: draft.id,
      name: 'a.txt',
      type: 'text/plain',
      bytes: Buffer.from('octets'),
      inline: false,
    });
    const withFile = await handlers['drafts.get']({ id: draft.id }, call);
    await handlers['drafts.detach']({ id: draft.id, attachment: file.id }, call);
    const restored = await handlers['drafts.restore']({ id: draft.id, version: withFile.version }, call);
    assert.deepEqual(restored.attachments, [file]);
    const chunks: Uint8Array[] = [];
    const input = { id: draft.id, attachment: file.id };
    const facts = await handlers['drafts.attachment'](input, {
      ...call,
      chunk: (bytes) => chunks.push(bytes),
    });
    assert.deepEqual([facts.name, Buffer.concat(chunks).toString()], ['a.txt', 'octets']);
  });

  test('discarding can be undone', async () => {
    const draft = await create({ kind: 'new', mailto: 'mailto:x@y.example?body=keep me' });
    const { undo } = await handlers['drafts.discard']({ id: draft.id }, call);
    await assert.rejects(handlers['drafts.get']({ id: draft.id }, call), { code: 'no-such-draft' });
    assert.equal((await handlers['drafts.keep']({ undo }, call)).text, 'keep me');
    await assert.rejects(handlers['drafts.keep']({ undo: 'never' }, call), { code: 'undo-too-late' });
  });

  test('discarded drafts end after 30 days with their files', async () => {
    const draft = await create({ kind: 'new' });
    await drafts.attach({
      id: draft.id,
      name: 'b',
      type: '',
      bytes: Buffer.from(`only here ${draft.id}`),
      inline: false,
    });
    await handlers['drafts.discard']({ id: draft.id }, call);
    const before = (await kit.store.stats()).unreferencedBlobs;
    await kit.store.write('drafts.sweep', { before: Date.now() + 1000 });
    assert.equal((await rows('SELECT 1 FROM drafts WHERE id = ?', draft.id)).length, 0);
    assert.equal((await kit.store.stats()).unreferencedBlobs, before + 1);
  });
});

describe('the copy in the Drafts folder', () => {
  const copies = (id: number) =>
    rows('SELECT m.id, m.subject FROM drafts d JOIN messages m ON m.id = d.message WHERE d.id = ?', id);
  const appends = () => rows("SELECT message FROM operations WHERE kind = 'append'");

  test('is made when the draft rests, replaced when it changes, and goes with it', async () => {
    let draft = await create({ kind: 'new' });
    draft = await drafts.save({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, { subject: 'first' }),
    });
    await drafts.copyResting(-1e12);
    const first = await copies(draft.id);
    assert.equal(first[0]!['subject'], 'first');
    assert.ok((await appends()).some((each) => each['message'] === first[0]!['id']));
    draft = await drafts.save({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, { subject: 'second' }),
    });
    await drafts.copyResting(-1e12);
    const second = await copies(draft.id);
    assert.equal(second[0]!['subject'], 'second');
    assert.equal((await rows('SELECT 1 FROM messages WHERE id = ?', Number(first[0]!['id']))).length, 0);
    assert.ok(
      !(await appends()).some((each) => each['message'] === first[0]!['id']),
      'an unsent append is withdrawn',
    );
    await handlers['drafts.discard']({ id: draft.id }, call);
    assert.equal((await rows('SELECT 1 FROM messages WHERE id = ?', Number(second[0]!['id']))).length, 0);
  });

  test('opened from the folder it is the draft itself', async () => {
    let draft = await create({ kind: 'new' });
    draft = await drafts.save({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, { subject: 'mine' }),
    });
    await drafts.copyResting(-1e12);
    const [copy] = await copies(draft.id);
    assert.equal((await drafts.open(Number(copy!['id']))).id, draft.id);
  });

  test('a draft of another computer becomes one here, files and all', async () => {
    const folder = Number(
      (await rows("SELECT id FROM folders WHERE role = 'drafts' AND account = ?", kit.account))[0]!['id'],
    );
    const { facts } = readLetter(LETTER);
    const message = await kit.store.write('kit.letter', {
      folder,
      uid: 77,
      facts,
      blob: prepareBlob(LETTER),
    });
    const draft = await drafts.open(message);
    assert.deepEqual(
      draft.attachments.map((each) => each.name),
      ['p.png', 'plan.pdf'],
    );
    assert.equal((await drafts.open(message)).id, draft.id, 'opened twice it is one');
    assert.equal(draft.kept, 'server');
    await drafts.save({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, { subject: 'changed here' }),
    });
    await drafts.copyResting(-1e12);
    const expunged = await rows("SELECT uid FROM operations WHERE kind = 'expunge' AND message = ?", message);
    assert.equal(expunged[0]!['uid'], 77, 'the server is told to drop the former copy');
  });

  test('deleted elsewhere, its draft goes along and can be had back', async () => {
    let draft = await create({ kind: 'new' });
    draft = await drafts.save({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, { subject: 'gone' }),
    });
    await drafts.copyResting(-1e12);
    const [copy] = await copies(draft.id);
    await kit.store.write('kit.run', {
      sql: 'DELETE FROM messages WHERE id = ?',
      values: [Number(copy!['id'])],
    });
    const gone = await kit.store.write('drafts.follow', { undo: 'u' });
    assert.deepEqual(gone, [draft.id]);
    assert.equal((await handlers['drafts.keep']({ undo: `u-${draft.id}` }, call)).subject, 'gone');
  });
});

describe('sending', () => {
  const send = async (draft: Draft, more: Partial<DraftContent>, delay = 0, at?: number) =>
    drafts.send({
      id: draft.id,
      base: draft.version,
      content: contentOf(draft, more),
      delay,
      ...(at === undefined ? {} : { at }),
    });

  test('what was written arrives: threading, both texts, files; the draft goes, the answered letter is marked', async () => {
    const draft = await create({ kind: 'reply', of: [original], attribution: 'Boris wrote:' });
    await drafts.attach({
      id: draft.id,
      name: 'отчёт.txt',
      type: 'text/plain',
      bytes: Buffer.from('octets'),
      inline: false,
    });
    const current = await handlers['drafts.get']({ id: draft.id }, call);
    const item = await send(current, {
      html: '<p>Да, согласна</p>',
      bcc: [{ name: '', address: 'hidden@example.org' }],
    });
    assert.deepEqual([item.state, item.results.length], ['queued', 2]);
    await kit.outbox().sendDue();
    const received = server.received.at(-1)!;
    const message = readMessage(received.bytes);
    const content = readContent(received.bytes, message);
    assert.deepEqual(
      [message.inReplyTo, message.references],
      [['first@example.org'], ['root@example.org', 'first@example.org']],
    );
    assert.equal(message.bcc.length, 0);
    assert.deepEqual(received.to, ['boris@example.org', 'hidden@example.org']);
    assert.match(content.text!, /Да, согласна[\s\S]*Boris wrote:\n> Look/);
    assert.match(content.html!, /Да, согласна[\s\S]*blockquote/);
    assert.deepEqual(content.attachments.map((each) => [each.name, each.inline]).sort(), [
      ['p.png', true],
      ['отчёт.txt', false],
    ]);
    assert.equal((await kit.item(item.id)).state, 'sent');
    assert.equal((await rows('SELECT 1 FROM drafts WHERE id = ?', draft.id)).length, 0);
    const [answered] = await rows('SELECT flags FROM messages WHERE id = ?', original);
    assert.equal(Number(answered!['flags']) & 2, 2);
    const [copy] = await rows(
      'SELECT m.folder, o.kind FROM messages m JOIN operations o ON o.message = m.id WHERE m.message_id = ?',
      message.messageId,
    );
    assert.equal(copy!['kind'], 'append', 'the Sent copy is an operation of its own');
  });

  test('undo brings back exactly what was written, under the same identity', async () => {
    const draft = await create({ kind: 'new', mailto: 'mailto:x@y.example?subject=later' });
    const [before] = await rows('SELECT message_id FROM drafts WHERE id = ?', draft.id);
    const item = await send(draft, { text: 'text' }, 10);
    assert.equal(item.notBefore, clock.now() + 10_000);
    assert.ok(!(await handlers['drafts.list']({}, call)).some((each) => each.id === draft.id));
    const back = await handlers['outbox.edit']({ id: item.id, remaining: false }, call);
    assert.deepEqual([back.id, back.text, back.subject], [draft.id, 'text', 'later']);
    const [after] = await rows('SELECT message_id FROM drafts WHERE id = ?', draft.id);
    assert.equal(after!['message_id'], before!['message_id']);
    assert.equal((await rows('SELECT 1 FROM outbox WHERE id = ?', item.id)).length, 0);
  });

  test('send later is scheduled', async () => {
    const draft = await create({ kind: 'new', mailto: 'mailto:x@y.example' });
    const item = await send(draft, {}, 0, clock.now() + 3_600_000);
    assert.deepEqual([item.state, item.notBefore], ['scheduled', clock.now() + 3_600_000]);
    await handlers['outbox.drop']({ id: item.id }, call);
  });

  test('a refused recipient: the letter can be edited for the remaining ones, under a new identity', async () => {
    server.behaviour = {
      recipient: (address) => (address.startsWith('bad') ? { code: 550, text: 'No such user' } : undefined),
    };
    const draft = await create({ kind: 'new', mailto: 'mailto:good@y.example,bad@y.example?subject=both' });
    const item = await send(draft, { text: 'text' });
    await kit.outbox().sendDue();
    assert.equal((await kit.item(item.id)).state, 'failed');
    const [before] = await rows('SELECT message_id FROM drafts WHERE id = ?', draft.id);
    const back = await handlers['outbox.edit']({ id: item.id, remaining: true }, call);
    server.behaviour = {};
    assert.deepEqual(addresses(back.to), ['bad@y.example']);
    assert.equal(back.text, 'text');
    const [after] = await rows('SELECT message_id FROM drafts WHERE id = ?', draft.id);
    assert.notEqual(after!['message_id'], before!['message_id']);
  });

  for (const [what, to, code] of [
    ['no recipients', [], 'no-recipients'],
    ['an address that cannot be right', [{ name: '', address: 'boris' }], 'bad-recipient'],
  ] as const) {
    test(`${what}: refused, and the text is kept`, async () => {
      const draft = await create({ kind: 'new' });
      await assert.rejects(send(draft, { to: [...to], text: 'kept' }), { code });
      assert.equal((await handlers['drafts.get']({ id: draft.id }, call)).text, 'kept');
    });
  }

  test('a letter from a file goes as it is', async () => {
    const bytes = Buffer.from(
      'From: anna@office.example\nTo: x@y.example\nSubject: file\nMessage-ID: <file@x>\n\n.dot\n',
    );
    const item = await drafts.sendLetter(kit.account, bytes);
    await kit.outbox().sendDue();
    assert.equal((await kit.item(item.id)).state, 'sent');
    assert.equal(server.received.at(-1)!.bytes.toString(), bytes.toString().replaceAll('\n', '\r\n'));
  });

  test('windows hear of what changes', async () => {
    const events: EngineEvent[] = [];
    const stop = announceDrafts({ store: kit.client, clock, log: silentLog }, (event) => events.push(event));
    const draft = await create({ kind: 'new', mailto: 'mailto:x@y.example' });
    const item = await send(draft, { text: 'x' }, 10);
    const end = performance.now() + 5000;
    const told = () =>
      events.some((each) => each.name === 'drafts.changed' && each.data.id === draft.id) &&
      events.some((each) => each.name === 'outbox.changed' && each.data.some((one) => one.id === item.id));
    while (!told()) {
      assert.ok(performance.now() < end, 'nothing was said');
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop();
  });
});
