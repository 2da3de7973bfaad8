import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault, faultData, toFault } from '../../main/base/errors.ts';

test('a fault survives a crossing as data', () => {
  const fault = new Fault('remote', 'wrong-password', 'The server does not accept the password.', {
    detail: { host: 'mail.constr.org' },
    cause: new Error('private'),
  });
  const back = Fault.fromData(structuredClone(fault.toData()));
  assert.equal(back.code, 'wrong-password');
  assert.equal(back.kind, 'remote');
  assert.deepEqual(back.detail, { host: 'mail.constr.org' });
  assert.equal(back.cause, undefined, 'the private cause stays at home');
});

test('transient faults are retryable, others only when they say so', () => {
  assert.equal(new Fault('transient', 'x', '').retryable, true);
  assert.equal(new Fault('user', 'x', '').retryable, false);
  assert.equal(new Fault('user', 'x', '', { retryable: true }).retryable, true);
});

const system: [name: string, thrown: unknown, code: string][] = [
  ['full disk', Object.assign(new Error('no space'), { code: 'ENOSPC' }), 'disk-full'],
  ['full database', Object.assign(new Error('database or disk is full'), { errcode: 13 }), 'disk-full'],
  ['read-only folder', Object.assign(new Error('denied'), { code: 'EACCES' }), 'no-access'],
  ['abort', new DOMException('stop', 'AbortError'), 'cancelled'],
  ['anything else', new TypeError('x is not a function'), 'internal'],
  ['not even an error', 'text', 'internal'],
  ['nothing', null, 'internal'],
];
for (const [name, thrown, code] of system) {
  test(`a thrown value becomes a fault: ${name}`, () => {
    assert.equal(toFault(thrown).code, code);
    assert.doesNotMatch(faultData(thrown).message, /x is not a function/, 'private text does not leak');
  });
}
