import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELETED, SEEN } from '../../../main/server/mailstore/mailstore.ts';
import { type ImapClient, type ImapOffice, openImapOffice } from '../../kit/office-imap.ts';
import { type Ends, letterText, put } from '../../kit/office-mailstore.ts';

async function mailbox(t: Ends, count: number): Promise<{ office: ImapOffice; client: ImapClient }> {
  const office = await openImapOffice(t);
  for (let n = 1; n <= count; n += 1) await put(office.mailstore, office.inboxId, letterText(n));
  return { office, client: await office.client() };
}

interface Known {
  readonly validity: number;
  readonly modseq: number;
}

async function known(client: ImapClient): Promise<Known> {
  const said = await client.ok('STATUS INBOX (UIDVALIDITY HIGHESTMODSEQ)');
  const [, validity, modseq] = /UIDVALIDITY (\d+) HIGHESTMODSEQ (\d+)/.exec(said)!;
  return { validity: Number(validity), modseq: Number(modseq) };
}

async function expunge(office: ImapOffice, uids: [number, number][]): Promise<void> {
  await office.mailstore.setFlags(office.inboxId, uids, { mode: 'add', flags: DELETED, keywords: [] });
  await office.mailstore.expunge(office.inboxId);
}

const resync = (said: string) => said.split('\r\n').filter((line) => /VANISHED|FETCH/.test(line));

test('I60 MODSEQ grows with every change, not with a change that changes nothing', async (t) => {
  const { office, client } = await mailbox(t, 2);
  const first = (await known(client)).modseq;
  await client.ok('SELECT INBOX');
  await client.ok('STORE 1 +FLAGS.SILENT (\\Seen)');
  const second = (await known(client)).modseq;
  assert.ok(second > first);
  await client.ok('STORE 1 +FLAGS.SILENT (\\Seen)');
  assert.equal((await known(client)).modseq, second);
  await put(office.mailstore, office.inboxId, letterText(3));
  const third = (await known(client)).modseq;
  assert.ok(third > second);
  await expunge(office, [[3, 3]]);
  assert.ok((await known(client)).modseq > third);
});

test('I61 each command that enables CONDSTORE turns MODSEQ on; HIGHESTMODSEQ is in SELECT always', async (t) => {
  const { office } = await mailbox(t, 2);
  const enabling = [
    'SELECT INBOX (CONDSTORE)',
    'EXAMINE INBOX (CONDSTORE)',
    'STATUS INBOX (HIGHESTMODSEQ)',
    'ENABLE CONDSTORE',
    'ENABLE QRESYNC',
    'FETCH 1 (MODSEQ)',
    'FETCH 1 (FLAGS) (CHANGEDSINCE 0)',
    'STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)',
  ];
  let flag = 0;
  for (const command of enabling) {
    const client = await office.selected();
    assert.match(await client.ok('FETCH 2 FLAGS'), /^\* 2 FETCH \((UID 2 )?FLAGS \([^)]*\)\)\r\n$/);
    assert.match((await client.command(command)).tagged, /^(OK|NO) /, command);
    flag += 1;
    await office.mailstore.setFlags(office.inboxId, [[2, 2]], {
      mode: 'replace',
      flags: 1 + (flag % 2),
      keywords: [],
    });
    let said = '';
    for (let tries = 0; tries < 200 && said === ''; tries += 1) said = await client.ok('NOOP');
    assert.match(said, /^\* 2 FETCH \(UID 2 FLAGS \([^)]*\) MODSEQ \(\d+\)\)\r\n$/, command);
    client.close();
  }
});

test('I62 QRESYNC without ENABLE is BAD; a wrong UIDVALIDITY is a plain select', async (t) => {
  const { office, client } = await mailbox(t, 3);
  const { validity, modseq } = await known(client);
  assert.match((await client.command(`SELECT INBOX (QRESYNC (${validity} ${modseq}))`)).tagged, /^BAD /);
  await client.ok('ENABLE QRESYNC');
  await expunge(office, [[2, 2]]);
  assert.deepEqual(resync(await client.ok(`SELECT INBOX (QRESYNC (${validity + 1} ${modseq}))`)), []);
  for (const broken of [
    '(QRESYNC)',
    '(QRESYNC ())',
    '(QRESYNC (1))',
    '(QRESYNC (0 1))',
    '(QRESYNC (1 1 *))',
    '(QRESYNC (1 1 1:3 (1:2)))',
  ])
    assert.match((await client.command(`SELECT INBOX ${broken}`)).tagged, /^BAD /, broken);
});

test('I62 VANISHED (EARLIER) first, then FETCH with UID, FLAGS and MODSEQ', async (t) => {
  const { office, client } = await mailbox(t, 10);
  const { validity, modseq } = await known(client);
  await client.ok('ENABLE QRESYNC');
  await expunge(office, [
    [2, 4],
    [9, 9],
  ]);
  await office.mailstore.setFlags(office.inboxId, [[6, 6]], {
    mode: 'add',
    flags: SEEN,
    keywords: ['$Work'],
  });
  await put(office.mailstore, office.inboxId, letterText(11));
  const said = resync(await client.ok(`SELECT INBOX (QRESYNC (${validity} ${modseq}))`));
  assert.equal(said[0], '* VANISHED (EARLIER) 2:4,9');
  assert.match(said[1]!, /^\* 3 FETCH \(UID 6 FLAGS \(\\Seen \$Work \\Recent\) MODSEQ \(\d+\)\)$/);
  assert.match(said[2]!, /^\* 7 FETCH \(UID 11 FLAGS \(\\Recent\) MODSEQ \(\d+\)\)$/);
  assert.equal(said.length, 3);
});

test('I62 known UIDs and the list of matching numbers narrow what is reported', async (t) => {
  const { office, client } = await mailbox(t, 10);
  const { validity, modseq } = await known(client);
  await client.ok('ENABLE QRESYNC');
  await expunge(office, [
    [2, 2],
    [5, 5],
    [8, 8],
  ]);
  const select = async (parameters: string) =>
    resync(await client.ok(`SELECT INBOX (QRESYNC (${validity} ${modseq}${parameters}))`))[0];
  assert.equal(await select(''), '* VANISHED (EARLIER) 2,5,8');
  assert.equal(await select(' 1:5'), '* VANISHED (EARLIER) 2,5');
  assert.equal(await select(' 1:10 (1:2 1,3)'), '* VANISHED (EARLIER) 5,8');
  // Only what matches from the beginning counts: number 3 is UID 4 now.
  assert.equal(await select(' (1:4 1,3,4,5)'), '* VANISHED (EARLIER) 5,8');
  assert.equal(await select(' (1,9 2,9)'), '* VANISHED (EARLIER) 2,5,8');
});

test('I63 after ENABLE QRESYNC only VANISHED; HIGHESTMODSEQ in EXPUNGE, never in CLOSE', async (t) => {
  const { office, client } = await mailbox(t, 5);
  await client.ok('ENABLE QRESYNC');
  await client.ok('SELECT INBOX');
  await expunge(office, [[2, 3]]);
  let said = '';
  for (let tries = 0; tries < 200 && !said.includes('VANISHED'); tries += 1) said += await client.ok('NOOP');
  assert.match(said, /\* VANISHED 2:3\r\n/);
  assert.doesNotMatch(said, /EXPUNGE|EARLIER/);
  await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  const answer = await client.command('EXPUNGE');
  assert.match(answer.untagged, /^\* VANISHED 1\r\n$/);
  assert.match(answer.tagged, /^OK \[HIGHESTMODSEQ \d+\] /);
  await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  const closed = await client.command('CLOSE');
  assert.equal(closed.untagged, '');
  assert.doesNotMatch(closed.tagged, /HIGHESTMODSEQ/);
  assert.match(await client.ok('STATUS INBOX (MESSAGES)'), /MESSAGES 1\)/);
});

test('I62 C3 a client that was away for a while ends with the same mailbox, step by step at random', async (t) => {
  const { office, client } = await mailbox(t, 30);
  await client.ok('ENABLE QRESYNC');
  let state = 3;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
  const learn = (flags: Map<number, string>, said: string) => {
    for (const line of said.split('\r\n')) {
      const gone = /VANISHED \(EARLIER\) (\S+)/.exec(line)?.[1];
      for (const range of gone?.split(',') ?? []) {
        const [first, last] = range.split(':').map(Number);
        for (let uid = first!; uid <= (last ?? first!); uid += 1) flags.delete(uid);
      }
      if (!line.includes(' FETCH (')) continue;
      const uid = Number(/UID (\d+)/.exec(line)![1]);
      flags.set(uid, /FLAGS \(([^)]*)\)/.exec(line)![1]!.replace(/ ?\\Recent/, ''));
    }
  };
  const flags = new Map<number, string>();
  let at = await known(client);
  learn(flags, await client.ok('SELECT INBOX'));
  learn(flags, await client.ok('UID FETCH 1:* (FLAGS)'));
  await client.ok('UNSELECT');
  for (let round = 0; round < 15; round += 1) {
    for (let change = random(6); change > 0; change -= 1) {
      const uid = 1 + random(40);
      const kind = random(3);
      if (kind === 0) await expunge(office, [[uid, uid + 1]]);
      else if (kind === 1) await put(office.mailstore, office.inboxId, letterText(`r${round}-${change}`));
      else
        await office.mailstore.setFlags(office.inboxId, [[uid, uid + 5]], {
          mode: 'replace',
          flags: random(7),
          keywords: [],
        });
    }
    learn(flags, await client.ok(`SELECT INBOX (QRESYNC (${at.validity} ${at.modseq}))`));
    at = await known(client);
    const truth = new Map<number, string>();
    learn(truth, await client.ok('UID FETCH 1:* (FLAGS)'));
    assert.deepEqual(new Map([...flags].sort(([a], [b]) => a - b)), truth, `round ${round}`);
    await client.ok('UNSELECT');
  }
});
