import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Dovecot, dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { addAccount, letter, openProfile, type Profile, rows, until } from './harness.ts';

describe('a folder selected before, and a letter that another line has told of', {
  skip: dovecotMissing(),
}, () => {
  let server: Dovecot;
  let profile: Profile;
  let account: number;
  const inbox = async () => rows(profile, account, 'INBOX');
  const idOf = async (subject: string) => (await inbox()).find((each) => each.subject === subject)!.id;
  const done = () =>
    until('done there', async () => (await profile.store.read('test.operations')).length === 0);
  const onServer = async (subject: string) =>
    (await server.doveadm(['search', '-u', 'anna', 'mailbox', 'INBOX', 'subject', subject])).trim();
  before(async () => {
    server = await startDovecot();
    await server.save('anna', 'INBOX', letter('first'));
    profile = await openProfile();
    account = await addAccount(profile, server.port);
    profile.engine.start(account);
    await until('first letter', async () => (await inbox()).some((each) => each.subject === 'first'));
    await until('online', () => profile.engine.states()[0]?.state === 'online');
  });
  after(async () => {
    await profile?.close();
    await server?.close();
  });

  for (const [subject, action] of [
    ['second', { do: 'delete' }],
    ['third', { do: 'archive' }],
  ] as const)
    it(`${action.do} reaches a letter that the acting line has not heard of`, async () => {
      // The acting line has the folder selected from now on and waits.
      const first = { ids: [await idOf('first')], token: null, n: 0 };
      await profile.store.write('messages.act', {
        ...first,
        action: { do: 'flag', flag: 'flagged', on: true },
      });
      await done();
      await server.save('anna', 'INBOX', letter(subject));
      await until(subject, async () => (await inbox()).some((each) => each.subject === subject));
      const id = await idOf(subject);
      await profile.store.write('messages.act', { ids: [id], action, token: null, n: 0 });
      await done();
      assert.equal(await onServer(subject), '', 'the server has it in the inbox no more');
    });
});
