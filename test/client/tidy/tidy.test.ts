/** Keeping tidy on a profile of this computer: twins, large and old letters, retention, what was deleted for ever. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { contentDigest } from '../../../main/client/tidy/content.ts';
import { datedLevels } from '../../../main/client/tidy/dated.ts';
import type { Output } from '../../../main/contract/contract.ts';
import { eventually } from '../../e2e/hosts.ts';
import { openTestProfile, type TestProfile } from '../kit/profile.ts';

const DAY = 24 * 3_600_000;
const octets = (text: string) => new TextEncoder().encode(text);

function letter(
  subject: string,
  more: { date?: Date; id?: string; body?: string; via?: string } = {},
): string {
  const {
    date = new Date('2026-11-20T10:00:00Z'),
    id = `${subject}@x.example`,
    body = 'Two trucks.',
    via,
  } = more;
  return `${via ? `Received: ${via}\r\n` : ''}From: Boris <boris@x.example>\r\nTo: anna@x.example\r\nSubject: ${subject}\r\nMessage-ID: <${id}>\r\nDate: ${date.toUTCString()}\r\n\r\n${body}\r\n`;
}

async function counts(p: TestProfile): Promise<Record<string, number>> {
  const list = await p.call('folders.list', {});
  return Object.fromEntries(list.filter(({ total }) => total > 0).map(({ path, total }) => [path, total]));
}
async function sound(p: TestProfile): Promise<void> {
  const report = await p.call('check.run', {});
  assert.deepEqual(report.problems, []);
}
const everywhere = { in: 'everywhere' } as const;

test('the digest of a content passes over what its ways change', () => {
  const one = contentDigest(octets('Received: a\r\nSubject: x\r\n\r\nText  \r\nmore\r\n\r\n'));
  assert.equal(contentDigest(octets('Subject: x\n\nText\nmore')), one);
  assert.notEqual(contentDigest(octets('Subject: x\n\nText\nmore!')), one);
  assert.notEqual(contentDigest(octets('Subject: x\n\nText more')), one);
  assert.equal(contentDigest(octets('Subject: x')), contentDigest(octets('Subject: y\r\n\r\n')));
});

test('twins are found by id and content, one of each stays, and one undo brings all back', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Inbox', letter('twice'), letter('twice', { via: 'by another server' }), letter('alone'));
  await p.put('Archive', letter('twice'));
  const [other = 0] = await p.put('Projects', letter('same id', { body: 'One.' }));
  await p.put('Inbox', letter('same id', { body: 'Two.' }));
  await p.put('Sent', letter('alone'));
  const found = await p.call('tidy.duplicates', { scope: everywhere });
  assert.equal(found.total, 1, 'another body and a copy in Sent are no twins');
  assert.equal(found.extra, 2);
  const [group] = found.groups;
  assert.equal(group?.count, 3);
  assert.equal(group?.rows[0]?.id, group?.keep);
  const inbox = await p.folder('Inbox');
  assert.equal(group?.rows[0]?.folder, inbox, 'the one in the inbox stays');
  const spared = await p.call('tidy.removeDuplicates', { scope: everywhere, except: [group?.key ?? ''] });
  assert.deepEqual(spared, { count: 0, undo: null });
  const before = await counts(p);
  const done = await p.call('tidy.removeDuplicates', { scope: everywhere });
  assert.equal(done.count, 2);
  assert.equal((await counts(p))['Trash'], 2);
  assert.equal((await p.call('tidy.duplicates', { scope: everywhere })).total, 0);
  await p.call('messages.undo', { undo: done.undo ?? '' });
  assert.deepEqual(await counts(p), before);
  const inFolder = await p.call('tidy.duplicates', { scope: { in: 'folder', folder: inbox } });
  assert.equal(inFolder.extra, 1);
  assert.ok(other > 0);
  await sound(p);
});

test('a flagged twin stays before the one in the inbox', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Inbox', letter('twice'));
  const ids = await p.put('Archive', letter('twice'));
  await p.call('messages.act', { selection: { ids }, action: { do: 'flag', flag: 'flagged', on: true } });
  const { groups } = await p.call('tidy.duplicates', { scope: everywhere });
  assert.equal(groups[0]?.keep, ids[0]);
});

test('large letters come by their size', async (t) => {
  const p = await openTestProfile(t);
  await p.put(
    'Inbox',
    letter('small'),
    letter('large', { body: 'x'.repeat(9000) }),
    letter('larger', { body: 'y'.repeat(20_000) }),
  );
  await p.put('Trash', letter('thrown', { body: 'z'.repeat(50_000) }));
  const found = await p.call('tidy.large', { scope: everywhere, least: 5000 });
  assert.deepEqual(
    found.rows.map(({ subject }) => subject),
    ['larger', 'large'],
  );
  assert.equal(found.total, 2);
  assert.ok(found.size > 29_000);
});

test('archive in one key, by year and by month, made where missing, undone', async (t) => {
  const p = await openTestProfile(t);
  const ids = await p.put(
    'Inbox',
    letter('a', { date: new Date(2026, 10, 20, 12) }),
    letter('b', { date: new Date(2026, 9, 2, 12) }),
    letter('c', { date: new Date(2019, 0, 15, 12) }),
  );
  const archive = () => p.call('messages.act', { selection: { ids }, action: { do: 'archive' } });
  const plain = await archive();
  assert.deepEqual(await counts(p), { Archive: 3 });
  await p.call('messages.undo', { undo: plain.undo ?? '' });
  await p.call('settings.set', { archiveBy: 'month' });
  const done = await archive();
  assert.deepEqual(await counts(p), {
    'Archive/2026/2026-11': 1,
    'Archive/2026/2026-10': 1,
    'Archive/2019/2019-01': 1,
  });
  await p.call('messages.undo', { undo: done.undo ?? '' });
  assert.deepEqual(await counts(p), { Inbox: 3 });
  await p.call('settings.set', { archiveBy: 'year' });
  await archive();
  assert.deepEqual(await counts(p), { 'Archive/2026': 2, 'Archive/2019': 1 });
  const folders = await p.call('folders.list', {});
  const year = folders.find(({ path }) => path === 'Archive/2026');
  assert.equal(folders.find(({ path }) => path === 'Archive/2026/2026-11')?.parent, year?.id);
  assert.deepEqual(datedLevels(new Date(2026, 0, 1, 0, 0).getTime(), 'month'), ['2026', '2026-01']);
  await sound(p);
});

test('old letters of a folder: the preview says where they go, one undo brings them back', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 10, 20, 10));
  const p = await openTestProfile(t, { clock });
  await p.call('settings.set', { archiveBy: 'year' });
  await p.put(
    'Inbox',
    ...[1, 40, 400, 410].map((days) => letter(`${days} days`, { date: new Date(clock.now() - days * DAY) })),
  );
  const folder = await p.folder('Inbox');
  const preview = await p.call('tidy.oldLetters', { folder, days: 30 });
  assert.equal(preview.count, 3);
  assert.deepEqual(preview.places, [
    { path: 'Archive/2026', count: 1 },
    { path: 'Archive/2025', count: 2 },
  ]);
  assert.equal(preview.oldest, new Date(clock.now() - 410 * DAY).setMilliseconds(0));
  const done = await p.call('tidy.archiveOld', { folder, days: 30 });
  assert.equal(done.count, 3);
  assert.deepEqual(await counts(p), { Inbox: 1, 'Archive/2026': 1, 'Archive/2025': 2 });
  await p.call('messages.undo', { undo: done.undo ?? '' });
  assert.deepEqual(await counts(p), { Inbox: 4 });
});

test('retention: nothing goes before somebody has looked, flagged letters stay, then once a day', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 11, 20, 10));
  const p = await openTestProfile(t, { clock });
  const ids = await p.put(
    'News',
    ...[200, 100, 45].map((days) => letter(`${days}`, { date: new Date(clock.now() - days * DAY) })),
  );
  await p.call('messages.act', {
    selection: { ids: ids.slice(0, 1) },
    action: { do: 'flag', flag: 'flagged', on: true },
  });
  const folder = await p.folder('News');
  assert.deepEqual(await p.call('tidy.retention', {}), [], 'off until it is set');
  await p.call('tidy.setRetention', { folder, days: 47 });
  assert.equal((await p.call('tidy.retentionPreview', { folder, days: 47 })).count, 1);
  clock.advance(2 * 3_600_000);
  await eventually(() =>
    assert.ok(p.events.some((each) => each.name === 'notice' && each.data.code === 'retention-waits')),
  );
  assert.deepEqual(await p.call('tidy.runRetention', {}), { count: 0, waiting: 1 });
  assert.equal((await counts(p))['News'], 3);
  await p.call('tidy.setRetention', { folder, days: 47, confirmed: true });
  assert.deepEqual(await p.call('tidy.runRetention', {}), { count: 1, waiting: 0 });
  assert.deepEqual(await counts(p), { News: 2, Trash: 1 });
  await p.call('tidy.setRetention', { folder, days: 60 });
  assert.equal((await p.call('tidy.retention', {}))[0]?.confirmed, true, 'a longer time needs no new look');
  await p.call('tidy.setRetention', { folder, days: 10 });
  assert.equal((await p.call('tidy.retention', {}))[0]?.confirmed, false, 'a shorter one does');
  await p.call('tidy.setRetention', { folder, days: null });
  assert.deepEqual(await p.call('tidy.retention', {}), []);
});

type Deleted = Output<'tidy.deleted'>['items'];

test('what was deleted for ever comes back with its octets, marks and conversation', async (t) => {
  const p = await openTestProfile(t);
  const [first = 0] = await p.put('Projects', letter('begin'));
  const answer = letter('Re: begin').replace('Subject:', 'In-Reply-To: <begin@x.example>\r\nSubject:');
  const [second = 0] = await p.put('Projects', answer);
  const source = async (id: number) => {
    const pieces: Uint8Array[] = [];
    await p.call('messages.source', { id }, (piece) => pieces.push(piece));
    return Buffer.concat(pieces).toString();
  };
  await p.call('messages.act', {
    selection: { ids: [second] },
    action: { do: 'flag', flag: 'flagged', on: true },
  });
  await p.call('messages.act', { selection: { ids: [second] }, action: { do: 'erase' } });
  assert.equal((await counts(p))['Projects'], 1);
  const list = await p.call('tidy.deleted', {});
  const [item] = list.items as Deleted;
  assert.equal(list.total, 1);
  assert.equal(item?.subject, 'Re: begin');
  assert.equal(item?.path, 'Local/Projects');
  assert.equal((item?.until ?? 0) - (item?.deletedAt ?? 0), 30 * DAY);
  await p.profile.store.compact({ graceMs: 0, deadShare: 0.01 });
  assert.deepEqual(await p.call('tidy.bringBack', { items: [{ kind: 'letter', id: item?.id ?? 0 }] }), {
    count: 1,
  });
  const rows = await p.rows('Projects');
  const back = rows.find(({ subject }) => subject === 'Re: begin');
  assert.deepEqual(back?.flags, ['flagged']);
  assert.equal(back?.thread, rows.find(({ id }) => id === first)?.thread, 'the same conversation');
  assert.equal(await source(back?.id ?? 0), answer);
  assert.equal((await p.call('tidy.deleted', {})).total, 0);
  await assert.rejects(p.call('tidy.bringBack', { items: [{ kind: 'letter', id: second }] }), {
    code: 'no-such-message',
  });
  await sound(p);
});

test('from Trash it comes back to the inbox; forgotten it is gone for good; after 30 days too', async (t) => {
  const clock = new ManualClock(Date.now());
  const p = await openTestProfile(t, { clock });
  const ids = await p.put('Trash', letter('a'), letter('b'), letter('c'));
  await p.call('messages.act', { selection: { ids }, action: { do: 'delete' } });
  const [newest, middle] = (await p.call('tidy.deleted', {})).items;
  await p.call('tidy.bringBack', { items: [{ kind: 'letter', id: newest?.id ?? 0 }] });
  assert.deepEqual(await counts(p), { Inbox: 1 });
  await p.call('tidy.forget', { items: [{ kind: 'letter', id: middle?.id ?? 0 }] });
  assert.equal((await p.call('tidy.deleted', {})).total, 1);
  assert.deepEqual(await p.call('tidy.forget', { items: null }), { count: 1 });
  assert.equal((await p.profile.store.stats()).unreferencedBlobs, 2);
  await sound(p);
});

test('a discarded draft is among them and comes back', async (t) => {
  const p = await openTestProfile(t);
  const { id, kind: _kind, of: _of, ...draft } = await p.call('drafts.create', { kind: 'new' });
  const { attachments: _a, savedAt: _s, version, kept: _k, knownDomains: _d, size: _z, ...content } = draft;
  await p.call('drafts.save', {
    id,
    base: version,
    content: { ...content, subject: 'Half a thought', text: 'It began' },
  });
  await p.call('drafts.discard', { id: id });
  const [item] = (await p.call('tidy.deleted', {})).items;
  assert.deepEqual([item?.kind, item?.subject], ['draft', 'Half a thought']);
  await p.call('tidy.bringBack', { items: [{ kind: 'draft', id: id }] });
  assert.ok((await p.call('drafts.list', {})).some((each) => each.id === id));
});

test('room is given back, as a job', async (t) => {
  const p = await openTestProfile(t);
  const done = await p.call('tidy.compact', {});
  assert.deepEqual(done, { segments: 0, freed: 0 });
  assert.ok(
    (await p.call('jobs.list', {})).some(({ kind, state }) => kind === 'compact' && state === 'done'),
  );
});
