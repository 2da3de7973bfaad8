/** From an arrival to an announcement: gathered, looked at as the letters stand then, told once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { silentLog } from '../../../main/base/log.ts';
import { Notices } from '../../../main/client/notices/notices.ts';
import { readSettings } from '../../../main/client/settings.ts';
import type { Notice } from '../../../main/contract/mail/notices.ts';
import { eventually } from '../../e2e/hosts.ts';
import { letter, openTestProfile } from '../kit/profile.ts';

async function setUp(t: Parameters<typeof openTestProfile>[0]) {
  const p = await openTestProfile(t);
  const clock = new ManualClock();
  const shown: Notice[] = [];
  const { store } = p.profile;
  const notices = new Notices({
    store,
    clock,
    log: silentLog,
    settings: () => readSettings(store),
    emit: (notice) => shown.push(notice),
  });
  t.after(() => notices.close());
  return { p, clock, shown, notices };
}

test('letters of one moment are told together, those a rule moved are not', async (t) => {
  const { p, clock, shown, notices } = await setUp(t);
  const ids = await p.put('Inbox', ...Array.from({ length: 8 }, () => letter()));
  const inbox = await p.folder('Inbox');
  notices.arrived(inbox, ids.slice(0, 4));
  clock.advance(500);
  notices.arrived(inbox, ids.slice(4));
  await p.call('messages.act', {
    selection: { ids: ids.slice(0, 1) },
    action: { do: 'move', to: await p.folder('Projects') },
  });
  assert.equal(shown.length, 0);
  clock.advance(2000);
  await eventually(() => assert.equal(shown.length, 1));
  assert.equal(shown[0]?.kind, 'summary');
  assert.equal(shown[0]?.count, 7);
  clock.advance(60_000);
  await new Promise((turn) => setImmediate(turn));
  assert.equal(shown.length, 1, 'no letter is told twice');
});

test('a muted letter and a switched-off setting are silent', async (t) => {
  const { p, clock, shown, notices } = await setUp(t);
  const [a = 0, b = 0] = await p.put('Inbox', letter(), letter());
  const inbox = await p.folder('Inbox');
  notices.arrived(inbox, [a, b]);
  notices.mute([a]);
  clock.advance(2000);
  await eventually(() =>
    assert.deepEqual(
      shown.map((each) => each.ids),
      [[b]],
    ),
  );
  await p.call('settings.set', { notifications: false });
  notices.arrived(inbox, [a]);
  clock.advance(2000);
  await p.call('settings.get', {});
  await p.profile.store.read('notices.arrived', []);
  assert.equal(shown.length, 1);
});

test('"address book" means people who were written to', async (t) => {
  const { p, clock, shown, notices } = await setUp(t);
  const { notices: rules } = await p.call('settings.get', {});
  await p.call('settings.set', { notices: { ...rules, who: 'book' } });
  const [stranger = 0] = await p.put('Inbox', letter());
  const inbox = await p.folder('Inbox');
  notices.arrived(inbox, [stranger]);
  clock.advance(2000);
  const [row] = await p.rows('Inbox');
  await p.call('senders.know', { address: row?.from.address ?? '' });
  const [known = 0] = await p.put('Inbox', letter());
  notices.arrived(inbox, [known]);
  clock.advance(2000);
  await eventually(() => assert.ok(shown.some((each) => each.ids.includes(known))));
});

test('an example can be asked for and carries the chosen sound', async (t) => {
  const p = await openTestProfile(t);
  await p.call('notices.example', { sound: 'drop' });
  await eventually(() => {
    const event = p.events.find((each) => each.name === 'notices.shown');
    assert.ok(event?.name === 'notices.shown');
    assert.equal(event.data.kind, 'example');
    assert.equal(event.data.sound, 'drop');
  });
});
