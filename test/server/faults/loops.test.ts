/** Addresses that lead to themselves: every sender gets an answer, every person one copy, and nothing goes round. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openSmtp } from '../../../main/server/smtp/smtp.ts';
import { LineClient } from '../../kit/line-client.ts';
import { OFFICE_DOMAIN, openTestOffice, type TestOffice } from '../../kit/office.ts';

const at = (local: string) => `${local}@${OFFICE_DOMAIN}`;

interface Mail extends TestOffice {
  /** Replies to RCPT, one each, and to the end of data ('' where nobody was accepted). */
  send(to: string | readonly string[], ...header: string[]): Promise<{ rcpt: string[]; data: string }>;
  counts(...people: string[]): Promise<number[]>;
}

async function openMail(t: TestContext): Promise<Mail> {
  const office = await openTestOffice(t, { people: ['petrov', 'sirmov', 'ivanov'] });
  const smtp = await openSmtp(office.context, {
    host: '127.0.0.1',
    port: 0,
    implicitTls: false,
    kind: 'smtp',
  });
  t.after(() => smtp.close(0));
  return Object.assign(office, {
    async send(to: string | readonly string[], ...header: string[]) {
      const client = await LineClient.open(smtp.port);
      await client.line();
      await client.ask('HELO far.example');
      await client.ask('MAIL FROM:<a@far.example>');
      const rcpt: string[] = [];
      for (const each of [to].flat()) rcpt.push(await client.ask(`RCPT TO:<${each}>`));
      let data = '';
      if (rcpt.some((each) => each.startsWith('250'))) {
        assert.match(await client.ask('DATA'), /^354/);
        data = await client.ask([...header, 'Subject: round', '', 'x', '.'].join('\r\n'));
      }
      client.cut();
      return { rcpt, data };
    },
    async counts(...people: string[]) {
      const all = await office.admin.people();
      return Promise.all(
        people.map(async (each) => {
          const person = all.find(({ address }) => address === at(each))!;
          return (await office.mailstore.mailboxById(await office.inbox(person)))!.messages;
        }),
      );
    },
  });
}

test('an alias that leads to itself, directly or by others, cannot be saved', async (t) => {
  const office = await openMail(t);
  for (const aliases of [
    [{ address: at('self'), to: [at('self')] }],
    [
      { address: at('one'), to: [at('two')] },
      { address: at('two'), to: [at('three')] },
      { address: at('three'), to: [at('petrov'), at('one')] },
    ],
  ])
    await assert.rejects(office.admin.putAliases(aliases, 'add'), { kind: 'user', code: 'alias-loop' });
  assert.match((await office.send(at('one'))).rcpt[0]!, /^550 5\.1\.1/, 'nothing of it was kept');
});

test('S36 a letter that comes back from outside: our own Delivered-To, and a hundred Received', async (t) => {
  const office = await openMail(t);
  const back = await office.send([at('petrov')], `Delivered-To: ${at('petrov')}`);
  assert.match(back.data, /^554 5\.4\.6/);
  const received = (count: number) =>
    Array.from({ length: count }, (_, n) => `Received: by hop${n}.example; now`);
  assert.match((await office.send([at('petrov')], ...received(101))).data, /^554 5\.4\.6/);
  assert.deepEqual(await office.counts('petrov'), [0]);
  assert.match((await office.send([at('petrov')], ...received(100))).data, /^250 /);
  assert.match((await office.send([at('petrov')], 'Delivered-To: somebody@far.example')).data, /^250 /);
  assert.deepEqual(await office.counts('petrov'), [2]);
});

test('a list inside a list inside itself: each member has the letter once', async (t) => {
  const office = await openMail(t);
  const list = (address: string, ...members: string[]) => ({
    address: at(address),
    name: address,
    who: 'anyone' as const,
    members: members.map(at),
    owners: [],
  });
  await office.admin.putLists(
    [
      list('all', 'all', 'staff', 'petrov'),
      list('staff', 'all', 'chiefs', 'sirmov', 'petrov'),
      list('chiefs', 'staff', 'ivanov', 'both'),
    ],
    'add',
  );
  await office.admin.putAliases([{ address: at('both'), to: [at('all'), at('petrov')] }], 'add');
  for (const [n, address] of ['all', 'staff', 'chiefs', 'both'].entries()) {
    const { rcpt, data } = await office.send(at(address));
    assert.match(rcpt[0]!, /^250 /, address);
    assert.match(data, /^250 /, address);
    assert.deepEqual(await office.counts('petrov', 'sirmov', 'ivanov'), [n + 1, n + 1, n + 1], address);
  }
  const every = await office.send([at('all'), at('staff'), at('chiefs'), at('petrov')]);
  assert.match(every.data, /^250 /);
  assert.deepEqual(await office.counts('petrov', 'sirmov', 'ivanov'), [5, 5, 5], 'four names, one copy each');
});

test('a list of nobody but itself, and one that nests a thousand deep', async (t) => {
  const office = await openMail(t);
  const deep = 1000;
  await office.admin.putLists(
    [
      { address: at('empty'), name: '', who: 'anyone', members: [at('empty')], owners: [] },
      ...Array.from({ length: deep }, (_, n) => ({
        address: at(`deep${n}`),
        name: '',
        who: 'anyone' as const,
        members: [n + 1 < deep ? at(`deep${n + 1}`) : at('petrov')],
        owners: [],
      })),
    ],
    'add',
  );
  assert.match((await office.send(at('empty'))).rcpt[0]!, /^5/);
  const { rcpt, data } = await office.send(at('deep0'));
  // Whichever the office decides, it says so and lives.
  if (rcpt[0]!.startsWith('250')) {
    assert.match(data, /^250 /);
    assert.deepEqual(await office.counts('petrov'), [1]);
  } else assert.match(rcpt[0]!, /^5/);
  assert.match((await office.send(at('petrov'))).data, /^250 /);
});
