/** Who enters the address book by being written to, and who does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSmtpServer } from '../../kit/smtp-server.ts';
import { openTestProfile } from '../kit/profile.ts';

test('people written to stand in the collected book once, unless the person does not want it', async (t) => {
  const smtp = await startSmtpServer();
  t.after(() => smtp.close());
  const p = await openTestProfile(t, {
    background: false,
    services: {
      kind: 'browser',
      frameBase: () => '',
      secrets: { get: async () => 'correct horse', set: async () => {}, remove: async () => {} },
    },
  });
  const account = await p.profile.store.write('accounts.insert', {
    address: 'me@constr.example',
    name: 'Me',
    incoming: { host: '127.0.0.1', port: 1, security: 'none', user: 'anna', auth: 'auto' },
    outgoing: { host: '127.0.0.1', port: smtp.port, security: 'none', user: 'anna', auth: 'auto' },
    policy: { keep: 'everything' },
    saveSent: true,
  });
  let serial = 0;
  const send = async (to: string) => {
    const id = `<c${++serial}@constr.example>`;
    const text = `From: Me <me@constr.example>\r\nTo: ${to}\r\nSubject: Hello\r\nMessage-ID: ${id}\r\n\r\nText\r\n`;
    const sent = await p.profile.send(account, new TextEncoder().encode(text));
    assert.equal(sent.state, 'sent', JSON.stringify(sent));
  };
  const [own, collected] = (await p.call('contacts.books', {})).map((each) => each.id) as [number, number];
  const names = async (book: number) =>
    (await p.call('contacts.window', { book })).rows.map((row) => [row.name, row.address]);
  await p.call('contacts.save', {
    id: null,
    content: { name: 'Kept', emails: [{ value: 'Kept@x.example' }] },
  });

  await send('Boris <boris@x.example>, kept@x.example, me@constr.example, no-reply@shop.example');
  await send('BORIS@x.example');
  assert.deepEqual(await names(collected), [['Boris', 'boris@x.example']]);
  assert.deepEqual(await names(own), [['Kept', 'Kept@x.example']]);

  await p.call('settings.set', { collectPeople: false });
  await send('vera@x.example');
  assert.equal((await names(collected)).length, 1);
  // A mailing to many is not a circle of acquaintances.
  await p.call('settings.set', { collectPeople: true });
  await send(Array.from({ length: 51 }, (_, n) => `p${n}@x.example`).join(', '));
  assert.equal((await names(collected)).length, 1);
  await send(Array.from({ length: 50 }, (_, n) => `p${n}@x.example`).join(', '));
  assert.equal((await names(collected)).length, 51);
});
