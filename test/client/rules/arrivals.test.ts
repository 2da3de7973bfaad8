/** Letters that arrive are ruled: once, in order, after they are safe, by the same operations as a person's. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GroupInput } from '../../../main/contract/mail/rules.ts';
import { addMaildrop, arrive, arriveHeads, openRuleKit } from './kit.ts';
import { letterText } from './letters.ts';

const subject = (value: string): GroupInput => ({
  match: 'all',
  of: [{ field: 'subject', test: 'contains', value }],
});

describe('letters that arrive', () => {
  it('are moved, marked and tagged, and the log says why', async (t) => {
    const kit = await openRuleKit(t);
    const block = await kit.folderOf('Block 4');
    await kit.rule({
      name: 'Supply',
      when: subject('delivery'),
      actions: [{ do: 'move', to: block }, { do: 'tag', tag: 'Block 4' }, { do: 'flag' }, { do: 'read' }],
    });
    const [id = 0] = await kit.arrive(
      letterText({ Subject: 'The delivery note' }),
      letterText({ Subject: 'Lunch' }),
    );
    await kit.settled();
    assert.deepEqual(await kit.places('The delivery note'), ['Block 4']);
    assert.deepEqual(await kit.places('Lunch'), ['Inbox']);
    const [row] = await kit.profile.store.read('views.rows', { ids: [id] });
    assert.deepEqual(row?.flags, ['seen', 'flagged']);
    const [line] = await kit.call('rules.log', { message: id });
    assert.equal(line?.rule, 'Supply');
    assert.deepEqual(
      line?.did.map((each) => each.do),
      ['tag', 'flag', 'read', 'move'],
    );
    assert.equal(line?.did.at(-1)?.what, 'Block 4');
    const reason = line?.reasons[0];
    assert.equal(reason?.text.slice(reason.from, reason.to), 'delivery');
    assert.equal((await kit.call('rules.list', {}))[0]?.caught, 1);
    assert.deepEqual((await kit.profile.store.read('profile.check')).problems, []);
  });

  it('go where the first rule says; copies and marks of later rules still count', async (t) => {
    const kit = await openRuleKit(t);
    const [one, two, three] = [
      await kit.folderOf('One'),
      await kit.folderOf('Two'),
      await kit.folderOf('Three'),
    ];
    await kit.rule({ when: subject('x'), actions: [{ do: 'move', to: one }] });
    await kit.rule({
      when: subject('x'),
      actions: [
        { do: 'move', to: two },
        { do: 'copy', to: three },
      ],
    });
    await kit.rule({ when: subject('x'), actions: [{ do: 'delete' }] });
    await kit.arrive(letterText({ Subject: 'x' }));
    await kit.settled();
    assert.deepEqual((await kit.places('x')).sort(), ['One', 'Three']);
  });

  it('are not ruled when the account is collected for the first time, nor when no rule is on', async (t) => {
    const kit = await openRuleKit(t);
    await kit.arrive(letterText({ Subject: 'early' }));
    const id = await kit.rule({ when: subject(''), actions: [], enabled: false });
    await kit.arrive(letterText({ Subject: 'while off' }));
    await kit.call('rules.save', {
      id,
      rule: {
        name: 'All',
        when: { match: 'all', of: [{ field: 'size', test: 'over', value: 0 }] },
        actions: [{ do: 'flag' }],
      },
    });
    const account = await kit.profile.store.write('accounts.insert', {
      kind: 'pop3',
      address: 'new@office.example',
      name: '',
      incoming: { host: '127.0.0.1', port: 1, security: 'none', user: 'new', auth: 'auto' },
      outgoing: null,
      policy: { keep: 'everything' },
      saveSent: true,
    });
    const inbox = await kit.profile.store.write('folders.ensurePath', { account, path: 'Inbox' });
    await arrive(kit.profile, { account, inbox }, letterText({ Subject: 'old mailbox' }));
    await kit.arrive(letterText({ Subject: 'now' }));
    await kit.settled();
    const log = await kit.log();
    assert.deepEqual(
      log.map((each) => each.subject),
      ['now'],
    );
  });

  it('known by their header wait for their text where a rule asks for it', async (t) => {
    const kit = await openRuleKit(t);
    await kit.rule({ name: 'By head', when: subject('report'), actions: [{ do: 'flag' }] });
    await kit.rule({
      name: 'By text',
      when: { match: 'all', of: [{ field: 'body', test: 'contains', value: 'crane' }] },
      actions: [{ do: 'read' }],
    });
    const text = letterText({ Subject: 'report' }, 'The crane is here.\n');
    const [id = 0] = await arriveHeads(kit.profile, kit, text);
    await kit.settled();
    assert.deepEqual(
      (await kit.call('rules.log', { message: id })).map((each) => each.rule),
      ['By head'],
    );
    assert.deepEqual(await kit.call('rules.waiting', {}), { count: 1 });
    const ready = await kit.profile.pool.call('ingest', {
      bytes: new TextEncoder().encode(text.replaceAll('\n', '\r\n')),
    });
    await kit.profile.store.write('messages.attachBody', { id, facts: ready.facts, prepared: ready.blob });
    await kit.settled();
    assert.deepEqual(
      (await kit.call('rules.log', { message: id })).map((each) => each.rule),
      ['By text', 'By head'],
    );
    assert.deepEqual(await kit.call('rules.waiting', {}), { count: 0 });
  });

  it('stay where they are when the folder of a rule has gone, and the rule says so', async (t) => {
    const kit = await openRuleKit(t);
    const gone = await kit.folderOf('Gone');
    await kit.rule({ when: subject('x'), actions: [{ do: 'move', to: gone }, { do: 'flag' }] });
    await kit.profile.store.write('folders.remove', { id: gone });
    const [id = 0] = await kit.arrive(letterText({ Subject: 'x' }));
    await kit.settled();
    assert.deepEqual(await kit.places('x'), ['Inbox']);
    const [row] = await kit.profile.store.read('views.rows', { ids: [id] });
    assert.ok(row?.flags.includes('flagged'));
    assert.equal((await kit.call('rules.list', {}))[0]?.problem?.code, 'no-such-folder');
  });

  it('queue the operations of a person for an IMAP account', async (t) => {
    const kit = await openRuleKit(t);
    const { store } = kit.profile;
    const account = await store.write('accounts.insert', {
      address: 'imap@office.example',
      name: '',
      incoming: { host: '127.0.0.1', port: 1, security: 'none', user: 'imap', auth: 'auto' },
      outgoing: null,
      policy: { keep: 'headers' },
      saveSent: true,
    });
    const inbox = await store.write('folders.ensurePath', { account, path: 'INBOX' });
    const to = await store.write('folders.ensurePath', { account, path: 'Projects' });
    await kit.rule({ when: subject('x'), actions: [{ do: 'move', to }], folders: [inbox] });
    const facts = {
      messageId: 'a@b',
      inReplyTo: [],
      references: [],
      subject: 'x',
      from: { name: '', address: 'p@q.example' },
      to: [],
      cc: [],
      date: Date.now(),
      preview: '',
      attachments: 0,
      size: 300,
      listId: '',
      files: [],
    };
    const list = (uid: number, received: number) =>
      store.write('imap.applyHeads', {
        folder: inbox,
        uidValidity: 1,
        letters: [
          {
            uid,
            received,
            flags: 0,
            keywords: '',
            serverId: '',
            facts,
            head: new TextEncoder().encode('Subject: x\r\nFrom: p@q.example\r\n\r\n'),
          },
        ],
      });
    await list(1, Date.now());
    await store.write('imap.finishPass', {
      folder: inbox,
      uidValidity: 1,
      uidNext: 2,
      highestModseq: null,
      serverTotal: 1,
      complete: true,
    });
    await store.write('imap.accountSynced', { account, server: {} });
    // Moved here by another program: it lay on the server long before.
    await list(2, Date.now() - 3 * 86_400_000);
    const { inserted } = await list(3, Date.now());
    await kit.settled();
    assert.deepEqual(
      (await kit.log()).map((each) => each.message),
      inserted,
    );
    const places = await store.read('rules.places', { ids: inserted });
    assert.equal(places[0]?.folder, to);
    const queued = await store.read('imap.operations', { account, limit: 10 });
    assert.deepEqual(
      queued.map((each) => each.kind),
      ['move'],
    );
  });
});

describe('what rules send', () => {
  const outbox = (kit: Awaited<ReturnType<typeof openRuleKit>>) => kit.outbox();

  it('is forwarded and redirected once, as it came', async (t) => {
    const kit = await openRuleKit(t);
    await kit.rule({
      when: subject('invoice'),
      actions: [
        { do: 'forward', to: ['accounts@office.example'] },
        { do: 'redirect', to: ['archive@office.example', 'me@office.example'] },
      ],
    });
    await kit.arrive(letterText({ Subject: 'An invoice', 'Message-ID': '<i@x>' }, 'Pay.\n'));
    await kit.settled();
    await kit.settled();
    const sent = await outbox(kit);
    assert.deepEqual(sent.map((each) => each.to.map((to) => to.address)).sort(), [
      ['accounts@office.example'],
      ['archive@office.example'],
    ]);
  });

  it('is never sent in a circle', async (t) => {
    const kit = await openRuleKit(t);
    await kit.rule({ name: 'On', when: subject('x'), actions: [{ do: 'forward', to: ['a@b.example'] }] });
    const [id = 0] = await kit.arrive(letterText({ Subject: 'x', 'X-Loop': 'Me@office.example' }));
    await kit.settled();
    assert.deepEqual(await outbox(kit), []);
    assert.deepEqual((await kit.call('rules.log', { message: id }))[0]?.did, [
      { do: 'not-forward', what: 'loop' },
    ]);
  });

  it('is no answer to whom a program does not answer, and the log says why', async (t) => {
    const kit = await openRuleKit(t);
    await kit.rule({ when: subject('x'), actions: [{ do: 'reply', text: 'Away until Monday.' }] });
    const [id = 0] = await kit.arrive(letterText({ Subject: 'x', 'List-Id': '<l.example>' }));
    await kit.settled();
    assert.deepEqual(await outbox(kit), []);
    assert.deepEqual((await kit.call('rules.log', { message: id }))[0]?.did, [
      { do: 'not-reply', what: 'list' },
    ]);
  });

  it('answers a person once in so many days, with the fields filled in', async (t) => {
    const kit = await openRuleKit(t);
    await kit.rule({
      when: subject('x'),
      actions: [{ do: 'reply', subject: 'Away: {subject}', text: 'Dear {name}, {me} is away.', days: 7 }],
    });
    await kit.arrive(letterText({ Subject: 'x' }));
    await kit.settled();
    await kit.arrive(
      letterText({ Subject: 'x again' }),
      letterText({ Subject: 'x', From: 'Other <o@y.example>' }),
    );
    await kit.settled();
    const sent = await outbox(kit);
    assert.deepEqual(sent.map((each) => [each.to[0]?.address, each.subject]).sort(), [
      ['o@y.example', 'Away: x'],
      ['p.orlov@otd2.example', 'Away: x'],
    ]);
  });
});

describe('whom rules know', () => {
  it('the address book, and the person under every name of theirs', async (t) => {
    const kit = await openRuleKit(t);
    await kit.call('contacts.save', {
      id: null,
      content: { name: 'Pavel', emails: [{ value: 'P.Orlov@otd2.example' }] },
    });
    await kit.rule({
      name: 'Known',
      when: { match: 'all', of: [{ field: 'known' }] },
      actions: [{ do: 'flag' }],
    });
    await kit.rule({ name: 'Me', when: { match: 'all', of: [{ field: 'me' }] }, actions: [{ do: 'read' }] });
    await kit.arrive(
      letterText({ Subject: 'a' }),
      letterText({ Subject: 'b', From: 'x@y.example' }),
      letterText({ Subject: 'c', From: 'ME@office.example' }),
    );
    await kit.settled();
    const log = await kit.log();
    assert.deepEqual(log.map((each) => [each.subject, each.rule]).sort(), [
      ['a', 'Known'],
      ['c', 'Me'],
    ]);
  });
});

describe('two accounts', () => {
  it('a letter goes to the folder of another account', async (t) => {
    const kit = await openRuleKit(t);
    const other = await addMaildrop(kit.profile, 'second@office.example');
    const to = await kit.profile.store.write('folders.ensurePath', {
      account: other.account,
      path: 'Shared',
    });
    await kit.rule({
      when: { match: 'all', of: [{ field: 'account', value: kit.account }] },
      actions: [{ do: 'move', to }],
    });
    await kit.arrive(letterText({ Subject: 'over' }));
    await kit.settled();
    assert.deepEqual(await kit.places('over'), ['Shared']);
  });
});
