import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Setbacks } from '../../../main/client/accounts/setbacks.ts';

const refused = { code: 'wrong-password' };

describe('C32 when a failing account waits for a person', () => {
  it('a refused password is tried once more by itself', () => {
    const setbacks = new Setbacks();
    assert.equal(setbacks.add(refused), null);
    assert.equal(setbacks.add(refused), 'needs-password');
    assert.equal(setbacks.add(refused), null, 'the person has seen to it');
  });

  it('a password that nobody has given is asked for at once', () => {
    assert.equal(new Setbacks().add({ ...refused, detail: { missing: true } }), 'needs-password');
  });

  it('a certificate at once, a network never', () => {
    assert.equal(new Setbacks().add({ code: 'certificate-unknown' }), 'needs-trust');
    const setbacks = new Setbacks();
    for (let n = 0; n < 10; n++) assert.equal(setbacks.add({ code: 'no-route' }), null);
    assert.equal(setbacks.count, 10);
  });
});
