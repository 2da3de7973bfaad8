/** The address book through the contract: books, contacts, windows, undo, doubles, birthdays, what enters by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { otherLayout } from '../../../main/client/contacts/words.ts';
import type { ContactContent } from '../../../main/contract/mail/contacts.ts';
import { letter, openTestProfile, type TestProfile } from '../kit/profile.ts';

type Some = Partial<ContactContent>;
const mails = (...values: string[]): ContactContent['emails'] =>
  values.map((value) => ({ value, type: 'work' }));

async function add(p: TestProfile, content: Some, book: number | null = null): Promise<number> {
  return (await p.call('contacts.save', { id: null, book, content })).id;
}

async function names(p: TestProfile, text = '', book: number | null = null): Promise<string[]> {
  return (await p.call('contacts.window', { text, book })).rows.map((row) => row.name);
}

test('contacts are listed by family name, found by beginnings of words, and known by their addresses', async (t) => {
  const p = await openTestProfile(t);
  await add(p, {
    given: 'Пётр',
    family: 'Ёлкин',
    emails: mails('P.Elkin@constr.example', 'petya@home.example'),
  });
  await add(p, { given: 'Anna', family: 'Belova', organisation: 'North Crane', room: '214' });
  await add(p, { organisation: 'Бетон и Ко', phones: [{ value: '+7 (495) 123-45-67', type: 'work' }] });
  assert.deepEqual(await names(p), ['Anna Belova', 'Бетон и Ко', 'Пётр Ёлкин']);
  assert.deepEqual(await names(p, 'ел'), ['Пётр Ёлкин']);
  assert.deepEqual(await names(p, 'north cra'), ['Anna Belova']);
  assert.deepEqual(await names(p, 'elkin петр'), ['Пётр Ёлкин']);
  assert.deepEqual(await names(p, 'лкин'), []);
  // "бел" typed with the other layout on: Belova is no Russian word, but ",tn" is "бет".
  assert.deepEqual(await names(p, ',tn'), ['Бетон и Ко']);
  assert.deepEqual(await p.call('contacts.known', { addresses: ['PETYA@home.example', 'x@y.example'] }), [
    'petya@home.example',
  ]);
  const window = await p.call('contacts.window', { from: 1, count: 1 });
  assert.equal(window.total, 3);
  assert.deepEqual(
    window.rows.map((row) => row.name),
    ['Бетон и Ко'],
  );
});

test('a change, a removal and a merge are each taken back whole, with the photograph', async (t) => {
  const p = await openTestProfile(t);
  const photo = { type: 'image/png', bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3) };
  const made = await p.call('contacts.save', {
    id: null,
    content: { name: 'Anna', emails: mails('a@x.example') },
    photo,
  });
  const other = await add(p, {
    name: 'Anna Belova',
    emails: mails('b@x.example', 'A@x.example'),
    notes: 'Second',
  });
  const before = await p.call('contacts.get', { id: made.id });

  const changed = await p.call('contacts.save', { id: made.id, content: { name: 'Anya' }, photo: null });
  assert.equal((await p.call('contacts.get', { id: made.id })).photo, false);
  await p.call('contacts.undo', { token: changed.undo });
  assert.deepEqual((await p.call('contacts.get', { id: made.id })).content, before.content);
  assert.deepEqual(await p.call('contacts.photo', { id: made.id }), photo);

  const { total, groups } = await p.call('contacts.duplicates', {});
  assert.equal(total, 1);
  assert.equal(groups[0]?.reason, 'address');
  const merged = await p.call('contacts.merge', { ids: [other, made.id] });
  assert.equal(merged.id, other);
  const one = (await p.call('contacts.get', { id: other })).content;
  assert.deepEqual(
    one.emails.map((each) => each.value),
    ['b@x.example', 'A@x.example'],
  );
  assert.equal(one.notes, 'Second\n\nAnna');
  assert.deepEqual(await p.call('contacts.photo', { id: other }), photo);
  await assert.rejects(p.call('contacts.get', { id: made.id }), { code: 'no-such-contact' });
  await p.call('contacts.undo', { token: merged.undo });
  assert.deepEqual((await p.call('contacts.get', { id: made.id })).content, before.content);
  assert.deepEqual(await names(p), ['Anna', 'Anna Belova']);
  await assert.rejects(p.call('contacts.undo', { token: merged.undo }), { code: 'nothing-to-undo' });

  const gone = await p.call('contacts.remove', { ids: [made.id, other] });
  assert.deepEqual(await names(p), []);
  assert.deepEqual(await p.call('contacts.known', { addresses: ['a@x.example'] }), []);
  await p.call('contacts.undo', { token: gone.undo });
  assert.deepEqual(await names(p), ['Anna', 'Anna Belova']);
  assert.deepEqual(await p.call('contacts.photo', { id: made.id }), photo);
});

test('doubles: one telephone needs a common name, a switchboard makes nobody a double', async (t) => {
  const p = await openTestProfile(t);
  const phone = (value: string): ContactContent['phones'] => [{ value, type: 'work' }];
  await add(p, { family: 'Орлов', given: 'Павел', phones: phone('8 (495) 123-45-67') });
  await add(p, { name: 'Орлов П.', phones: phone('+7 495 1234567 доб. 12') });
  await add(p, { family: 'Иванов', given: 'Иван', phones: phone('+74951234567') });
  await add(p, { name: 'Север Кран' });
  await add(p, { name: 'север кран' });
  await add(p, { name: 'Иванов' });
  const { groups } = await p.call('contacts.duplicates', {});
  assert.deepEqual(
    groups.map(({ reason, rows }) => [reason, rows.map((row) => row.name)]),
    [
      ['phone', ['Павел Орлов', 'Орлов П.']],
      ['name', ['Север Кран', 'север кран']],
    ],
  );
});

test('books: made, renamed, removed with everything in them; the first one and the collected one stay', async (t) => {
  const p = await openTestProfile(t);
  const [own, collected] = await p.call('contacts.books', {});
  assert.deepEqual([own?.kind, collected?.kind], ['own', 'collected']);
  const { id } = await p.call('contacts.saveBook', { id: null, name: 'Suppliers' });
  await assert.rejects(p.call('contacts.saveBook', { id: null, name: 'suppliers' }), {
    code: 'book-name-taken',
  });
  const contact = await add(p, { name: 'Beton' }, id);
  const moved = await p.call('contacts.move', { ids: [contact], book: own?.id ?? 0 });
  assert.deepEqual(await names(p, '', id), []);
  await p.call('contacts.undo', { token: moved.undo });
  assert.deepEqual(await names(p, '', id), ['Beton']);
  await p.call('contacts.removeBook', { id });
  assert.deepEqual(await names(p), []);
  await assert.rejects(p.call('contacts.removeBook', { id: own?.id ?? 0 }), { code: 'book-is-needed' });
  await assert.rejects(p.call('contacts.save', { id: null, content: {} }), { code: 'contact-empty' });
  await assert.rejects(p.call('contacts.save', { id: null, book: 99, content: { name: 'X' } }), {
    code: 'no-such-book',
  });
});

test('birthdays of the coming days, over the end of the year, with ages where the year is known', async (t) => {
  const clock = new ManualClock(new Date(2026, 11, 29, 12).getTime());
  const p = await openTestProfile(t, { clock });
  await add(p, { name: 'Anna', birthday: '1980-12-29' });
  await add(p, { name: 'Boris', birthday: '--01-02' });
  await add(p, { name: 'Vera', birthday: '1990-02-29' });
  await add(p, { name: 'Gleb', birthday: '1990-06-01' });
  const all = await p.call('contacts.birthdays', { days: 70 });
  assert.deepEqual(
    all.map(({ name, date, inDays, age }) => [name, date, inDays, age]),
    [
      ['Anna', '2026-12-29', 0, 46],
      ['Boris', '2027-01-02', 4, null],
      ['Vera', '2027-02-28', 61, 37],
    ],
  );
});

test('suggestions: names of the book, groups with their members, departments, the other keyboard layout', async (t) => {
  const p = await openTestProfile(t);
  await p.profile.store.write('accounts.insert', {
    address: 'me@constr.example',
    name: 'Me',
    incoming: { host: 'imap.constr.example', port: 993, security: 'tls', user: 'me', auth: 'auto' },
    outgoing: null,
    policy: { keep: 'everything' },
    saveSent: true,
  });
  await add(p, {
    family: 'Орлов',
    given: 'Павел',
    department: 'Снабжение',
    emails: mails('orlov@x.example'),
  });
  await add(p, {
    family: 'Орлова',
    given: 'Ольга',
    emails: mails('olga@y.example', 'o.orlova@home.example'),
  });
  const members = [{ name: 'Павел Орлов', address: 'orlov@x.example' }];
  await add(p, { kind: 'group', name: 'Орда', members });
  await p.put('Sent', letter({ from: 'Me <me@constr.example>', to: 'olga@y.example' }));
  await p.put('Inbox', letter({ from: 'Орлик <orlik@z.example>' }));
  const found = await p.call('people.suggest', { text: 'ор' });
  assert.deepEqual(
    found.map((each) => [each.name, each.address, each.source]),
    [
      ['Ольга Орлова', 'olga@y.example', 'book'],
      ['Орда', '', 'list'],
      ['Павел Орлов', 'orlov@x.example', 'book'],
      ['Ольга Орлова', 'o.orlova@home.example', 'book'],
      ['Орлик', 'orlik@z.example', 'recent'],
    ],
  );
  assert.deepEqual(found[1]?.members, members);
  assert.equal(found[2]?.department, 'Снабжение');
  // "jhk" is "орл" with the wrong layout on, and "щкд" is "orl".
  assert.equal((await p.call('people.suggest', { text: 'jhkjd gf' }))[0]?.name, 'Павел Орлов');
  assert.equal((await p.call('people.suggest', { text: 'щкдш' }))[0]?.address, 'orlik@z.example');
  assert.equal(otherLayout('Ghbdtn'), 'привет');
  assert.equal(otherLayout('привет'), 'ghbdtn');
  assert.equal(otherLayout('Anna Иванова'), null);
  assert.equal(otherLayout('12'), null);
});

test('recent letters weigh more than many old ones', async (t) => {
  const p = await openTestProfile(t);
  const at = (day: number) => new Date(Date.UTC(2026, 9, 1) - day * 86_400_000).toUTCString();
  const old = Array.from({ length: 8 }, () => letter({ from: 'Old <b.old@x.example>', date: at(720) }));
  await p.put('Inbox', ...old, letter({ from: 'New <b.new@y.example>', date: at(1) }));
  const found = await p.call('people.suggest', { text: 'b' });
  assert.deepEqual(
    found.map((each) => each.name),
    ['New', 'Old'],
  );
});
