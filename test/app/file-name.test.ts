import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainName } from '../../app/file-name.ts';
import { registryValues } from '../../app/mailto-registry.ts';

const CASES: [string, string][] = [
  ['Смета 4.xlsx', 'Смета 4.xlsx'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['a\u202egpj.exe', 'a_gpj.exe'],
  ['con:aux|"x"?.txt', 'con_aux__x__.txt'],
  ['  .hidden. ', 'hidden'],
  ['...', 'file'],
  ['', 'file'],
];
for (const [name, plain] of CASES) {
  test(`${JSON.stringify(name)} is saved as ${plain}`, () => assert.equal(plainName(name), plain));
}

test('Windows finds the program behind mailto, with its path quoted', () => {
  const values = registryValues('C:\\Program Files\\Postroom\\postroom.exe');
  const command = values.find(({ key }) => key.endsWith('open\\command'));
  assert.equal(command?.value, '"C:\\Program Files\\Postroom\\postroom.exe" "%1"');
  assert.ok(values.every(({ key }) => key.startsWith('HKCU\\')));
});
