import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Dovecot, dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { addAccount, letter, openProfile, type Profile, rows, until } from './harness.ts';

describe('C31 a server that allows one connection', { skip: dovecotMissing() }, () => {
  let server: Dovecot;
  let profile: Profile;
  let account: number;
  const subjects = async (path = 'INBOX') => (await rows(profile, account, path)).map((each) => each.subject);
  before(async () => {
    server = await startDovecot({ config: 'protocol imap {\n  mail_max_userip_connections = 1\n}' });
    await server.save('anna', 'INBOX', letter('first'));
    profile = await openProfile();
    account = await addAccount(profile, server.port);
    profile.engine.start(account);
    await until('first letter', async () => (await subjects()).includes('first'));
    await until('online', () => profile.engine.states()[0]?.state === 'online');
  });
  after(async () => {
    await profile?.close();
    await server?.close();
  });

  it('shows new mail at once all the same', async () => {
    for (const subject of ['second', 'third']) {
      await server.save('anna', 'INBOX', letter(subject));
      await until(subject, async () => (await subjects()).includes(subject));
    }
  });

  it('listens to the inbox again after it has looked at another folder', async () => {
    const [first] = (await rows(profile, account, 'INBOX')).filter((each) => each.subject === 'first');
    const action = { do: 'archive' } as const;
    await profile.store.write('messages.act', { ids: [first!.id], action, token: null, n: 0 });
    await until('done there', async () => (await profile.store.read('test.operations')).length === 0);
    await until('archived', async () => (await subjects('Archive')).includes('first'));
    await server.save('anna', 'INBOX', letter('behind it'));
    await until('behind it', async () => (await subjects()).includes('behind it'));
    assert.ok((await subjects()).includes('third'));
  });
});
