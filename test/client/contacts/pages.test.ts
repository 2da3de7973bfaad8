/** Cards by the page: in their order, whole, and each photograph in octets of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyContent } from '../../../main/client/contacts/content.ts';
import { PAGE, packCards, unpackCards } from '../../../main/client/contacts/exchange/pages.ts';
import type { ReadCard } from '../../../main/client/contacts/exchange/vcard-reader.ts';

const cards = (count: number): ReadCard[] =>
  Array.from({ length: count }, (_, n) => ({
    uid: n % 2 === 0 ? `urn:uuid:${n}` : null,
    content: emptyContent({ name: `Ж ${n}`, emails: [{ value: `p${n}@x.example`, type: 'work' }] }),
    photo: n % 100 === 0 ? { type: 'image/png', bytes: Uint8Array.of(n % 256, 1, 2) } : null,
  }));

test('cards come out of their pages as they went in', () => {
  for (const count of [0, 1, PAGE, PAGE + 1, PAGE * 2 + 7]) {
    const given = cards(count);
    const { total, pages } = packCards(given, false);
    assert.deepEqual([total, given.length, pages.length], [count, 0, Math.ceil(count / PAGE)]);
    const found = [...unpackCards(pages)].flat();
    assert.deepEqual(found, cards(count));
    for (const { photo } of found) if (photo) assert.equal(photo.bytes.buffer.byteLength, 3);
    assert.equal(pages.length, 0, 'each is let go');
  }
});

test('a preview carries counts, addresses and the first people alone', () => {
  const { total, addresses, first, pages } = packCards(cards(700), true);
  assert.deepEqual([total, addresses.length, first.length, pages.length], [700, 700, 20, 0]);
  assert.deepEqual([addresses[699], first[3]?.name], ['p699@x.example', 'Ж 3']);
});
