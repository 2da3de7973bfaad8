/** A list of what was found, and a letter that changes while it is shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, openTestProfile } from '../kit/profile.ts';

test('a letter that a search leaves out stays out when it changes', async (t) => {
  const p = await openTestProfile(t);
  const texts = ['concrete for block 4', 'gravel', 'concrete again', 'sand', 'cement'];
  const ids = await p.put('Inbox', ...texts.map((subject) => letter({ subject, from: 'orlov@x.example' })));
  const view = { scope: { in: 'everywhere' }, query: 'from:orlov -concrete' } as const;
  const found = async () => {
    const { rows, total } = await p.call('messages.window', { view, from: 0, count: 50 });
    assert.equal(total, rows.length);
    return rows.map((row) => row.subject).sort();
  };
  const left = ['cement', 'gravel', 'sand'];
  // Indexing runs behind the arrival of letters.
  for (const end = performance.now() + 30_000; (await found()).length < left.length; )
    assert.ok(performance.now() < end, 'the letters are never found');
  assert.deepEqual(await found(), left);
  for (const id of ids)
    for (const on of [true, false]) {
      await p.call('messages.act', {
        selection: { ids: [id] },
        action: { do: 'flag', flag: 'flagged', on },
      });
      assert.deepEqual(await found(), left, `${id} ${on}`);
    }
});
