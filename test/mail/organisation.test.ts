import assert from 'node:assert/strict';
import { test } from 'node:test';
import { houseOf, houseOfAddress } from '../../main/mail/organisation.ts';

const houses: [domain: string, house: string][] = [
  ['otd1.constr.org', 'constr.org'],
  ['constr.org', 'constr.org'],
  ['COMP3.otd2.Constr.Org.', 'constr.org'],
  ['mail.firm.co.uk', 'firm.co.uk'],
  ['firm.msk.ru', 'firm.msk.ru'],
  ['office.lan', 'office.lan'],
  ['localhost', 'localhost'],
  ['gmail.com', ''],
  ['yandex.ru', ''],
  ['', ''],
];
for (const [domain, house] of houses) {
  test(`the house of ${domain || 'nothing'}`, () => assert.equal(houseOf(domain), house));
}

test('an address without a domain has no house', () => {
  assert.equal(houseOfAddress('petrov'), '');
  assert.equal(houseOfAddress('"a@b"@otd2.constr.org'), 'constr.org');
});
