/** Our own client at our own office: everything a person does, over TLS checked with the office's authority. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openPeerClient, type PeerClient } from '../../kit/peers-client.ts';
import {
  awkwardLetter,
  openPeersOffice,
  PETROV,
  type PeersOffice,
  SIRMOV,
  until,
} from '../../kit/peers-office.ts';

describe('our client at our office', () => {
  let office: PeersOffice;
  let client: PeerClient;
  const there = (mailbox: string) => office.letters(PETROV, mailbox);
  const subjectsThere = async (mailbox: string) =>
    (await there(mailbox)).map(({ text }) => /^Subject: (.*)\r$/m.exec(text)?.[1] ?? '').sort();
  const holds = (mailbox: string, ...subjects: string[]) =>
    until(`${mailbox} of the office: ${subjects}`, async () => {
      const found = await subjectsThere(mailbox).catch(() => ['no such mailbox']);
      return JSON.stringify(found) === JSON.stringify([...subjects].sort());
    });
  const rowOf = async (path: string, subject: string) =>
    (await client.rows(path)).find((each) => each.subject === subject)!;

  before(async () => {
    office = await openPeersOffice();
    await office.put(
      PETROV,
      'INBOX',
      [1, 2, 3, 4, 5].map((n) => awkwardLetter({ subject: `letter ${n}` })),
    );
    client = await openPeerClient(office, PETROV);
  });
  after(async () => {
    await client?.close();
    await office?.close();
  });

  it('C1 C7 brings the tree, the roles, headers and bodies, octet for octet', async () => {
    await client.folderHolds('INBOX', ['letter 1', 'letter 2', 'letter 3', 'letter 4', 'letter 5']);
    const folders = (await client.call('folders.list', {})).filter((each) => each.account === client.account);
    assert.deepEqual(folders.map((each) => [each.path, each.role]).sort(), [
      ['Archive', 'archive'],
      ['Drafts', 'drafts'],
      ['INBOX', 'inbox'],
      ['Junk', 'junk'],
      ['Sent', 'sent'],
      ['Trash', 'trash'],
    ]);
    await until('bodies', async () => (await client.rows('INBOX')).every((each) => each.body === 'full'));
    const [first] = await client.rows('INBOX');
    assert.equal(await client.source(first!.id), (await there('INBOX'))[0]!.text);
  });

  it('C30 I22 shows a letter of another sender at once (IDLE)', async () => {
    await until('online', async () =>
      (await client.call('accounts.list', {})).some((each) => each.state === 'online'),
    );
    await office.put(PETROV, 'INBOX', [awkwardLetter({ subject: 'arrives' })]);
    await until(
      'the letter',
      async () => (await client.rows('INBOX')).some((each) => each.subject === 'arrives'),
      10_000,
    );
  });

  it('C9 C21 marks go there and come from there', async () => {
    const row = await rowOf('INBOX', 'letter 1');
    await client.act([row.id], { do: 'flag', flag: 'flagged', on: true });
    await client.act([row.id], { do: 'flag', flag: 'seen', on: true });
    await client.act([row.id], { do: 'tag', tag: 'Работа', on: true }).catch(() => null);
    await until('marks there', async () => {
      const flags = (await there('INBOX'))[0]!.flags;
      return flags.includes('\\Flagged') && flags.includes('\\Seen');
    });
    const other = await office.imap(PETROV);
    const lock = await other.getMailboxLock('INBOX');
    await other.messageFlagsAdd('2', ['\\Answered', '\\Seen']);
    await other.messageFlagsRemove('1', ['\\Seen']);
    lock.release();
    await other.logout();
    await until('marks here', async () => {
      const [one, two] = await client.rows('INBOX');
      return !one!.flags.includes('seen') && two!.flags.includes('answered') && two!.flags.includes('seen');
    });
  });

  it('C4 sees every mark that comes while it is at work: the office tells once', async () => {
    for (let round = 0; round < 15; round += 1) {
      const row = await rowOf('INBOX', 'letter 4');
      await client.act([row.id], { do: 'flag', flag: 'flagged', on: round % 2 === 0 });
      const other = await office.imap(PETROV);
      const lock = await other.getMailboxLock('INBOX');
      // Several in a row: the later ones fall into the pass that the first has begun.
      await other.messageFlagsAdd('5', ['\\Seen']);
      await other.messageFlagsAdd('4', ['\\Seen']);
      await other.messageFlagsRemove('5', ['\\Seen']);
      await other.messageFlagsAdd('5', ['\\Answered']);
      await other.messageFlagsRemove('4', ['\\Seen']);
      await other.messageFlagsRemove('5', ['\\Answered']);
      if (round % 2 === 0) await other.messageFlagsAdd('4', ['\\Seen']);
      lock.release();
      await other.logout();
      await until(`round ${round}`, async () => {
        const four = await rowOf('INBOX', 'letter 4');
        const five = await rowOf('INBOX', 'letter 5');
        const seen = four.flags.includes('seen');
        return seen === (round % 2 === 0) && !five.flags.includes('seen') && !five.flags.includes('answered');
      });
    }
  });

  it('C24 moves, archives, deletes and takes back', async () => {
    const two = await rowOf('INBOX', 'letter 2');
    const three = await rowOf('INBOX', 'letter 3');
    await client.act([two.id], { do: 'archive' });
    const undo = await client.act([three.id], { do: 'delete' });
    await holds('Archive', 'letter 2');
    await holds('Trash', 'letter 3');
    await client.call('messages.undo', { undo: undo! });
    await holds('Trash');
    await holds('INBOX', 'letter 1', 'letter 3', 'letter 4', 'letter 5', 'arrives');
    await client.act([(await rowOf('INBOX', 'letter 5')).id], { do: 'erase' });
    await holds('INBOX', 'letter 1', 'letter 3', 'letter 4', 'arrives');
    assert.equal((await there('Archive'))[0]!.uid, 1);
  });

  it('C6 I62 takes deletions and moves of another program', async () => {
    const other = await office.imap(PETROV);
    const lock = await other.getMailboxLock('INBOX');
    await other.messageMove({ subject: 'arrives' }, 'Junk');
    lock.release();
    await other.logout();
    // Mailboxes nobody looks at are asked about every few minutes (C30): now.
    await client.call('accounts.sync', {});
    await client.folderHolds('Junk', ['arrives']);
    await client.folderHolds('INBOX', ['letter 1', 'letter 3', 'letter 4']);
  });

  it('I33 I34 makes, renames, fills and removes folders of any name', async () => {
    const names = ['Договоры & счета', 'a"b\\c', '日本語', '100% *new*', 'emoji 🎉'];
    for (const name of names)
      await client.call('folders.create', { account: client.account, parent: null, name });
    const all = await office.mailboxes(PETROV);
    for (const name of names) assert.ok(all.includes(name), `${name} in ${all}`);
    await client.act([(await rowOf('INBOX', 'letter 4')).id], {
      do: 'move',
      to: await client.folder('Договоры & счета'),
    });
    await holds('Договоры & счета', 'letter 4');
    await client.call('folders.rename', {
      id: await client.folder('Договоры & счета'),
      name: 'Счета',
      parent: await client.folder('日本語'),
    });
    assert.deepEqual(await subjectsThere('日本語/Счета'), ['letter 4']);
    await client.folderHolds('日本語/Счета', ['letter 4']);
    await client.call('folders.remove', { id: await client.folder('emoji 🎉') });
    assert.ok(!(await office.mailboxes(PETROV)).includes('emoji 🎉'));
  });

  it('C20 C22 works offline and carries everything out afterwards', async () => {
    await client.call('accounts.offline', { offline: true });
    await client.act([(await rowOf('INBOX', 'letter 1')).id], {
      do: 'move',
      to: await client.folder('a"b\\c'),
    });
    await client.act([(await rowOf('INBOX', 'letter 3')).id], { do: 'flag', flag: 'flagged', on: true });
    const sending = await client.send([SIRMOV], 'written offline', 'Из поезда.');
    await office.put(PETROV, 'INBOX', [awkwardLetter({ subject: 'meanwhile' })]);
    assert.deepEqual(await subjectsThere('a"b\\c'), []);
    await client.call('accounts.offline', { offline: false });
    await holds('a"b\\c', 'letter 1');
    await until('the mark', async () =>
      (await there('INBOX')).some(
        (each) => each.text.includes('letter 3') && each.flags.includes('\\Flagged'),
      ),
    );
    await client.folderHolds('INBOX', ['letter 3', 'meanwhile']);
    await until('sent', async () =>
      (await client.call('outbox.list', {})).every((each) => each.id !== sending || each.state === 'sent'),
    );
    assert.equal((await office.letters(SIRMOV, 'INBOX')).length, 1);
  });

  it('C40 C45 S34 sends by submission, with a copy in Sent and nothing twice', async () => {
    await client.send([SIRMOV, PETROV], 'Отчёт', '.точка\nв начале строки');
    await client.folderHolds('Sent', ['written offline', 'Отчёт']);
    await until('received here', async () =>
      (await client.rows('INBOX')).some((each) => each.subject === 'Отчёт'),
    );
    const [, letter] = await office.letters(SIRMOV, 'INBOX');
    assert.match(letter!.text, /\swith ESMTPSA\s/);
    assert.match(letter!.text, /Content-Type: text\/plain; charset=utf-8/i);
    assert.equal((await there('Sent')).length, 2);
    assert.equal((await office.letters(SIRMOV, 'INBOX')).length, 2);
    assert.ok((await there('Sent')).every((each) => each.flags.includes('\\Seen')));
  });

  it('C42 a recipient that does not exist is told in the words of the office', async () => {
    const id = await client.send(['nobody@comp3.otd2.constr.org'], 'nobody', 'x');
    const item = await until('refusal', async () =>
      (await client.call('outbox.list', {})).find((each) => each.id === id && each.state === 'failed'),
    );
    assert.match(item.results[0]!.reply, /^550 5\.1\.1/);
    await client.call('outbox.drop', { id });
  });

  it('C32 C33 heals by itself when the office was restarted', async () => {
    await office.restart();
    await office.put(PETROV, 'INBOX', [awkwardLetter({ subject: 'after the restart' })]);
    await until('healed', async () =>
      (await client.rows('INBOX')).some((each) => each.subject === 'after the restart'),
    );
    const before = (await client.rows('INBOX')).length;
    assert.equal((await there('INBOX')).length, before, 'nothing came twice');
  });
});

describe('other ways of our client', () => {
  let office: PeersOffice;
  before(async () => {
    office = await openPeersOffice();
    await office.put(PETROV, 'INBOX', [awkwardLetter({ subject: 'only the header' })]);
  });
  after(() => office?.close());

  it('C7 header only: the body comes when it is asked for', async () => {
    const client = await openPeerClient(office, PETROV, { policy: { keep: 'headers' } });
    try {
      await client.folderHolds('INBOX', ['only the header']);
      const [row] = await client.rows('INBOX');
      assert.equal(row!.body, 'header');
      assert.equal(await client.source(row!.id), (await office.letters(PETROV, 'INBOX'))[0]!.text);
      assert.equal((await client.rows('INBOX'))[0]!.body, 'full');
      assert.deepEqual((await office.letters(PETROV, 'INBOX'))[0]!.flags, [], 'nothing was marked read');
    } finally {
      await client.close();
    }
  });

  for (const [security, auth] of [
    ['tls', 'plain'],
    ['tls', 'scram-sha-256'],
    ['starttls', 'login'],
    ['none', 'cram-md5'],
    ['none', 'auto'],
  ] as const)
    it(`I8 S17 signs in with ${auth}, ${security}, reads and sends`, async () => {
      const client = await openPeerClient(office, PETROV, { security, auth, policy: { keep: 'headers' } });
      try {
        await client.folderHolds('INBOX', ['only the header']);
        const id = await client.send([SIRMOV], `${security} ${auth}`, 'x');
        await until('sent', async () =>
          (await client.call('outbox.list', {})).every((each) => each.id !== id || each.state === 'sent'),
        );
        const subjects = (await office.letters(SIRMOV, 'INBOX')).map(({ text }) => text);
        assert.ok(subjects.some((text) => text.includes(`Subject: ${security} ${auth}\r\n`)));
      } finally {
        await client.close();
      }
    });

  it('refuses an office whose authority it does not know', async () => {
    await assert.rejects(
      openPeerClient(office, PETROV, { security: 'tls', authorities: [] }),
      /certificate-unknown/,
    );
  });
});
