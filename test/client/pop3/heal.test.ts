/** Servers that name their letters anew, do not name them, lose their list, or refuse a letter: nothing lost, nothing twice. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { startScriptedServer } from '../../kit/scripted-server.ts';
import { addAccount, collect, letter, octetsOf, openProfile, rows, until } from './harness.ts';

interface Maildrop {
  port: number;
  /** Letters by their unique-ids, in order. */
  letters: Map<string, string>;
  lines: string[];
  uidl: boolean;
  /** What UIDL says instead of every letter's own name. */
  shared: string | null;
  top: boolean;
  /** Unique-ids of letters it does not give. */
  refused: Set<string>;
  capabilities: string[];
  /** Answers to sign-in by turns; then +OK. */
  passes: string[];
  /** It forgets to remove what was deleted. */
  forgetful: boolean;
}

const stuffed = (text: string) => `${text.replace(/^\./gm, '..')}.`;

/** A maildrop as simple as can be, with faults to order. */
async function maildrop(t: TestContext): Promise<Maildrop> {
  const drop: Maildrop = {
    port: 0,
    letters: new Map(),
    lines: [],
    uidl: true,
    shared: null,
    top: true,
    refused: new Set(),
    capabilities: [],
    passes: [],
    forgetful: false,
  };
  const server = await startScriptedServer(() => {
    let names: string[] = [];
    const deleted = new Set<string>();
    const listing = (value: (name: string) => string) =>
      ['+OK', ...names.map((name, n) => `${n + 1} ${value(name)}`), '.'].join('\r\n');
    return {
      greeting: '+OK',
      answer(line) {
        const [command = '', first = ''] = line.split(' ');
        const name = names[Number(first) - 1] ?? '';
        const text = drop.letters.get(name) ?? '';
        switch (command) {
          case 'CAPA':
            return drop.capabilities.length > 0 ? ['+OK', ...drop.capabilities, '.'].join('\r\n') : '-ERR';
          case 'USER':
            return '+OK';
          case 'PASS': {
            names = [...drop.letters.keys()];
            return drop.passes.shift() ?? '+OK';
          }
          case 'STAT':
            return `+OK ${names.length} 0`;
          case 'LIST':
            return listing((each) => String(drop.letters.get(each)?.length));
          case 'UIDL':
            return drop.uidl ? listing((each) => drop.shared ?? each) : '-ERR';
          case 'TOP':
            return drop.top ? `+OK\r\n${stuffed(text.slice(0, text.indexOf('\r\n\r\n') + 4))}` : '-ERR';
          case 'RETR':
            return drop.refused.has(name) ? '-ERR [SYS/TEMP] not this one' : `+OK\r\n${stuffed(text)}`;
          case 'DELE':
            deleted.add(name);
            return '+OK';
          case 'QUIT':
            if (!drop.forgetful) for (const each of deleted) drop.letters.delete(each);
            return '+OK';
          default:
            return '-ERR';
        }
      },
    };
  });
  t.after(() => server.close());
  Object.assign(drop, { port: server.port, lines: server.lines });
  return drop;
}

const USER = { user: 'anna', password: 'secret-anna' };
const count = (drop: Maildrop, command: string) =>
  drop.lines.filter((line) => line.startsWith(command)).length;

describe('unique-ids that are worth nothing', () => {
  it('Dovecot changes its scheme: matched by headers, no letter is fetched again', {
    skip: dovecotMissing(),
  }, async (t) => {
    const server = await startDovecot({ pop3: true, config: 'pop3_uidl_format = %08Xu%08Xv' });
    t.after(() => server.close());
    const sent = Array.from({ length: 30 }, (_, n) => letter(`letter ${n}`, { body: 'x'.repeat(2000) }));
    for (const each of sent) await server.save('anna', 'INBOX', each);
    const profile = await openProfile();
    t.after(() => profile.close());
    const account = await addAccount(
      profile,
      { ...USER, port: server.maildropPort },
      { leave: 'until-deleted' },
    );
    assert.equal((await collect(profile, account)).newMessages, 30);
    const [first] = await rows(profile, account);
    await profile.store.write('messages.act', {
      ids: [first!.id],
      action: { do: 'erase' },
      token: null,
      n: 0,
    });

    const file = join(server.dir, 'dovecot.conf');
    await writeFile(file, (await readFile(file, 'utf8')).replace('%08Xu%08Xv', '%f'));
    await server.restart();
    await server.save('anna', 'INBOX', letter('fresh'));
    const report = await collect(profile, account);
    assert.deepEqual(
      [report.newMessages, report.pop3.fetched, report.pop3.removed],
      [1, 1, 1],
      'what was erased goes by its new name',
    );
    assert.equal((await rows(profile, account)).length, 30);
    assert.deepEqual((await collect(profile, account)).newMessages, 0);
  });

  for (const top of [true, false]) {
    it(`a server without UIDL${top ? '' : ' and without TOP'}: each letter once`, async (t) => {
      const drop = await maildrop(t);
      drop.uidl = false;
      drop.top = top;
      const sent = ['a', 'b', 'c'].map((name) => letter(name));
      const nameless = 'Subject: no id, no date\r\n\r\nx\r\n';
      for (const [n, each] of [...sent, nameless].entries()) drop.letters.set(String(n), each);
      const profile = await openProfile();
      t.after(() => profile.close());
      const account = await addAccount(profile, { ...USER, port: drop.port });
      assert.equal((await collect(profile, account)).newMessages, 4);
      const fetched = count(drop, 'RETR');
      drop.letters = new Map([['z', letter('d')], ...[...drop.letters].reverse()]);
      assert.equal((await collect(profile, account)).newMessages, 1);
      assert.equal(count(drop, 'RETR') - fetched, top ? 1 : 5);
      assert.equal((await rows(profile, account)).length, 5);
      assert.equal((await collect(profile, account)).newMessages, 0);
    });
  }

  for (const top of [true, false]) {
    it(`one unique-id for different letters${top ? '' : ', without TOP'}: none is removed unread, none comes twice`, async (t) => {
      const drop = await maildrop(t);
      drop.shared = 'same';
      drop.top = top;
      const twice = letter('twice');
      const sent: [string, string][] = [
        ['a', letter('one', { body: 'x'.repeat(300) })],
        ['b', twice],
        ['c', twice],
      ];
      for (const [name, text] of sent) drop.letters.set(name, text);
      const profile = await openProfile();
      t.after(() => profile.close());
      const account = await addAccount(profile, { ...USER, port: drop.port });
      const subjects = async () => (await rows(profile, account)).map((each) => each.subject).sort();
      await collect(profile, account);
      assert.deepEqual(await subjects(), ['one', 'twice'], 'a copy is the same letter');
      assert.equal((await collect(profile, account)).newMessages, 0);
      drop.letters.set('d', letter('late', { body: 'y'.repeat(700) }));
      assert.equal((await collect(profile, account)).newMessages, 1);
      // One of them alone under that unique-id.
      drop.letters = new Map([['d', drop.letters.get('d') as string]]);
      assert.equal((await collect(profile, account)).newMessages, 0);
      assert.deepEqual(await subjects(), ['late', 'one', 'twice']);
      await profile.store.write('accounts.update', {
        id: account,
        pop3: { headersAbove: null, leave: 'never', days: 14, deleteFromTrash: false },
      });
      for (const [name, text] of sent) drop.letters.set(name, text);
      drop.letters.set('e', letter('last', { body: 'z'.repeat(900) }));
      for (let n = 0; n < 3 && drop.letters.size > 0; n++) await collect(profile, account);
      assert.deepEqual([...drop.letters.keys()], [], 'nothing is left there');
      assert.deepEqual(await subjects(), ['last', 'late', 'one', 'twice']);
    });
  }

  it('without UIDL, letters leave the server when they are to', async (t) => {
    const drop = await maildrop(t);
    drop.uidl = false;
    for (const name of ['a', 'b']) drop.letters.set(name, letter(name));
    const profile = await openProfile();
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port }, { leave: 'never' });
    const report = await collect(profile, account);
    assert.deepEqual([report.newMessages, report.pop3.removed, drop.letters.size], [2, 2, 0]);
  });

  it('one letter that got another name is known again', async (t) => {
    const drop = await maildrop(t);
    const text = letter('twin');
    drop.letters.set('one', text);
    const profile = await openProfile();
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port });
    await collect(profile, account);
    drop.letters.delete('one');
    drop.letters.set('two', text);
    assert.equal((await collect(profile, account)).newMessages, 0, 'the same letter by another name');
  });
});

describe('servers with faults', () => {
  it('a letter that is refused is skipped, told, and fetched when the server can', async (t) => {
    const drop = await maildrop(t);
    for (const name of ['a', 'b', 'c']) drop.letters.set(name, letter(name));
    drop.refused.add('b');
    const profile = await openProfile();
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port }, { leave: 'never' });
    const report = await collect(profile, account);
    assert.deepEqual([report.newMessages, report.pop3.removed], [2, 2]);
    assert.deepEqual(report.pop3.skipped, [{ uidl: 'b', reason: 'server-error' }]);
    assert.deepEqual([...drop.letters.keys()], ['b'], 'it is left where it is');
    drop.refused.clear();
    assert.equal((await collect(profile, account)).newMessages, 1);
    assert.equal(drop.letters.size, 0);
  });

  it('a letter refused three times is left alone for a day', async (t) => {
    const drop = await maildrop(t);
    drop.letters.set('a', letter('a'));
    drop.refused.add('a');
    const profile = await openProfile();
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port });
    for (let n = 0; n < 4; n += 1) await collect(profile, account);
    assert.equal(count(drop, 'RETR'), 3);
    const report = await collect(profile, account);
    assert.deepEqual(report.pop3.skipped, [{ uidl: 'a', reason: 'refused-before' }]);
  });

  it('a server that forgets to remove is told again, and nothing comes twice', async (t) => {
    const drop = await maildrop(t);
    drop.letters.set('a', letter('a'));
    drop.forgetful = true;
    const profile = await openProfile();
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port }, { leave: 'never' });
    assert.equal((await collect(profile, account)).newMessages, 1);
    const again = await collect(profile, account);
    assert.deepEqual([again.newMessages, again.pop3.removed, count(drop, 'RETR')], [0, 1, 1]);
    drop.forgetful = false;
    await collect(profile, account);
    assert.equal(drop.letters.size, 0);
  });

  it('a list that is empty for a while costs nothing', async (t) => {
    const drop = await maildrop(t);
    for (let n = 0; n < 20; n += 1)
      drop.letters.set(`u${n}`, letter(`letter ${n}`, { body: 'x'.repeat(3000) }));
    const profile = await openProfile();
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port }, { headersAbove: 1 });
    await collect(profile, account);
    const before = await rows(profile, account);
    const kept = drop.letters;
    drop.letters = new Map();
    await collect(profile, account);
    assert.deepEqual(await rows(profile, account), before, 'headers wait for a second word');
    drop.letters = kept;
    const report = await collect(profile, account);
    assert.deepEqual([report.newMessages, report.pop3.headers], [0, 0]);
  });

  it('a header whose letter is gone from the server goes too', async (t) => {
    const drop = await maildrop(t);
    for (let n = 0; n < 5; n += 1) drop.letters.set(`u${n}`, letter(`letter ${n}`));
    const profile = await openProfile();
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port }, { headersAbove: 0 });
    await collect(profile, account);
    drop.letters.delete('u3');
    await collect(profile, account);
    assert.deepEqual((await rows(profile, account)).map((each) => each.subject).sort(), [
      'letter 0',
      'letter 1',
      'letter 2',
      'letter 4',
    ]);
  });

  it('without pipelining one command is asked at a time', async (t) => {
    const drop = await maildrop(t);
    const text = letter('a', { body: '.\r\n..b\r\n' });
    drop.letters.set('a', text);
    drop.letters.set('b', letter('b'));
    const profile = await openProfile();
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port });
    await collect(profile, account);
    const here = await rows(profile, account);
    const found = await Promise.all(here.map((each) => octetsOf(profile, each.id)));
    assert.ok(found.includes(text));
  });
});

describe('time', () => {
  it('letters go N days after they were first seen', async (t) => {
    const drop = await maildrop(t);
    drop.letters.set('a', letter('a'));
    const clock = new ManualClock(Date.now());
    const profile = await openProfile({ clock });
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port }, { leave: 'days', days: 3 });
    assert.equal((await collect(profile, account)).pop3.removed, 0);
    clock.advance(3 * 86_400_000 - 60_000);
    assert.equal((await collect(profile, account)).pop3.removed, 0);
    clock.advance(120_000);
    assert.equal((await collect(profile, account)).pop3.removed, 1);
    assert.equal(drop.letters.size, 0);
  });

  it('a locked maildrop is tried again after a minute, and then every N minutes', async (t) => {
    const drop = await maildrop(t);
    drop.letters.set('a', letter('a'));
    drop.passes = ['-ERR [IN-USE] locked'];
    const clock = new ManualClock(Date.now());
    const profile = await openProfile({ clock, everyMinutes: 7 });
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port });
    profile.engine.start(account);
    const state = () => profile.engine.states()[0];
    await until('it is told', () => state()?.problem?.code === 'mailbox-in-use');
    clock.advance(59_000);
    assert.equal(count(drop, 'PASS'), 1);
    clock.advance(1000);
    await until('the letter is here', async () => (await rows(profile, account)).length === 1);
    await until('it rests', () => state()?.state === 'online');
    assert.equal(count(drop, 'PASS'), 2);
    clock.advance(7 * 60_000 - 1);
    assert.equal(count(drop, 'PASS'), 2);
    clock.advance(1);
    await until('it has looked again', () => count(drop, 'PASS') === 3);
  });

  it('LOGIN-DELAY is kept', async (t) => {
    const drop = await maildrop(t);
    drop.capabilities = ['USER', 'UIDL', 'TOP', 'LOGIN-DELAY 300'];
    const clock = new ManualClock(Date.now());
    const profile = await openProfile({ clock });
    t.after(() => profile.close());
    const account = await addAccount(profile, { ...USER, port: drop.port });
    await collect(profile, account);
    const [early] = await profile.engine.sync(account, { once: true });
    assert.equal(early?.error?.code, 'login-too-soon');
    assert.equal(count(drop, 'PASS'), 1, 'the server was not asked');
    clock.advance(300_000);
    await collect(profile, account);
  });

  it('an account that hangs holds up no other, and offline ends it', async (t) => {
    const silent = await startScriptedServer(() => ({ greeting: null, answer: () => null }));
    t.after(() => silent.close());
    const drop = await maildrop(t);
    drop.letters.set('a', letter('a'));
    const profile = await openProfile();
    t.after(() => profile.close());
    const hanging = await addAccount(profile, { user: 'boris', password: 'x', port: silent.port });
    const account = await addAccount(profile, { ...USER, port: drop.port });
    for (const id of [hanging, account]) profile.engine.start(id);
    await until('the letter is here', async () => (await rows(profile, account)).length === 1);
    const state = (id: number) => profile.engine.states().find((each) => each.account === id)?.state;
    assert.equal(state(hanging), 'connecting');
    await profile.engine.setOffline(true);
    assert.deepEqual([state(hanging), state(account)], ['offline', 'offline']);
    await assert.rejects(profile.engine.sync(account, { once: true }), { code: 'offline' });
    await profile.engine.setOffline(false);
    drop.letters.set('b', letter('b'));
    await profile.engine.sync(account);
    await until('the next letter is here', async () => (await rows(profile, account)).length === 2);
  });
});
