/** Everything out and in again: the same letters, marks, folders, people, rules, signatures; and other programs read it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { jobEnded } from '../kit/jobs.ts';
import { letter, openTestProfile, type TestProfile } from '../kit/profile.ts';
import { LOGO, settleIn } from '../kit/settled.ts';

const hostile = (eol: string): string =>
  [
    'From: a@x.example',
    'Subject: From lines',
    `Message-ID: <hostile-${eol.length}@x.example>`,
    '',
    'From the north',
    '>From quoted',
    '',
    'From a@x Mon Jan  5 10:00:00 2026',
    'end',
  ].join(eol);

async function fill(p: TestProfile): Promise<void> {
  await p.put(
    'Inbox',
    letter({ subject: 'unread' }),
    letter({ subject: 'seen' }),
    letter({ subject: 'flagged, answered, tagged' }),
    hostile('\n'),
    hostile('\r\n'),
    letter({ subject: 'junk', text: 'no line end' }).trimEnd(),
  );
  await p.put('Стройка/Корпус 4', letter({ subject: 'Бетон' }), letter({ subject: 'twice' }));
  await p.folder('Стройка/Empty: "quoted"?');
  await p.call('tags.save', { name: 'Стройка', colour: 'teal' });
  const rows = new Map((await p.rows('Inbox')).map((row) => [row.subject, row.id]));
  const act = (subject: string, action: Parameters<typeof p.call<'messages.act'>>[1]['action']) =>
    p.call('messages.act', { selection: { ids: [rows.get(subject) as number] }, action });
  await act('seen', { do: 'flag', flag: 'seen', on: true });
  await act('junk', { do: 'flag', flag: 'junk', on: true });
  for (const flag of ['seen', 'flagged', 'answered', 'forwarded', 'draft'] as const)
    await act('flagged, answered, tagged', { do: 'flag', flag, on: true });
  await act('flagged, answered, tagged', { do: 'tag', tag: 'Стройка', on: true });
  const people =
    'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Анна Смирнова\r\nEMAIL:a.smirnova@constr.example\r\nTEL;TYPE=CELL:+7 900\r\nBDAY:1980-05-17\r\nEND:VCARD\r\n';
  await p.call('contacts.import', { bytes: Uint8Array.from(Buffer.from(people)), name: 'a.vcf' });
  const { id } = await p.call('contacts.saveBook', { id: null, name: 'Поставщики' });
  await p.call('contacts.import', {
    bytes: Uint8Array.from(Buffer.from(people.replaceAll('smirnova', 'orlova'))),
    name: 'b.vcf',
    book: id,
  });
  const inbox = (await p.call('folders.list', {})).find((each) => each.path === 'Стройка/Корпус 4');
  await p.call('rules.import', {
    text: JSON.stringify({
      format: 'postroom-rules',
      version: 1,
      rules: [
        {
          name: 'Concrete',
          enabled: true,
          when: { match: 'all', of: [{ field: 'subject', test: 'contains', value: 'бетон' }] },
          actions: [{ do: 'move', to: `Local/${inbox?.path}` }],
        },
      ],
    }),
  });
  const signature = await p.call('signatures.save', {
    name: 'Office',
    html: '<p>Olga Belova</p>',
    text: 'Olga Belova',
  });
  const { contentId } = await p.call('signatures.attach', {
    id: signature.id,
    name: 'logo.png',
    type: 'image/png',
    bytes: Uint8Array.from([137, 80, 78, 71]),
  });
  await p.call('signatures.save', {
    id: signature.id,
    name: 'Office',
    html: `<p>Olga Belova</p><img src="cid:${contentId}">`,
    text: 'Olga Belova',
  });
  await p.call('snippets.save', { keyword: 'brb', html: '<p>Be right back</p>', text: 'Be right back' });
  await p.call('settings.set', { density: 'compact', undoSendSeconds: 30 });
}

/** What a person has, in a form that two profiles can be compared by. */
async function state(p: TestProfile): Promise<unknown> {
  const folders = (await p.call('folders.list', {})).map((each) => each.path).sort();
  const letters: unknown[] = [];
  for (const path of folders)
    for (const row of await p.rows(path)) {
      const stored = await p.profile.store.read('messages.stored', { id: row.id });
      const octets = await p.profile.store.blobs.read(stored.blob as Uint8Array);
      letters.push([
        path,
        row.subject,
        [...row.flags].sort(),
        row.tags,
        createHash('sha256').update(octets).digest('hex'),
      ]);
    }
  const books = await p.call('contacts.books', {});
  const people = [];
  for (const book of books)
    for (const row of (await p.call('contacts.window', { book: book.id })).rows) {
      const { content } = await p.call('contacts.get', { id: row.id });
      people.push([
        book.kind,
        book.name,
        content.name,
        content.emails.map((each) => each.value),
        content.phones.map((each) => each.value),
        content.birthday,
      ]);
    }
  const signatures = (await p.call('signatures.list', {})).map(({ name, html, text, attachments }) => ({
    name,
    html: html.replace(/cid:[^"]+/g, 'cid:'),
    text,
    pictures: attachments.length,
  }));
  const rules = (await p.call('rules.export', { as: 'json' })).text;
  const snippets = (await p.call('snippets.list', {})).map(({ keyword, text }) => [keyword, text]);
  const tags = await p.profile.store.read('tags.list');
  const { density, undoSendSeconds } = await p.call('settings.get', {});
  return {
    folders,
    letters: letters.sort(),
    people: people.sort(),
    signatures,
    rules,
    snippets,
    tags,
    density,
    undoSendSeconds,
  };
}

for (const layout of ['mbox', 'maildir', 'eml'] as const) {
  test(`everything out as ${layout} and in again`, async (t) => {
    const p = await openTestProfile(t);
    await fill(p);
    const before = await state(p);
    const dir = join(p.dir, 'out');
    const { job } = await p.call('moving.export', { dir, layout });
    const done = await jobEnded(p, job);
    assert.equal(done.problem, null);
    assert.deepEqual(done.result?.skipped, []);
    const q = await openTestProfile(t);
    const coming = await q.call('moving.start', { paths: [dir], folder: null });
    const came = await jobEnded(q, coming.job);
    assert.equal(came.problem, null);
    assert.deepEqual(came.result?.skipped, []);
    const { people, rules, signatures } = came.result ?? assert.fail();
    assert.deepEqual([people, rules, signatures], [2, 1, 1], 'the report tells what came besides letters');
    assert.deepEqual(await state(q), before);

    await t.test('once more changes nothing', async () => {
      const again = await q.call('moving.start', { paths: [dir], folder: null });
      assert.equal((await jobEnded(q, again.job)).result?.imported, 0);
      assert.deepEqual(await state(q), before);
    });
  });
}

/** What stands round the letters, by names. */
async function surroundings(p: TestProfile): Promise<unknown> {
  const signatures = new Map((await p.call('signatures.list', {})).map(({ id, name }) => [id, name]));
  const local = await p.profile.store.write('folders.ensureLocal');
  const folders = (await p.call('folders.list', {})).filter(({ account }) => account === local);
  const paths = new Map(folders.map(({ id, path }) => [id, path]));
  const searches = await p.call('search.saved', {});
  const named = (place: string): string => {
    const [kind = '', id = ''] = place.split(' ');
    if (kind === 'folder') return `folder ${paths.get(Number(id))}`;
    if (kind === 'search') return `search ${searches.find((each) => each.id === Number(id))?.name}`;
    return place;
  };
  const groups = [];
  for (const { id, kind, photo } of (await p.call('contacts.window', {})).rows) {
    const picture = photo ? await p.call('contacts.photo', { id }) : null;
    groups.push([
      kind,
      (await p.call('contacts.get', { id })).content.members.map(({ address }) => address),
      picture && Buffer.from(picture.bytes).toString('hex'),
    ]);
  }
  const drafts = [];
  for (const { id } of await p.call('drafts.list', {})) {
    const { subject, text, html, to, attachments } = await p.call('drafts.get', { id });
    const files = [];
    for (const each of attachments) {
      const pieces: Uint8Array[] = [];
      await p.call('drafts.attachment', { id, attachment: each.id }, (piece) => pieces.push(piece));
      files.push([each.name, Buffer.concat(pieces).toString('hex')]);
    }
    drafts.push([subject, text, html?.replace(/cid:[^"]+/, 'cid:'), to, files]);
  }
  return {
    accounts: (await p.call('accounts.list', {}))
      .filter(({ kind }) => kind !== 'local')
      .map(({ id: _, state: __, problem: ___, lastSync: ____, ...rest }) => rest),
    identities: (await p.call('identities.list', {})).map(
      ({ id: _, account: __, sentFolder, signatures: chosen, ...rest }) => ({
        ...rest,
        sentFolder: sentFolder === null ? null : paths.get(sentFolder),
        signatures: Object.entries(chosen).map(([when, choice]) => [
          when,
          typeof choice === 'number' ? signatures.get(choice) : choice,
        ]),
      }),
    ),
    searches: searches.map(({ name, view }) => ({
      name,
      ...view,
      scope: view.scope.in === 'folder' ? paths.get(view.scope.folder) : view.scope,
    })),
    filters: (await p.call('filters.list', {})).map(({ name, query }) => [name, query]),
    favourites: (await p.call('favourites.list', {})).map(named),
    looks: (await p.call('looks.list', {})).map(({ place, look }) => [named(place), look]),
    order: folders.flatMap(({ path, order }) => (typeof order === 'number' ? [[path, order]] : [])).sort(),
    templates: (await p.call('templates.list', {})).map(({ name, kind, html }) => [name, kind, html]),
    rules: JSON.parse((await p.call('rules.export', { as: 'json' })).text),
    groups,
    drafts,
  };
}

test('accounts without passwords, identities, searches, order, photographs and drafts go along', async (t) => {
  const p = await openTestProfile(t, { background: false });
  await settleIn(p);
  const draft = await p.call('drafts.create', { kind: 'new' });
  const { contentId } = await p.call('drafts.attach', {
    id: draft.id,
    name: 'logo.png',
    type: 'image/png',
    bytes: Uint8Array.from(LOGO),
    inline: true,
  });
  const {
    id,
    kind: _k,
    of: _o,
    attachments: _a,
    savedAt: _s,
    version,
    kept: _t,
    ...rest
  } = await p.call('drafts.get', { id: draft.id });
  const { knownDomains: _d, size: _z, ...content } = rest;
  const html = `<p>Смета</p><img src="cid:${contentId}">`;
  const to = [{ name: 'Irina', address: 'irina@north.example' }];
  await p.call('drafts.save', { id, base: version, content: { ...content, subject: 'Смета', html, to } });
  const dir = join(p.dir, 'out');
  await jobEnded(p, (await p.call('moving.export', { dir })).job);
  assert.doesNotMatch(await readFile(join(dir, 'accounts.json'), 'utf8'), /password/i);

  const q = await openTestProfile(t, { background: false });
  const came = await jobEnded(q, (await q.call('moving.start', { paths: [dir], folder: null })).job);
  assert.deepEqual(came.result?.skipped, []);
  const before = await surroundings(p);
  assert.deepEqual(await surroundings(q), before);
  const [account] = (await q.call('accounts.list', {})).filter(({ kind }) => kind !== 'local');
  assert.equal(account?.state, 'needs-password', 'it waits for a person');

  await t.test('once more changes nothing', async () => {
    await jobEnded(q, (await q.call('moving.start', { paths: [dir], folder: null })).job);
    assert.deepEqual(await surroundings(q), before);
  });
});

test('into a folder with something in it nothing is written; one without its list is not an export', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Inbox', letter());
  await writeFile(join(p.dir, 'here'), 'x');
  const { job } = await p.call('moving.export', { dir: p.dir });
  assert.equal((await jobEnded(p, job)).problem?.code, 'file-exists');
  assert.equal(await readFile(join(p.dir, 'here'), 'utf8'), 'x');
  const out = join(p.dir, 'out');
  await jobEnded(p, (await p.call('moving.export', { dir: out })).job);
  assert.ok((await readdir(out)).includes('postroom-export.json'));
  const list = JSON.parse(await readFile(join(out, 'postroom-export.json'), 'utf8')) as {
    folders: { file: string }[];
  };
  (list.folders[0] as { file: string }).file = '../../etc/passwd';
  await writeFile(join(out, 'postroom-export.json'), JSON.stringify(list));
  await assert.rejects(p.call('moving.preview', { paths: [out], folder: null }), { code: 'damaged' });
});

test('what waits to be sent is not taken along and is told; a rule without its folder is told when it comes', async (t) => {
  const p = await openTestProfile(t, { background: false });
  await p.put('Inbox', letter());
  const nowhere = { host: '127.0.0.1', port: 1, security: 'none', user: 'anna', auth: 'auto' } as const;
  const account = await p.call('accounts.add', {
    address: 'anna@office.example',
    name: 'Anna',
    incoming: nowhere,
    outgoing: nowhere,
    password: 'secret',
  });
  const draft = await p.call('drafts.create', { kind: 'new', account: account.id });
  await p.call('drafts.send', {
    id: draft.id,
    base: draft.version,
    content: {
      ...draft,
      subject: 'Later',
      to: [{ name: '', address: 'boris@office.example' }],
      text: 'Text',
    },
    delay: 0,
    at: Date.now() + 86_400_000,
  });
  const rule = (name: string, to: string) => ({
    name,
    when: { match: 'all', of: [{ field: 'list' }] },
    actions: [{ do: 'move', to }],
  });
  const dir = join(p.dir, 'out');
  const gone = await jobEnded(p, (await p.call('moving.export', { dir, layout: 'mbox' })).job);
  assert.deepEqual(
    [gone.result?.imported, gone.result?.skipped.map(({ path, reason }) => [/Later/.test(path), reason])],
    [1, [[true, 'outbox']]],
  );
  await writeFile(
    join(dir, 'rules.json'),
    JSON.stringify({ format: 'postroom-rules', version: 1, rules: [rule('Away', 'Local/Nowhere')] }),
  );
  const list = JSON.parse(await readFile(join(dir, 'postroom-export.json'), 'utf8')) as { rest: unknown[] };
  list.rest.push({ file: 'rules.json', what: 'rules' });
  await writeFile(join(dir, 'postroom-export.json'), JSON.stringify(list));
  const q = await openTestProfile(t, { background: false });
  const came = await jobEnded(q, (await q.call('moving.start', { paths: [dir], folder: null })).job);
  assert.deepEqual(
    came.result?.skipped.map(({ path, reason }) => [/Away/.test(path), reason]),
    [[true, 'rule-folder']],
  );
  assert.equal((await q.call('outbox.list', {})).length, 0);
});
