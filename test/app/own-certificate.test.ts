import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { ownCertificate } from '../../app/own-certificate.ts';

test('the certificate of the self-check is a sound one', () => {
  const now = Date.UTC(2026, 10, 21, 12, 0, 0);
  const { key, cert } = ownCertificate(now);
  const read = new X509Certificate(cert);
  assert.ok(read.checkPrivateKey(createPrivateKey(key)));
  assert.ok(read.verify(read.publicKey));
  assert.equal(read.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(read.checkIP('127.0.0.2'), undefined);
  assert.ok(Date.parse(read.validFrom) < now && now < Date.parse(read.validTo));
});
