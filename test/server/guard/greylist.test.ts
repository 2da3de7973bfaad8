import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { ManualClock, systemClock } from '../../../main/base/clock.ts';
import {
  GREYLIST_KNOWN_MS,
  GREYLIST_RETRY_MS,
  GREYLIST_WAIT_MS,
  tripleOf,
} from '../../../main/server/guard/greylist.ts';
import { DEFAULT_GUARD_POLICY } from '../../../main/server/guard/policy.ts';
import { databaseFile } from '../../../main/store/layout.ts';
import { openTestOffice } from '../../kit/office.ts';
import { dotted, openSmtpOffice, PETROV, type SmtpOffice } from '../../kit/office-smtp.ts';

const STRANGER = '198.51.100.7';
const ask = ['a@far.example', 'petrov@office.lan'] as const;

async function open(t: TestContext, dir?: string) {
  const clock = new ManualClock();
  const office = await openTestOffice(t, { clock, guard: { greylist: true }, ...(dir ? { dir } : {}) });
  return { clock, office, guard: office.context.guard };
}

test('S55 greylisting is off until an administrator wants it', async (t) => {
  assert.equal(DEFAULT_GUARD_POLICY.greylist, false);
  const { context } = await openTestOffice(t);
  assert.deepEqual(await context.guard.greylist(STRANGER, ...ask), { ok: true });
});

test('S55 the first time waits five minutes, then the sender is known for 36 days from its last letter', async (t) => {
  const { clock, guard } = await open(t);
  assert.deepEqual(await guard.greylist(STRANGER, ...ask), { ok: false, retrySeconds: 300 });
  clock.advance(GREYLIST_WAIT_MS - 1000);
  assert.deepEqual(await guard.greylist(STRANGER, ...ask), { ok: false, retrySeconds: 1 });
  clock.advance(1000);
  assert.deepEqual(await guard.greylist(STRANGER, ...ask), { ok: true });
  assert.deepEqual(
    await guard.greylist(STRANGER, 'A@FAR.example', 'Petrov@office.lan'),
    { ok: true },
    'any case',
  );
  for (let month = 0; month < 3; month += 1) {
    clock.advance(GREYLIST_KNOWN_MS - 2 * 24 * 3_600_000);
    assert.deepEqual(await guard.greylist(STRANGER, ...ask), { ok: true });
  }
  clock.advance(GREYLIST_KNOWN_MS);
  assert.equal((await guard.greylist(STRANGER, ...ask)).ok, false);
});

test('S55 who comes again too late begins anew; so does everybody after the clock was set back', async (t) => {
  const { clock, guard } = await open(t);
  await guard.greylist(STRANGER, ...ask);
  clock.advance(GREYLIST_RETRY_MS);
  assert.deepEqual(await guard.greylist(STRANGER, ...ask), { ok: false, retrySeconds: 300 });
  clock.step(-GREYLIST_RETRY_MS);
  assert.deepEqual(await guard.greylist(STRANGER, ...ask), { ok: false, retrySeconds: 300 });
  clock.advance(GREYLIST_WAIT_MS);
  assert.equal((await guard.greylist(STRANGER, ...ask)).ok, true);
});

test('S55 another machine of the same network is the same sender; another sender or recipient is not', async (t) => {
  const { clock, guard } = await open(t);
  await guard.greylist(STRANGER, ...ask);
  clock.advance(GREYLIST_WAIT_MS);
  assert.equal((await guard.greylist('198.51.100.99', ...ask)).ok, true);
  assert.equal((await guard.greylist('198.51.101.7', ...ask)).ok, false);
  assert.equal((await guard.greylist(STRANGER, 'b@far.example', ask[1])).ok, false);
  assert.equal((await guard.greylist(STRANGER, ask[0], 'other@office.lan')).ok, false);
  assert.deepEqual(tripleOf('2001:db8:1:2::1', ...ask), tripleOf('2001:db8:1:2:ffff::9', ...ask));
});

test('S55 what was learnt outlives a restart, and what nobody came back for is forgotten', async (t) => {
  const { clock, office, guard } = await open(t);
  await guard.greylist(STRANGER, ...ask);
  clock.advance(GREYLIST_WAIT_MS);
  await guard.greylist(STRANGER, ...ask);
  for (let n = 0; n < 50; n += 1) await guard.greylist(STRANGER, `junk${n}@far.example`, ask[1]);
  clock.advance(GREYLIST_RETRY_MS);
  for (let n = 0; n < 4; n += 1) await guard.greylist(STRANGER, `more${n}@far.example`, ask[1]);
  await office.close();
  const db = new DatabaseSync(databaseFile(office.dir), { readOnly: true });
  const rows = db.prepare('SELECT count(*) AS n FROM greylist').get();
  db.close();
  // The known sender and the four newest; fifty that never came again are gone.
  assert.deepEqual({ ...rows }, { n: 5 });
  const again = await open(t, office.dir);
  again.clock.advance(GREYLIST_WAIT_MS + GREYLIST_RETRY_MS);
  assert.equal((await again.guard.greylist(STRANGER, ...ask)).ok, true);
  const check = await again.office.store.check();
  assert.equal(check.ok, true);
});

/** A clock of the wall that can be moved; everything else is the system's. */
function movable() {
  let ahead = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const advance = (ms: number) => {
    ahead += ms;
  };
  return { clock, advance };
}

async function rcpt(
  office: SmtpOffice,
  from: string,
  peer: 'stranger' | 'trusted' | 'oldDevice' = 'stranger',
) {
  const talk = await office.talk(peer);
  await talk.hello();
  await talk.ask(`MAIL FROM:<${from}>`);
  return { talk, answer: await talk.ask(`RCPT TO:<${PETROV}>`) };
}

test('S55 strangers are asked to come again at RCPT; trusted networks and old devices never are', async (t) => {
  const { clock, advance } = movable();
  const office = await openSmtpOffice(t, { clock, guard: { greylist: true } });
  const first = await rcpt(office, 'a@far.example');
  assert.match(first.answer, /^451 4\.7\.1 .*300 s/);
  assert.match(
    await first.talk.ask('RCPT TO:<nobody@nowhere.example>'),
    /^550 5\.7\.1/,
    'refusals stay refusals',
  );
  for (const peer of ['trusted', 'oldDevice'] as const)
    assert.match((await rcpt(office, 'a@far.example', peer)).answer, /^250/, peer);
  advance(GREYLIST_WAIT_MS);
  const { talk, answer } = await rcpt(office, 'a@far.example');
  assert.match(answer, /^250/);
  assert.match(await talk.ask('DATA'), /^354/);
  talk.write(dotted('Subject: Hello', '', 'Hello'));
  assert.match(await talk.reply(), /^250/);
});

test('S55 for the null path RCPT is answered and the data put off, by DATA and by BDAT', async (t) => {
  const { clock, advance } = movable();
  const office = await openSmtpOffice(t, { clock, guard: { greylist: true } });
  const first = await rcpt(office, '');
  assert.match(first.answer, /^250/);
  assert.match(await first.talk.ask('DATA'), /^451 4\.7\.1/);
  assert.match(await first.talk.ask('MAIL FROM:<>'), /^250/, 'the session goes on');
  assert.match(await first.talk.ask(`RCPT TO:<${PETROV}>`), /^250/);
  first.talk.write('BDAT 5 LAST\r\nHello');
  assert.match(await first.talk.reply(), /^451 4\.7\.1/);
  assert.match(await first.talk.ask('NOOP'), /^250/);
  advance(GREYLIST_WAIT_MS);
  const { talk, answer } = await rcpt(office, '');
  assert.match(answer, /^250/);
  assert.match(await talk.ask('DATA'), /^354/);
  talk.destroy();
});
