/** How a person has arranged lists and the tree, asked as a window asks; and saved searches that count what comes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_KEPT_FILTERS } from '../../../main/base/limits.ts';
import type { EngineEvent } from '../../../main/contract/door.ts';
import { letter, openTestProfile } from '../kit/profile.ts';

async function eventually(ask: () => Promise<void> | void): Promise<void> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      return await ask();
    } catch (failure) {
      if (performance.now() > deadline) throw failure;
      await new Promise((again) => setTimeout(again, 20));
    }
  }
}

test('a look is kept in parts, told, forgotten, and goes with its folder', async (t) => {
  const { call, events, folder, profile } = await openTestProfile(t);
  const id = await folder('Projects');
  const place = `folder ${id}`;
  await call('looks.set', { place, change: { sort: 'from', descending: false } });
  await call('looks.set', { place, change: { columns: [{ name: 'subject', width: 300 }] } });
  await call('looks.set', { place: 'default', change: { grouped: false } });
  const of = async (wanted: string) =>
    (await call('looks.list', {})).find((each) => each.place === wanted)?.look;
  assert.deepEqual(await of(place), {
    sort: 'from',
    descending: false,
    columns: [{ name: 'subject', width: 300 }],
  });
  await eventually(() => {
    const told = events.filter((event) => event.name === 'looks.changed').at(-1);
    assert.equal(told?.name === 'looks.changed' && told.data.length, 2);
  });
  await call('favourites.set', { places: [place, 'unified inbox', place] });
  assert.deepEqual(await call('favourites.list', {}), [place, 'unified inbox'], 'each once');
  await call('folders.remove', { id });
  assert.equal(await of(place), undefined, 'a number may be used again');
  assert.deepEqual(await call('favourites.list', {}), ['unified inbox']);
  await call('looks.reset', { place: 'default' });
  assert.deepEqual(await call('looks.list', {}), []);
  await assert.rejects(call('looks.set', { place: 'folder 0', change: {} }), { code: 'bad-input' });
  await assert.rejects(
    call('looks.set', { place: 'default', change: { columns: [{ name: 'date', width: 5 }] } }),
    { code: 'bad-input' },
  );
  assert.ok(profile);
});

test('folders stand where they were put, and in their usual order again', async (t) => {
  const { call, folder } = await openTestProfile(t);
  const ids = [await folder('A'), await folder('B'), await folder('C')] as const;
  const { account } = (await call('folders.list', {})).find((each) => each.id === ids[0]) ?? { account: 0 };
  await call('folders.arrange', { account, parent: null, ids: [ids[2], ids[0]] });
  const orders = async () => {
    const all = await call('folders.list', {});
    return ids.map((id) => all.find((each) => each.id === id)?.order ?? null);
  };
  assert.deepEqual(await orders(), [1, null, 0]);
  await call('folders.arrange', { account, parent: null, ids: [] });
  assert.deepEqual(await orders(), [null, null, null]);
});

test('filters are kept up to their limit, changed and removed', async (t) => {
  const { call } = await openTestProfile(t);
  const { id } = await call('filters.save', { name: ' Large ', query: 'larger:5mb' });
  await call('filters.save', { id, name: 'Huge', query: 'larger:50mb' });
  assert.deepEqual(await call('filters.list', {}), [{ id, name: 'Huge', query: 'larger:50mb' }]);
  await assert.rejects(call('filters.save', { id: 99, name: 'x', query: 'x' }), { code: 'no-such-filter' });
  for (let n = 1; n < MAX_KEPT_FILTERS; n += 1) await call('filters.save', { name: `${n}`, query: 'x' });
  await assert.rejects(call('filters.save', { name: 'one more', query: 'x' }), { code: 'too-many-filters' });
  await call('filters.remove', { id });
  await call('filters.save', { name: 'one more', query: 'x' });
  assert.equal((await call('filters.list', {})).at(-1)?.name, 'one more');
});

test('tags: another name for the same keyword, and an order', async (t) => {
  const { call } = await openTestProfile(t);
  await call('tags.save', { name: 'Urgent', colour: 'red' });
  await call('tags.save', { name: 'Block 4', colour: 'blue' });
  const [urgent] = await call('tags.list', {});
  await call('tags.rename', { name: 'Urgent', to: 'Now' });
  await call('tags.arrange', { names: ['Block 4'] });
  assert.deepEqual(
    (await call('tags.list', {})).map(({ name }) => name),
    ['Block 4', 'Now'],
  );
  assert.equal((await call('tags.list', {}))[1]?.keyword, urgent?.keyword, 'letters keep their tag');
  await assert.rejects(call('tags.rename', { name: 'Now', to: 'block 4' }), { code: 'tag-exists' });
  await assert.rejects(call('tags.rename', { name: 'gone', to: 'x' }), { code: 'no-such-tag' });
});

test('a saved search counts letters by their words as they come, are read and go', async (t) => {
  const { call, events, put, profile } = await openTestProfile(t);
  await put('Inbox', letter({ subject: 'Concrete for block 4' }), letter({ subject: 'Sand' }));
  await profile.indexer.idle();
  const view = { scope: { in: 'everywhere' as const }, query: 'concrete' };
  const { id } = await call('search.save', { name: 'Concrete', view });
  const counts = async () => {
    const [search] = await call('search.saved', {});
    return [search?.total, search?.unread];
  };
  await eventually(async () => assert.deepEqual(await counts(), [1, 1]));
  const [more] = await put('Inbox', letter({ subject: 'Concrete again' }));
  await eventually(async () => assert.deepEqual(await counts(), [2, 2]));
  assert.ok(more);
  await call('messages.act', { selection: { ids: [more] }, action: { do: 'flag', flag: 'seen', on: true } });
  await eventually(async () => assert.deepEqual(await counts(), [2, 1]));
  await call('messages.act', { selection: { ids: [more] }, action: { do: 'delete' } });
  await eventually(async () => assert.deepEqual(await counts(), [1, 1]));
  // An event comes after the commit that it tells of.
  await eventually(() => {
    const told = events.filter((event): event is Extract<EngineEvent, { name: 'searches.changed' }> => {
      return event.name === 'searches.changed';
    });
    assert.deepEqual(
      told.at(-1)?.data.map(({ total, unread }) => [total, unread]),
      [[1, 1]],
    );
  });
  await call('search.update', { id, view: { ...view, query: 'sand' } });
  await eventually(async () => assert.deepEqual(await counts(), [1, 1]));
});
