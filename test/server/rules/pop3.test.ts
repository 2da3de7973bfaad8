import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letterOf, openPop3Office } from '../../kit/pop3.ts';

test('P10 STAT, LIST and UIDL say exactly what old programs parse', async (t) => {
  const { signIn, deliver } = await openPop3Office(t);
  await deliver('kcope', letterOf(120), letterOf(200));
  const client = await signIn();
  assert.equal(await client.ask('STAT'), '+OK 2 320');
  assert.equal(await client.ask('LIST'), '+OK 2 messages (320 octets)');
  assert.deepEqual(await client.dotted(), ['1 120', '2 200']);
  assert.equal(await client.ask('LIST 2'), '+OK 2 200');
  assert.match(await client.ask('UIDL 2'), /^\+OK 2 [\x21-\x7e]{1,70}$/);
  assert.match(await client.ask('UIDL'), /^\+OK/);
  const [first, second] = await client.dotted();
  assert.match(first!, /^1 [\x21-\x7e]{1,70}$/);
  assert.match(second!, /^2 [\x21-\x7e]{1,70}$/);
  await client.ask('DELE 1');
  assert.equal(await client.ask('STAT'), '+OK 1 200');
  assert.equal(await client.ask('LIST 3'), '-ERR no such message, only 2 messages in maildrop');
});

test('P17 ten minutes without a command end the session, silently and without removing anything', async (t) => {
  const { signIn, deliver } = await openPop3Office(t);
  await deliver('kcope', letterOf(120));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const client = await signIn();
  assert.match(await client.ask('DELE 1'), /^\+OK/);
  // The deadline of the client's own patience is mocked too, so nobody waits while time is turned.
  t.mock.timers.tick(9 * 60_000 + 59_000);
  assert.match(await client.ask('NOOP'), /^\+OK/);
  t.mock.timers.tick(9 * 60_000 + 59_000);
  assert.match(await client.ask('STAT'), /^\+OK 0 /);
  t.mock.timers.tick(10 * 60_000);
  t.mock.timers.reset();
  assert.equal(await client.closed(), '', 'no word at the end');
  const again = await signIn();
  assert.equal(await again.ask('STAT'), '+OK 1 120');
});
