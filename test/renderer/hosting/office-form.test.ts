import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostingSetup } from '../../../main/contract/mail/hosting.ts';
import {
  type OfficeForm,
  officeProblems,
  trimmed,
  userOf,
} from '../../../renderer/views/hosting/office-form.ts';

const good: OfficeForm = {
  office: 'Department 2',
  domain: 'office.lan',
  user: 'a.vetrova',
  name: 'Анна Ветрова',
  password: 'anna secret',
};

test('an address is proposed from a name in any of the two alphabets', () => {
  for (const [name, user] of [
    ['Анна Ветрова', 'a.vetrova'],
    ['Anna Maria Vetrova', 'a.vetrova'],
    ['Щукин', 'shchukin'],
    ['Юрий Объёмов', 'y.obemov'],
    ['José Núñez', 'j.nunez'],
    ['  ', ''],
    ['王', ''],
  ] as const)
    assert.equal(userOf(name), user, name);
});

test('what is wrong is named, field by field', () => {
  assert.equal(officeProblems(good), null);
  const wrong = (part: Partial<OfficeForm>) => Object.keys(officeProblems({ ...good, ...part }) ?? {});
  assert.deepEqual(wrong({ office: ' ' }), ['office']);
  for (const domain of ['', 'a b', 'office.', '.lan', 'a..b', '-a.lan', 'a@b'])
    assert.deepEqual(wrong({ domain }), ['domain'], domain);
  for (const user of ['', 'анна', 'a b', 'a@b', '.a', 'a..b', 'x'.repeat(65)])
    assert.deepEqual(wrong({ user }), ['user'], user);
  assert.deepEqual(wrong({ password: 'short' }), ['password']);
  assert.deepEqual(wrong({ office: '', domain: '', user: '', password: '' }), [
    'office',
    'domain',
    'user',
    'password',
  ]);
});

test('a form without problems is one that the contract takes', () => {
  for (const part of [{}, { domain: ' Почта.РФ ' }, { domain: 'lan' }, { name: '' }, { user: 'A-b_c+d.e' }]) {
    const form = { ...good, ...part };
    assert.equal(officeProblems(form), null, JSON.stringify(part));
    assert.deepEqual(HostingSetup.parse(trimmed(form)), trimmed(form));
  }
  assert.equal(trimmed({ ...good, domain: ' Почта.РФ ' }).domain, 'почта.рф');
});
