/** Broken and half-broken commands in every state: one answer each, nothing thrown, bounded memory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../../main/base/log.ts';
import { type MemorySession, memorySession } from '../../kit/imap-peer.ts';
import { OFFICE_DOMAIN, openTestOffice, passwordOf, type TestOffice } from '../../kit/office.ts';
import { letterText, put } from '../../kit/office-mailstore.ts';

const SEEDS = [
  'NOOP',
  'CAPABILITY',
  'ID ("name" "x")',
  'ID NIL',
  'LOGIN a b',
  'AUTHENTICATE PLAIN AGEAYg==',
  'ENABLE CONDSTORE QRESYNC',
  'NAMESPACE',
  'SELECT INBOX',
  'EXAMINE "INBOX" (CONDSTORE)',
  'SELECT INBOX (QRESYNC (1 1 1:9 (1:3 1:3)))',
  'UNSELECT',
  'CREATE x/y (USE (\\Sent))',
  'CREATE &BBI-',
  'DELETE x/y',
  'RENAME x/y z',
  'SUBSCRIBE z',
  'UNSUBSCRIBE z',
  'LIST (SUBSCRIBED RECURSIVEMATCH) "" ("%" "*") RETURN (STATUS (MESSAGES))',
  'LIST "" "*%*%"',
  'LSUB "" *',
  'XLIST "" %',
  'STATUS INBOX (MESSAGES SIZE DELETED-STORAGE)',
  'FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (Subject)]<0.10>)',
  'UID FETCH 1,2:* (ENVELOPE BODYSTRUCTURE) (CHANGEDSINCE 0)',
  'STORE 1 (UNCHANGEDSINCE 5) +FLAGS.SILENT (\\Seen $x)',
  'UID STORE 1:2 FLAGS (\\Deleted)',
  'COPY 1 Trash',
  'EXPUNGE',
  'UID EXPUNGE 1:*',
  'CHECK',
  'CLOSE',
  'GETQUOTAROOT INBOX',
  'GETQUOTA ""',
  'NOTIFY SET STATUS (selected (MessageNew (UID) MessageExpunge)) (personal NONE)',
  'NOTIFY NONE',
  'APPEND INBOX (\\Seen) " 7-Feb-1994 21:52:25 -0800" {5+}\r\nab\r\nc',
  'STATUS {5+}\r\nINBOX (MESSAGES)',
  'SEARCH ALL',
  'UID SEARCH CHARSET UTF-8 OR TEXT {2+}\r\nab NOT SEEN',
];

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
}

/** A seed with some octets changed, doubled, taken out, or mixed with another. */
function mutant(random: (below: number) => number): string {
  let text = SEEDS[random(SEEDS.length)]!;
  const spice = [
    '(',
    ')',
    '"',
    '{3+}\r\nabc',
    '{9999999999}',
    '*',
    '%',
    '\\',
    '&',
    '&-',
    ' ',
    '0',
    '4294967296',
    '\x80',
    '[',
    ']',
    '<',
    ',',
    ':',
    '~',
    '$',
    '+',
  ];
  for (let changes = random(4); changes > 0; changes -= 1) {
    const at = random(text.length + 1);
    const kind = random(4);
    if (kind === 0) text = text.slice(0, at) + text.slice(at + 1 + random(5));
    else if (kind === 1) text = text.slice(0, at) + spice[random(spice.length)] + text.slice(at);
    else if (kind === 2) text = text.slice(0, at) + text.slice(Math.max(0, at - random(20)));
    else text = text.slice(0, at) + SEEDS[random(SEEDS.length)]!.slice(random(10));
  }
  // Line ends stay where literals are: the wire's own fuzz has bare ones.
  return text.replace(/\r(?!\n)|(?<!\r)\n/g, '').replace(/\0/g, '');
}

async function fresh(office: TestOffice, state: number): Promise<MemorySession> {
  const made = await memorySession(office.context);
  if (state > 0) made.say(`l LOGIN petrov@${OFFICE_DOMAIN} ${passwordOf('petrov')}\r\n`);
  if (state > 0) await made.peer.until(/l OK [^\r\n]*\r\n/);
  if (state > 1) made.say('s SELECT INBOX\r\n');
  if (state > 1) await made.peer.until(/s OK [^\r\n]*\r\n/);
  return made;
}

test('fuzz: 750 commands in three states are answered exactly once, none is an internal failure', async (t) => {
  const failures: string[] = [];
  const log = createLog((line) => failures.push(line), 'error');
  const office = await openTestOffice(t, { people: ['petrov'], log });
  const person = (await office.context.directory.people())[0]!;
  const inbox = await office.inbox(person);
  for (let n = 0; n < 5; n += 1) await put(office.mailstore, inbox, letterText(n));
  const before = process.memoryUsage().heapUsed;
  for (const state of [0, 1, 2]) {
    const random = numbers(state + 11);
    let session = await fresh(office, state);
    for (let n = 0; n < 250; n += 1) {
      const command = mutant(random);
      session.say(`f${n} ${command}\r\nDONE\r\nz${n} NOOP\r\n`);
      // A continuation or an IDLE may swallow the NOOP; whatever happens, it is answered or the session says BYE.
      const done = new RegExp(`(^|\\r\\n)(z${n} (OK|BAD)[^\\r\\n]*|\\* BYE[^\\r\\n]*)\\r\\n`);
      let said = '';
      for (let tries = 0; tries < 4 && !done.test(said); tries += 1) {
        said += await session.peer.until(/(^|\r\n)(\+ |z\d+ (OK|BAD)|\* BYE)[^\r\n]*\r\n/);
        if (/(^|\r\n)\+ [^\r\n]*\r\n$/.test(said)) session.say(`*\r\nz${n} NOOP\r\n`);
      }
      assert.match(said, done, `state ${state}: ${JSON.stringify(command)}`);
      if (session.peer.closed || !/^z/.test(said.trimEnd().split('\r\n').at(-1)!)) {
        session.peer.destroy();
        session = await fresh(office, state);
      } else {
        // What a continuation left over is answered before the next command is judged.
        session.say(`y${n} NOOP\r\n`);
        await session.peer.until(new RegExp(`y${n} OK [^\\r\\n]*\\r\\n`));
      }
      // Commands may leave the state; the next one begins where this round is at home.
      if (session.session.state.kind !== ['not-authenticated', 'authenticated', 'selected'][state]) {
        session.peer.destroy();
        session = await fresh(office, state);
      }
      const answers = said.match(new RegExp(`(^|\\r\\n)f${n} (OK|NO|BAD) `, 'g'));
      assert.ok((answers?.length ?? 0) <= 1, `${command}: ${said}`);
    }
    session.peer.destroy();
  }
  assert.deepEqual(failures, []);
  const growth = process.memoryUsage().heapUsed - before;
  assert.ok(growth < 150 * 1024 * 1024, `${growth}`);
});
