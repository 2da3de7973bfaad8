import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IMAP_CHANGES_KEPT } from '../../../main/base/limits.ts';
import { DELETED, FLAGGED, SEEN } from '../../../main/server/mailstore/mailstore.ts';
import { type ImapClient, type ImapOffice, openImapOffice } from '../../kit/office-imap.ts';
import { type Ends, letterText, put } from '../../kit/office-mailstore.ts';

/** Two sessions on an INBOX of `count` letters. */
async function pair(t: Ends, count: number): Promise<{ office: ImapOffice; a: ImapClient; b: ImapClient }> {
  const office = await openImapOffice(t);
  for (let n = 1; n <= count; n += 1) await put(office.mailstore, office.inboxId, letterText(n, `body ${n}`));
  return { office, a: await office.selected(), b: await office.selected() };
}

/** Waits until the session has something to say about new messages or removals. */
async function noopUntil(client: ImapClient, pattern: RegExp): Promise<string> {
  let all = '';
  for (let tries = 0; tries < 200; tries += 1) {
    all += await client.ok('NOOP');
    if (pattern.test(all)) return all;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never ${pattern}: ${all}`);
}

test('I20 I21 I25 a message expunged elsewhere keeps its number, flags, envelope and body until it is announced', async (t) => {
  const { a, b } = await pair(t, 3);
  await b.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  assert.equal(await b.ok('EXPUNGE'), '* 1 EXPUNGE\r\n');
  // By number no EXPUNGE may come, and number 1 is still what it was.
  for (let round = 0; round < 3; round += 1) {
    const body = await a.ok('FETCH 1 (UID FLAGS RFC822.SIZE ENVELOPE BODY.PEEK[TEXT])');
    assert.match(body, /\* 1 FETCH \(UID 1 /);
    assert.match(body, /body 1/);
    assert.doesNotMatch(body, /EXPUNGE/);
  }
  assert.match(await a.ok('FETCH 2 BODY.PEEK[TEXT]'), /body 2/);
  assert.doesNotMatch((await a.command('STORE 2 +FLAGS (\\Seen)')).untagged, /EXPUNGE/);
  assert.match((await a.command('COPY 1 Trash')).tagged, /^NO /);
  assert.match((await a.command('STORE 1 +FLAGS (\\Seen)')).tagged, /^(OK|NO) /);
  assert.match(await noopUntil(a, /EXPUNGE/), /\* 1 EXPUNGE\r\n/);
  assert.match(await a.ok('FETCH 1 BODY.PEEK[TEXT]'), /body 2/);
  assert.match((await a.command('FETCH 3 FLAGS')).tagged, /^BAD /);
});

test('I21 every command that may carry EXPUNGE does, also UID FETCH', async (t) => {
  const { a, b } = await pair(t, 8);
  const carriers = [
    'NOOP',
    'CHECK',
    'STATUS Sent (MESSAGES)',
    'COPY 1 Sent',
    'UID FETCH 8 FLAGS',
    'UID STORE 8 +FLAGS (\\Seen)',
  ];
  for (const command of carriers) {
    await b.ok('UID STORE 1:* -FLAGS.SILENT (\\Deleted)');
    const uid = /UID (\d+)/.exec(await b.ok('FETCH 2 UID'))![1];
    await b.ok(`UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`);
    assert.match(await b.ok('EXPUNGE'), /\* 2 EXPUNGE/);
    let said = '';
    for (let tries = 0; tries < 200 && !said.includes('EXPUNGE'); tries += 1) said += await a.ok(command);
    assert.match(said, /\* 2 EXPUNGE\r\n/, command);
  }
});

test('I22 new mail: EXISTS with the next command, also FETCH, before anything that names it', async (t) => {
  const { office, a } = await pair(t, 1);
  await put(office.mailstore, office.inboxId, letterText(2));
  let said = '';
  for (let tries = 0; tries < 200 && !said.includes('EXISTS'); tries += 1) said = await a.ok('FETCH 1 FLAGS');
  assert.match(said, /^\* 1 FETCH \([^\r\n]+\r\n\* 2 EXISTS\r\n\* \d+ RECENT\r\n$/);
  await office.mailstore.setFlags(office.inboxId, [[2, 2]], { mode: 'add', flags: SEEN, keywords: [] });
  assert.match(await noopUntil(a, /FETCH/), /^\* 2 FETCH \(UID 2 FLAGS \(\\Seen( \\Recent)?\)\)\r\n$/);
});

test('I22 I10 in IDLE everything is told at once: new mail, flags, removals', async (t) => {
  const { office, a } = await pair(t, 2);
  a.send('i IDLE\r\n');
  await a.until(/\+ idling\r\n/);
  await put(office.mailstore, office.inboxId, letterText(3));
  await a.until(/^\* 3 EXISTS\r\n\* \d RECENT\r\n/);
  await office.mailstore.setFlags(office.inboxId, [[1, 1]], { mode: 'add', flags: FLAGGED, keywords: [] });
  await a.until(/^\* 1 FETCH \(UID 1 FLAGS \(\\Flagged \\Recent\)\)\r\n/);
  await office.mailstore.setFlags(office.inboxId, [[2, 2]], { mode: 'add', flags: DELETED, keywords: [] });
  await a.until(/^\* 2 FETCH [^\r\n]*\r\n/);
  await office.mailstore.expunge(office.inboxId);
  await a.until(/^\* 2 EXPUNGE\r\n/);
  a.send('DONE\r\n');
  assert.equal(await a.until(/i OK [^\r\n]*\r\n/), 'i OK IDLE completed.\r\n');
});

test('I22 what has happened before IDLE is told when it begins', async (t) => {
  const { office, a } = await pair(t, 1);
  await put(office.mailstore, office.inboxId, letterText(2));
  a.send('i IDLE\r\n');
  await a.until(/\* 2 EXISTS\r\n/);
});

test('I23 expunge numbers count down', async (t) => {
  const { a, b } = await pair(t, 4);
  await a.ok('STORE 1,3 +FLAGS.SILENT (\\Deleted)');
  assert.equal(await a.ok('EXPUNGE'), '* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n');
  assert.match(await noopUntil(b, /EXPUNGE[\s\S]*EXPUNGE/), /\* 1 EXPUNGE\r\n\* 2 EXPUNGE\r\n/);
});

test('I24 flags changed by others arrive as FETCH, with MODSEQ for who knows it; own .SILENT ones do not', async (t) => {
  const { a, b } = await pair(t, 2);
  await b.ok('ENABLE CONDSTORE');
  await a.ok('STORE 1 +FLAGS (\\Flagged $Work)');
  assert.match(
    await noopUntil(b, /FETCH/),
    /^\* 1 FETCH \(UID 1 FLAGS \(\\Flagged \$Work\) MODSEQ \(\d+\)\)\r\n$/,
  );
  // RFC 7162 section 3.1.3: the new MODSEQ is told, the flags are not.
  assert.match(await b.ok('STORE 2 +FLAGS.SILENT (\\Seen)'), /^\* 2 FETCH \((UID 2 )?MODSEQ \(\d+\)\)\r\n$/);
  assert.match(await noopUntil(a, /FETCH/), /^\* 2 FETCH \(UID 2 FLAGS \(\\Seen( \\Recent)?\)\)\r\n$/);
  assert.equal(await a.ok('STORE 2 +FLAGS.SILENT (\\Answered)'), '');
  assert.equal(await a.ok('NOOP'), '');
});

test('I26 two sessions add different flags at once; both survive', async (t) => {
  const { office, a, b } = await pair(t, 20);
  await Promise.all([
    a.ok('STORE 1:20 +FLAGS.SILENT (\\Flagged)'),
    b.ok('STORE 1:20 +FLAGS.SILENT (\\Answered)'),
  ]);
  for await (const batch of office.mailstore.rows(office.inboxId, [[1, 20]], { flags: true }))
    for (const flags of batch.flags!) assert.equal(flags, 2 | 4);
});

test('I27 the selected mailbox is deleted: NO for what needs it, the session lives; a renamed one stays', async (t) => {
  const office = await openImapOffice(t);
  const a = await office.client();
  const b = await office.client();
  await a.ok('CREATE one');
  await a.append('one', letterText(1));
  await a.ok('SELECT one');
  await b.ok('RENAME one two');
  assert.match(await a.ok('FETCH 1 BODY.PEEK[HEADER.FIELDS (Subject)]'), /letter 1/);
  await b.ok('DELETE two');
  for (let tries = 0; tries < 200; tries += 1) {
    const { tagged } = await a.command('NOOP');
    assert.match(tagged, /^OK /);
    if (/^NO \[NONEXISTENT\] /.test((await a.command('FETCH 1 FLAGS')).tagged)) break;
  }
  assert.match((await a.command('FETCH 1 BODY[]')).tagged, /^NO \[NONEXISTENT\] /);
  await a.ok('CLOSE');
  await a.ok('SELECT INBOX');
});

test('I28 exactly one session sees a message as recent', async (t) => {
  const { office, a, b } = await pair(t, 0);
  await put(office.mailstore, office.inboxId, letterText(1));
  const first = await noopUntil(a, /EXISTS/);
  const second = await noopUntil(b, /EXISTS/);
  assert.match(first, /\* 1 RECENT/);
  assert.match(second, /\* 0 RECENT/);
  assert.match(await a.ok('FETCH 1 FLAGS'), /\\Recent/);
  assert.doesNotMatch(await b.ok('FETCH 1 FLAGS'), /\\Recent/);
});

test('I73 a session that never asks is not drowned, and is right when it asks', async (t) => {
  const { office, a } = await pair(t, 3);
  for (let n = 0; n < IMAP_CHANGES_KEPT / 2 + 10; n += 1)
    await office.mailstore.setFlags(office.inboxId, [[1, 2]], {
      mode: n % 2 ? 'add' : 'remove',
      flags: SEEN,
      keywords: [],
    });
  await office.mailstore.setFlags(office.inboxId, [[3, 3]], { mode: 'add', flags: DELETED, keywords: [] });
  await office.mailstore.expunge(office.inboxId);
  await put(office.mailstore, office.inboxId, letterText(4));
  const said = await noopUntil(a, /EXISTS/);
  assert.match(said, /\* 3 EXPUNGE\r\n\* 3 EXISTS\r\n/);
  assert.match(said, /\* 1 FETCH \(UID 1 FLAGS \(\\Seen \\Recent\)\)/);
});

test('I20 two hundred random steps of two sessions: each one’s numbers follow from what it was told', async (t) => {
  const { office, a, b } = await pair(t, 10);
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
  /** What a client believes: UIDs by number, null for those it was not told yet. */
  const beliefs = new Map<ImapClient, (number | null)[]>();
  for (const each of [a, b])
    beliefs.set(
      each,
      Array.from({ length: 10 }, (_, n) => n + 1),
    );
  const follow = (client: ImapClient, said: string) => {
    const list = beliefs.get(client)!;
    for (const line of said.split('\r\n')) {
      const expunge = /^\* (\d+) EXPUNGE/.exec(line);
      const exists = /^\* (\d+) EXISTS/.exec(line);
      const fetch = /^\* (\d+) FETCH \(.*?UID (\d+)/.exec(line);
      if (expunge) assert.equal(list.splice(Number(expunge[1]) - 1, 1).length, 1, line);
      if (exists) {
        assert.ok(Number(exists[1]) >= list.length, 'EXISTS never shrinks');
        while (list.length < Number(exists[1])) list.push(null);
      }
      if (fetch) {
        const at = Number(fetch[1]) - 1;
        assert.ok(at < list.length, `${line} names a number that was not announced`);
        assert.ok(list[at] === null || list[at] === Number(fetch[2]), `${line}, believed ${list[at]}`);
        list[at] = Number(fetch[2]);
      }
    }
  };
  for (let step = 0; step < 200; step += 1) {
    const client = random(2) ? a : b;
    const count = beliefs.get(client)!.length;
    const n = 1 + random(Math.max(1, count));
    const choices = [
      'NOOP',
      ...(count > 0
        ? [
            `FETCH ${n} (UID FLAGS)`,
            `STORE ${n} +FLAGS.SILENT (\\Deleted)`,
            `STORE ${n} FLAGS (\\Seen)`,
            'FETCH 1:* UID',
          ]
        : []),
      'EXPUNGE',
      'UID FETCH 1:* (FLAGS)',
    ];
    if (random(4) === 0) await put(office.mailstore, office.inboxId, letterText(`s${step}`));
    const answer = await client.command(choices[random(choices.length)]!);
    assert.match(answer.tagged, /^(OK|NO) /, answer.tagged);
    follow(client, answer.untagged);
  }
  for (const client of [a, b]) follow(client, await noopUntil(client, /[\s\S]*/));
  const { mailbox, uids } = await office.mailstore.open(office.inboxId, false);
  assert.ok(mailbox.messages > 0 && uids.length > 0);
});
