import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openVault } from '../../../main/client/security/vault.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'postroom-vault-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = () => join(dir, 'vault.json');

test('a secret survives being closed and opened, and is nowhere in clear', async () => {
  await (await openVault(dir)).set('account:1:password', 'пароль correct horse');
  const again = await openVault(dir);
  assert.equal(await again.get('account:1:password'), 'пароль correct horse');
  assert.equal(await again.get('account:2:password'), null);
  assert.doesNotMatch(readFileSync(file(), 'latin1'), /correct|horse/);
});

test('the same secret twice does not look the same', async () => {
  const vault = await openVault(dir);
  await vault.set('a', 'same');
  await vault.set('b', 'same');
  const { a, b } = JSON.parse(readFileSync(file(), 'utf8'));
  assert.notEqual(a, b);
});

test('both files belong to their owner alone', { skip: process.platform === 'win32' }, async () => {
  await (await openVault(dir)).set('a', 'b');
  for (const name of ['vault.key', 'vault.json'])
    assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
});

test('removing forgets', async () => {
  const vault = await openVault(dir);
  await vault.set('a', 'b');
  await vault.remove('a');
  assert.equal(await (await openVault(dir)).get('a'), null);
});

test('changes at the same time are all kept', async () => {
  const vault = await openVault(dir);
  await Promise.all(Array.from({ length: 20 }, (_, at) => vault.set(`name ${at}`, `value ${at}`)));
  const again = await openVault(dir);
  for (let at = 0; at < 20; at += 1) assert.equal(await again.get(`name ${at}`), `value ${at}`);
});

test('a sealed value under another name is refused', async () => {
  const vault = await openVault(dir);
  await vault.set('a', 'secret');
  const values = JSON.parse(readFileSync(file(), 'utf8'));
  writeFileSync(file(), JSON.stringify({ b: values.a }));
  await assert.rejects((await openVault(dir)).get('b'), { code: 'vault-damaged' });
});

test('a flipped bit is found, a file that is rubbish costs the passwords only', async () => {
  const vault = await openVault(dir);
  await vault.set('a', 'secret');
  const values = JSON.parse(readFileSync(file(), 'utf8'));
  const bytes = Buffer.from(values.a, 'base64');
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file(), JSON.stringify({ a: bytes.toString('base64') }));
  await assert.rejects((await openVault(dir)).get('a'), { code: 'vault-damaged' });
  writeFileSync(file(), '{"a": ');
  assert.equal(await (await openVault(dir)).get('a'), null);
});

test('a key of the wrong length is not used', async () => {
  writeFileSync(join(dir, 'vault.key'), 'short');
  await assert.rejects(openVault(dir), { code: 'vault-damaged' });
});
