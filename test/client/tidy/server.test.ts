/** Tidiness on a real server: folders by month made there, twins in Trash and back, the deleted appended again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { openTestProfile } from '../kit/profile.ts';

const skip = dovecotMissing();
const letter = (subject: string, more = '') =>
  `From: Boris <boris@x.example>\r\nTo: anna@x.example\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@x.example>\r\nDate: Fri, 20 Nov 2020 12:00:00 +0000\r\n${more}\r\nThe text of ${subject}.\r\n`;

for (const { name, prefix, separator } of [
  { name: 'a plain namespace', prefix: '', separator: '/' },
  { name: 'everything below INBOX', prefix: 'INBOX.', separator: '.' },
]) {
  test(`tidy on Dovecot, ${name}`, { skip }, async (t) => {
    const server = await startDovecot({ mailboxes: '', prefix, separator });
    t.after(() => server.close());
    for (const each of ['one', 'two']) await server.save('anna', 'INBOX', letter(each));
    await server.save('anna', 'INBOX', letter('two', 'X-Way: another\r\n'));
    const secrets = { get: async () => 'secret-anna', set: async () => {}, remove: async () => {} };
    const p = await openTestProfile(t, {
      background: false,
      services: { kind: 'browser', secrets, frameBase: () => '' },
    });
    const account = await p.profile.store.write('accounts.insert', {
      address: 'anna@x.example',
      name: 'Anna',
      incoming: { host: '127.0.0.1', port: server.port, security: 'none', user: 'anna', auth: 'auto' },
      outgoing: null,
      policy: { keep: 'everything' },
      saveSent: true,
    });
    const sync = async () => {
      const [report] = await p.profile.sync({ account, once: true, signal: new AbortController().signal });
      assert.equal(report?.error, null);
    };
    const count = async (mailbox: string) => {
      const said = await server.doveadm(['mailbox', 'status', '-u', 'anna', 'messages', mailbox]);
      return Number(/messages=(\d+)/.exec(said)?.[1]);
    };
    const at = (...levels: string[]) => `${prefix}${levels.join(separator)}`;
    await sync();
    assert.ok(!p.events.some((each) => each.name === 'mail.arrived'), 'a first synchronisation is no news');
    const idOf = async (subject: string): Promise<number> => {
      const folders = await p.call('folders.list', {});
      for (const { id: folder } of folders) {
        const view = { scope: { in: 'folder' as const, folder } };
        const { rows } = await p.call('messages.window', { view, from: 0, count: 50 });
        const found = rows.find((row) => row.subject === subject);
        if (found) return found.id;
      }
      return 0;
    };

    await p.call('settings.set', { archiveBy: 'month' });
    const archive = { do: 'archive' } as const;
    const done = await p.call('messages.act', { selection: { ids: [await idOf('one')] }, action: archive });
    await sync();
    assert.equal(await count(at('Archive', '2020', '2020-11')), 1);
    await p.call('messages.undo', { undo: done.undo ?? '' });
    await sync();
    assert.equal(await count(at('Archive', '2020', '2020-11')), 0);
    assert.equal(await count('INBOX'), 3);

    const scope = { in: 'account', account } as const;
    const twins = await p.call('tidy.removeDuplicates', { scope });
    assert.equal(twins.count, 1);
    await sync();
    assert.equal(await count(at('Trash')), 1);
    await p.call('messages.undo', { undo: twins.undo ?? '' });
    await sync();
    assert.deepEqual([await count(at('Trash')), await count('INBOX')], [0, 3]);

    const one = await idOf('one');
    await p.call('messages.act', { selection: { ids: [one] }, action: { do: 'erase' } });
    await sync();
    assert.equal(await count('INBOX'), 2);
    await p.call('tidy.bringBack', { items: [{ kind: 'letter', id: one }] });
    await sync();
    assert.equal(await count('INBOX'), 3);
    const text = await server.doveadm(['fetch', '-u', 'anna', 'text', 'mailbox', 'INBOX', 'subject', 'one']);
    assert.ok(text.replaceAll('\r', '').includes(letter('one').replaceAll('\r', '').trimEnd()), 'its octets');
    assert.deepEqual((await p.call('check.run', {})).problems, []);
    assert.deepEqual(
      (await p.call('folders.list', {}))
        .map(({ path }) => path)
        .filter((path) => path.includes('2020'))
        .sort(),
      ['Archive/2020', 'Archive/2020/2020-11'].map((path) => (prefix ? `INBOX/${path}` : path)),
    );
  });
}
