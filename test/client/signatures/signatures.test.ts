/** Identities, signatures, templates and snippets of a profile, asked as a window asks, and what they make of a letter. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { readContent, readMessage } from '../../../main/mail/message.ts';
import { openTestProfile } from '../kit/profile.ts';

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const server = { host: '127.0.0.1', port: 1, security: 'none', user: 'olga', auth: 'auto' } as const;

async function open(t: TestContext) {
  const kit = await openTestProfile(t, { background: false });
  const { store } = kit.profile;
  const account = await store.write('accounts.insert', {
    address: 'olga@otd1.constr.org',
    name: 'Ольга Белова',
    incoming: server,
    outgoing: server,
    policy: { keep: 'everything' },
    saveSent: true,
  });
  const fails = (code: string) => (thrown: unknown) => {
    assert.equal((thrown as { code?: string }).code, code);
    return true;
  };
  return { ...kit, account, fails };
}

test('an account brings its main identity; others stand beside it', async (t) => {
  const { call, account, fails } = await open(t);
  const [main] = await call('identities.list', {});
  assert.deepEqual(
    [main?.account, main?.main, main?.name, main?.address, main?.sends],
    [account, true, 'Ольга Белова', 'olga@otd1.constr.org', true],
  );
  const added = await call('identities.add', {
    account,
    address: 'smeta@otd1.constr.org',
    name: 'Сметный отдел',
    replyTo: [{ name: '', address: 'all@otd1.constr.org' }],
    organisation: 'Констр',
  });
  assert.equal(added.main, false);
  await assert.rejects(call('identities.add', { account, address: 'no address' }), fails('bad-address'));
  await assert.rejects(
    call('identities.add', { account: 99, address: 'a@b.example' }),
    fails('no-such-account'),
  );
  await assert.rejects(call('identities.remove', { id: main!.id }), fails('main-identity'));
  await assert.rejects(
    call('identities.update', { id: main!.id, address: 'x@y.example' }),
    fails('main-identity'),
  );
  await call('identities.update', { id: main!.id, name: 'Ольга' });
  assert.equal((await call('accounts.list', {})).find((each) => each.id === account)?.name, 'Ольга');
  const changed = await call('identities.update', { id: added.id, signatures: { reply: 'none' } });
  assert.deepEqual(changed.signatures, {
    new: 'default',
    reply: 'none',
    newInside: 'default',
    replyInside: 'default',
  });
  await assert.rejects(call('identities.update', { id: added.id, sentFolder: 999 }), fails('no-such-folder'));
  await call('identities.remove', { id: added.id });
  assert.equal((await call('identities.list', {})).length, 1);
});

test('a reply takes the identity the letter came to, its addresses go with it', async (t) => {
  const { call, account, put } = await open(t);
  const second = await call('identities.add', { account, address: 'smeta@otd1.constr.org', name: 'Смета' });
  const letter = (to: string, more = '') =>
    `From: p@beton.example\r\nTo: ${to}\r\n${more}Subject: x\r\nMessage-ID: <${to.length}${more.length}@x>\r\n\r\ntext\r\n`;
  const ids = await put(
    'Inbox',
    letter('Smeta@otd1.constr.org'),
    letter('smeta+block4@otd1.constr.org, olga@otd1.constr.org'),
    letter('list@x.example', 'Delivered-To: smeta@otd1.constr.org\r\n'),
    letter('olga@otd1.constr.org'),
  );
  const drafts = [];
  for (const id of ids) drafts.push(await call('drafts.create', { kind: 'reply-all', of: [id] }));
  assert.deepEqual(
    drafts.map((draft) => [draft.identity === second.id, draft.from?.address, draft.account]),
    [
      [true, 'smeta@otd1.constr.org', account],
      [true, 'smeta@otd1.constr.org', account],
      [true, 'smeta@otd1.constr.org', account],
      [false, 'olga@otd1.constr.org', account],
    ],
  );
  // A tagged address of one's own is no other person.
  assert.deepEqual(drafts[1]?.cc, []);
});

test('what an identity adds leaves with the letter and its copy goes where it says', async (t) => {
  const { call, account, profile, folder } = await open(t);
  const sentFolder = await folder('Estimates sent');
  const identity = await call('identities.add', {
    account,
    address: 'smeta@otd1.constr.org',
    name: 'Сметный отдел',
    organisation: 'Констр, отдел 1',
    replyTo: [{ name: '', address: 'all@otd1.constr.org' }],
    bcc: [{ name: '', address: 'archive@otd1.constr.org' }],
    sentFolder,
  });
  const draft = await call('drafts.create', { kind: 'new', identity: identity.id });
  assert.deepEqual([draft.identity, draft.from?.name], [identity.id, 'Сметный отдел']);
  const {
    id,
    kind: _k,
    of: _o,
    attachments: _a,
    savedAt: _s,
    version,
    kept: _kept,
    knownDomains: _d,
    size: _size,
    ...content
  } = draft;
  await call('drafts.send', {
    id,
    base: version,
    delay: 60,
    content: { ...content, to: [{ name: '', address: 'x@beton.example' }], subject: 'Смета', text: 'текст' },
  });
  const [row] = await profile.store.read('outbox.list', { now: 0 });
  const stored = await profile.store.read('outbox.row', { id: row!.id });
  const message = readMessage(await profile.store.blobs.read(stored.blob));
  const header = (name: string) => message.headers.find(([each]) => each.toLowerCase() === name)?.[1];
  assert.deepEqual(stored.envelope.to, ['x@beton.example', 'archive@otd1.constr.org']);
  assert.equal(stored.envelope.from, 'smeta@otd1.constr.org');
  assert.equal(message.replyTo[0]?.address, 'all@otd1.constr.org');
  assert.equal(header('organization'), 'Констр, отдел 1');
  const taken = (address: string) => ({ address, state: 'accepted' as const, reply: '250 taken' });
  const now = row!.notBefore;
  await profile.store.write('outbox.begin', { id: row!.id, now });
  await profile.store.write('outbox.settle', {
    id: row!.id,
    now,
    result: {
      recipients: stored.envelope.to.map(taken),
      reply: '250 taken',
      outcome: 'accepted',
      fault: null,
    },
  });
  const copies = await call('messages.window', {
    view: { scope: { in: 'folder', folder: sentFolder } },
    from: 0,
    count: 10,
  });
  assert.deepEqual(
    copies.rows.map((each) => each.subject),
    ['Смета'],
  );
});

test('signatures: kept, ordered, chosen, filled, taken away and brought back', async (t) => {
  const { call, fails } = await open(t);
  const [identity] = await call('identities.list', {});
  const full = await call('signatures.save', {
    name: 'Полная',
    html: '<div>{{имя}}</div><div>доб. 118</div>',
  });
  const short = await call('signatures.save', {
    name: 'Короткая',
    html: '<div>{{name}}</div>',
    text: 'О. Б.',
  });
  await assert.rejects(call('signatures.save', { name: ' полная ', html: '' }), fails('name-taken'));
  const fill = (more: object = {}) =>
    call('signatures.fill', { identity: identity!.id, use: 'new', recipients: [], ...more });
  assert.deepEqual(await fill(), {
    signature: full.id,
    name: 'Полная',
    html: '<div>Ольга Белова</div><div>доб. 118</div>',
    text: 'Ольга Белова\nдоб. 118',
  });
  await call('identities.update', { id: identity!.id, signatures: { newInside: short.id } });
  const inside = [{ name: '', address: 'p@otd2.constr.org' }];
  assert.deepEqual(
    [
      (await fill({ recipients: inside })).text,
      (await fill({ recipients: inside, signature: full.id })).name,
    ],
    ['О. Б.', 'Полная'],
  );
  assert.equal((await fill({ signature: 'none' })).signature, null);
  await call('signatures.order', { ids: [short.id] });
  assert.deepEqual(
    (await call('signatures.list', {})).map((each) => each.name),
    ['Короткая', 'Полная'],
  );
  await call('signatures.remove', { id: short.id });
  assert.equal((await fill({ recipients: inside })).signature, full.id);
  assert.equal((await call('signatures.save', { name: 'Короткая', html: 'x' })).name, 'Короткая');
  assert.equal((await call('signatures.keep', { id: short.id })).name, 'Короткая (2)');
  await assert.rejects(call('signatures.remove', { id: 999 }), fails('no-such-signature'));
});

test('a picture of a signature leaves inside the text, and goes when the signature goes', async (t) => {
  const { call, profile } = await open(t);
  const { id } = await call('signatures.save', { name: 'Со знаком', html: 'x' });
  const picture = await call('signatures.attach', {
    id,
    name: 'logo.png',
    type: 'image/png',
    bytes: PICTURE,
  });
  const chunks: Uint8Array[] = [];
  await call('signatures.picture', { id, contentId: picture.contentId }, (chunk) =>
    chunks.push(chunk.slice()),
  );
  assert.ok(Buffer.concat(chunks).equals(PICTURE));
  const draft = await call('drafts.create', { kind: 'new' });
  await call('signatures.carry', { id, draft: draft.id });
  await call('signatures.carry', { id, draft: draft.id });
  const { attachments, version } = await call('drafts.get', { id: draft.id });
  assert.deepEqual(
    attachments.map((each) => [each.contentId, each.inline]),
    [[picture.contentId, true]],
  );
  const letter = async (html: string, base: number) => {
    const {
      id: _id,
      kind: _k,
      of: _o,
      attachments: _a,
      savedAt: _s,
      version: _v,
      kept: _kept,
      knownDomains: _d,
      size: _size,
      ...content
    } = draft;
    const to = [{ name: '', address: 'x@beton.example' }];
    const { id: item } = await call('drafts.send', {
      id: draft.id,
      base,
      delay: 60,
      content: { ...content, to, html, text: 'x' },
    });
    const row = await profile.store.read('outbox.row', { id: item });
    const bytes = await profile.store.blobs.read(row.blob);
    const back = await call('outbox.edit', { id: item });
    return { message: readMessage(bytes), bytes, version: back.version };
  };
  const block = `<div class="postroom-signature" data-signature="${id}.auto.1"><img src="cid:${picture.contentId}"></div>`;
  const shown = await letter(`<p>x</p>${block}`, version);
  const content = readContent(shown.bytes, shown.message);
  assert.equal(content.attachments[0]?.inline, true);
  assert.doesNotMatch(content.html ?? '', /data-signature/);
  const without = await letter('<p>x</p>', shown.version);
  assert.equal(readContent(without.bytes, without.message).attachments.length, 0);
});

test('templates: a letter from one, one from a letter, files and fields included', async (t) => {
  const { call, fails } = await open(t);
  const template = await call('templates.save', {
    name: 'Счёт',
    kind: 'template',
    content: {
      subject: 'Счёт от {{дата}}',
      to: [{ name: 'Ирина Кузнецова', address: 'i@otd3.constr.org' }],
      cc: [],
      bcc: [],
      html: '<div>{{имя-получателя}}, добрый день!</div><div>{{курсор}}</div>',
      text: '',
      paper: { background: '', font: '' },
    },
  });
  await call('templates.attach', {
    id: template.id,
    name: 'форма.pdf',
    type: 'application/pdf',
    bytes: Buffer.from('a form'),
  });
  const draft = await call('templates.create', { id: template.id });
  assert.match(draft.subject, /^Счёт от \S/);
  assert.equal(draft.html, '<div>Ирина, добрый день!</div><div><span class="postroom-cursor"></span></div>');
  assert.deepEqual(
    draft.to.map((each) => each.address),
    ['i@otd3.constr.org'],
  );
  assert.deepEqual(
    draft.attachments.map((each) => each.name),
    ['форма.pdf'],
  );
  const {
    id,
    kind: _k,
    of: _o,
    attachments: _a,
    savedAt: _s,
    version,
    kept: _kept,
    knownDomains: _d,
    size: _size,
    ...content
  } = draft;
  await call('drafts.save', {
    id,
    base: version,
    content: {
      ...content,
      html: '<div>Текст</div><div><br></div><div class="postroom-signature">Ольга</div>',
    },
  });
  const copy = await call('templates.fromDraft', { draft: id, name: 'Из письма' });
  assert.deepEqual([copy.html, copy.attachments[0]?.name], ['<div>Текст</div>', 'форма.pdf']);
  await assert.rejects(call('templates.fromDraft', { draft: id, name: 'счёт' }), fails('name-taken'));
  await call('templates.remove', { id: template.id });
  await assert.rejects(call('templates.create', { id: template.id }), fails('no-such-template'));
  await call('templates.keep', { id: template.id });
  assert.equal((await call('templates.list', {})).length, 2);
});

test('snippets by keyword, whatever its case', async (t) => {
  const { call, fails } = await open(t);
  await call('snippets.save', { keyword: ';Адрес', html: '<b>ул. Строителей, 5</b>{{курсор}}', text: '' });
  await assert.rejects(call('snippets.save', { keyword: 'адрес', html: '', text: '' }), fails('name-taken'));
  await assert.rejects(
    call('snippets.save', { keyword: 'два слова', html: '', text: '' }),
    fails('bad-keyword'),
  );
  const filled = await call('snippets.fill', { keyword: 'АДРЕС', identity: null });
  assert.deepEqual([filled.text, filled.cursor], ['ул. Строителей, 5', 17]);
  await assert.rejects(call('snippets.fill', { keyword: 'нет', identity: null }), fails('no-such-snippet'));
});
