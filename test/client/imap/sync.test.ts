import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FLAG } from '../../../main/client/messages/rows.ts';
import {
  CONDSTORE_CAPABILITY,
  type Dovecot,
  dovecotMissing,
  PLAIN_CAPABILITY,
  startDovecot,
} from '../../kit/dovecot.ts';
import { addAccount, letter, openProfile, type Profile, rows } from './harness.ts';

const skip = dovecotMissing();
const servers = [
  { name: 'QRESYNC', options: {} },
  { name: 'CONDSTORE', options: { capability: CONDSTORE_CAPABILITY } },
  { name: 'neither', options: { capability: PLAIN_CAPABILITY } },
];

for (const { name, options } of servers) {
  describe(`a pass against Dovecot with ${name}`, { skip }, () => {
    let server: Dovecot;
    let profile: Profile;
    let account: number;
    const once = async () => {
      const [report] = await profile.engine.sync(account, { once: true });
      assert.equal(report?.error, null);
      return report;
    };
    before(async () => {
      server = await startDovecot(options);
      for (let n = 1; n <= 5; n += 1) await server.save('anna', 'INBOX', letter(`letter ${n}`));
      profile = await openProfile();
      account = await addAccount(profile, server.port);
    });
    after(async () => {
      await profile?.close();
      await server?.close();
    });

    it('takes the tree and the headers in', async () => {
      const report = await once();
      assert.equal(report?.newMessages, 5);
      const folders = await profile.store.read('imap.folders', account);
      assert.deepEqual(
        folders.map((each) => [each.path, each.role]),
        [
          ['INBOX', 'inbox'],
          ['Drafts', 'drafts'],
          ['Sent', 'sent'],
          ['Archive', 'archive'],
          ['Junk', 'junk'],
          ['Trash', 'trash'],
        ],
      );
      const found = await rows(profile, account, 'INBOX');
      assert.deepEqual(
        found.map((each) => each.subject),
        ['letter 1', 'letter 2', 'letter 3', 'letter 4', 'letter 5'],
      );
    });

    it('C9 a letter told of twice in one answer has its last marks', async () => {
      const folder = (await profile.store.read('imap.folders', account)).find(
        (each) => each.role === 'inbox',
      )!;
      const marks = (flags: number) => ({ uid: 3, flags, keywords: '' });
      // As asked, and as news behind it: marked and unmarked again while the question was on its way.
      await profile.store.write('imap.applyMarks', { folder: folder.id, marks: [marks(1), marks(0)] });
      const [third] = (await rows(profile, account, 'INBOX')).filter((each) => each.subject === 'letter 3');
      assert.equal(third!.flags, 0);
    });

    it('brings marks, new letters and deletions of other programs', async () => {
      await server.doveadm(['flags', 'add', '-u', 'anna', '\\Seen $Label1', 'mailbox', 'INBOX', 'uid', '2']);
      await server.doveadm(['expunge', '-u', 'anna', 'mailbox', 'INBOX', 'uid', '1,4']);
      await server.save('anna', 'INBOX', letter('letter 6'));
      const report = await once();
      assert.equal(report?.newMessages, 1);
      const found = await rows(profile, account, 'INBOX');
      assert.deepEqual(
        found.map((each) => [each.subject, each.flags, each.keywords]),
        [
          ['letter 2', FLAG.seen, '$Label1'],
          ['letter 3', 0, ''],
          ['letter 5', 0, ''],
          ['letter 6', 0, ''],
        ],
      );
      await server.doveadm(['flags', 'remove', '-u', 'anna', '\\Seen', 'mailbox', 'INBOX', 'uid', '2']);
      await once();
      assert.equal((await rows(profile, account, 'INBOX'))[0]?.flags, 0);
    });

    it('tells marks, moves and erasures', async () => {
      const [two, three, five] = await rows(profile, account, 'INBOX');
      const folders = await profile.store.read('imap.folders', account);
      const archive = folders.find((each) => each.role === 'archive')?.id as number;
      const act = (
        ids: number[],
        action: Parameters<typeof profile.store.write<'messages.act'>>[1]['action'],
      ) => profile.store.write('messages.act', { ids, action, token: null, n: 0 });
      await act([two?.id as number], { do: 'flag', flag: 'flagged', on: true });
      await act([three?.id as number], { do: 'move', to: archive });
      await act([three?.id as number], { do: 'flag', flag: 'seen', on: true });
      await act([five?.id as number], { do: 'erase' });
      await once();
      assert.deepEqual(await profile.store.read('test.operations'), []);
      const there = await server.doveadm(['fetch', '-u', 'anna', 'mailbox flags hdr.subject', 'all']);
      const has = (subject: string) =>
        there.split('\f').find((each) => each.includes(`hdr.subject: ${subject}\n`)) ?? '';
      assert.match(has('letter 2'), /\\Flagged/);
      if (name === 'neither')
        assert.match(there, /mailbox: Archive\nflags: \\Seen[^\f]*hdr.subject: letter 3/);
      else assert.match(has('letter 3'), /mailbox: Archive\nflags: \\Seen/);
      if (name === 'neither') assert.match(has('letter 5'), /\\Deleted/);
      else assert.equal(has('letter 5'), '');
      await once();
      const found = await rows(profile, account);
      assert.deepEqual(
        found.map((each) => [each.path, each.subject, each.uid !== null]),
        [
          ['Archive', 'letter 3', true],
          ['INBOX', 'letter 2', true],
          ['INBOX', 'letter 6', true],
        ],
      );
    });

    it('keeps the counters', async () => {
      for (const each of await profile.store.read('test.counters'))
        assert.equal(each.total, each.counted, each.path);
    });
  });
}
