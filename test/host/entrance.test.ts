import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Entrance, isOwnRequest } from '../../main/host/entrance.ts';

const cookieOf = (verdict: ReturnType<Entrance['judge']>): string =>
  verdict.is === 'new' ? (verdict.cookie.split(';')[0] ?? '') : assert.fail('no cookie');

test('the token works once; its cookie works again and again', () => {
  const entrance = new Entrance(4000);
  const first = entrance.judge(entrance.token, undefined);
  const cookie = cookieOf(first);
  assert.match(first.is === 'new' ? first.cookie : '', /HttpOnly; SameSite=Strict$/);
  assert.deepEqual(entrance.judge(entrance.token, undefined), { is: 'refused', why: 'used-token' });
  assert.deepEqual(entrance.judge(entrance.token, cookie), { is: 'known' });
  assert.deepEqual(entrance.judge(null, `a=b; ${cookie}`), { is: 'known' });
});

test('a wrong token does not use up the right one', () => {
  const entrance = new Entrance(4000);
  assert.deepEqual(entrance.judge('x', undefined), { is: 'refused', why: 'wrong-token' });
  assert.deepEqual(entrance.judge('', undefined), { is: 'refused', why: 'wrong-token' });
  assert.deepEqual(entrance.judge(null, undefined), { is: 'refused', why: 'no-token' });
  assert.equal(entrance.judge(entrance.token, undefined).is, 'new');
});

test('the cookie of one host opens no other', () => {
  const one = new Entrance(4000);
  const cookie = cookieOf(one.judge(one.token, undefined));
  assert.equal(new Entrance(4001).knows(cookie), false);
  assert.equal(new Entrance(4000).knows(cookie), false);
  assert.equal(one.knows(cookie.replace('4000', '4001')), false);
  assert.equal(one.knows('postroom-4000='), false);
  assert.equal(one.knows('postroom-4000'), false);
});

test('requests by another name or from another page are not ours', () => {
  const host = '127.0.0.1:4000';
  assert.equal(isOwnRequest({ host }, 4000), true);
  assert.equal(isOwnRequest({ host, origin: `http://${host}` }, 4000), true);
  assert.equal(isOwnRequest({ host: 'evil.example:4000' }, 4000), false);
  assert.equal(isOwnRequest({ host: 'localhost:4000' }, 4000), false);
  assert.equal(isOwnRequest({}, 4000), false);
  assert.equal(isOwnRequest({ host, origin: 'http://evil.example' }, 4000), false);
  assert.equal(isOwnRequest({ host, origin: 'null' }, 4000), false);
  assert.equal(isOwnRequest({ host, origin: 'http://127.0.0.1:4001' }, 4000), false);
});
