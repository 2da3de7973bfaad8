import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateOf } from '../../../renderer/views/accounts/problem.ts';

const problem = (certificate: unknown) => ({
  code: 'certificate-unknown',
  message: '',
  detail: { certificate },
});

test('a certificate comes out of a problem only when it can be trusted by what it names', () => {
  const whole = { host: 'mail.x', port: 993, fingerprint256: 'AA:BB', issuer: 'X' };
  assert.equal(certificateOf(problem(whole))?.issuer, 'X');
  assert.deepEqual(certificateOf(problem(whole))?.names, []);
  for (const part of [null, 'x', {}, { ...whole, port: '993' }, { ...whole, fingerprint256: undefined }])
    assert.equal(certificateOf(problem(part)), null);
  assert.equal(certificateOf(null), null);
});
