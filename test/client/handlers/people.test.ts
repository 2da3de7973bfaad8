/** Who is offered first when a recipient is typed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, openTestProfile } from '../kit/profile.ts';

test('people are offered by how much was written to them, then by the own firm, then by what came', async (t) => {
  const p = await openTestProfile(t);
  await p.profile.store.write('accounts.insert', {
    address: 'me@constr.example',
    name: 'Me',
    incoming: { host: 'imap.constr.example', port: 993, security: 'tls', user: 'me', auth: 'auto' },
    outgoing: null,
    policy: { keep: 'everything' },
    saveSent: true,
  });
  const from = (who: string, times: number) => Array.from({ length: times }, () => letter({ from: who }));
  const to = (who: string, times: number) =>
    Array.from({ length: times }, () => letter({ from: 'Me <me@constr.example>', to: who }));
  await p.put(
    'Inbox',
    ...from('Анна Белова <belova@news.example>', 9),
    ...from('Анна Беляева <a.beliaeva@constr.example>', 1),
    ...from('Семён Белов <semen@shop.example>', 2),
  );
  await p.put(
    'Sent',
    ...to('Ольга Белова <o.belova@partner.example>', 2),
    ...to('Bella <bella@x.example>', 1),
  );
  const suggest = async (text: string, limit = 10) => p.call('people.suggest', { text, limit });

  assert.deepEqual(
    (await suggest('бел')).map((each) => each.address),
    ['o.belova@partner.example', 'a.beliaeva@constr.example', 'belova@news.example', 'semen@shop.example'],
  );
  // By any word of the name or the address, in any case, with ё and е alike.
  assert.deepEqual(
    (await suggest('СЕМЕН бел')).map((each) => each.name),
    ['Семён Белов'],
  );
  assert.deepEqual(
    (await suggest('o.bel')).map((each) => each.address),
    ['o.belova@partner.example'],
  );
  assert.equal((await suggest('бел', 2)).length, 2);
  assert.equal((await suggest('беляева'))[0]?.source, 'office');
  assert.deepEqual(await suggest('nobody'), []);
  // Nothing typed yet: those the person writes to.
  assert.deepEqual(
    new Set((await suggest('')).map((each) => each.address)),
    new Set(['o.belova@partner.example', 'bella@x.example']),
  );
});

test('what is typed is text, not a pattern', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Inbox', letter({ from: 'Anna <anna@x.example>' }));
  for (const text of ['%', '_nna', "'", '"; DROP', '\\', '(', '*']) {
    assert.deepEqual(await p.call('people.suggest', { text, limit: 5 }), [], text);
  }
});
