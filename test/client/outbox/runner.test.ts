import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { readLetter } from '../../../main/client/messages/facts.ts';
import { letterBytes, openOutboxKit } from '../../kit/outbox.ts';
import { type KitSmtpOptions, startSmtpServer } from '../../kit/smtp-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function office(options: KitSmtpOptions = {}, clock = new ManualClock()) {
  const server = await startSmtpServer(options);
  closing.push(() => server.close());
  const kit = await openOutboxKit(server.port, clock);
  closing.push(() => kit.close());
  return { server, kit, clock };
}

/** Turns of the event loop until it holds; the deadline is only against hanging for ever. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    assert.ok(performance.now() < end, 'it never happened');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const withoutBcc = letterBytes().toString().replace('Bcc: secret@example.org\r\n', '');

describe('sending', () => {
  test('the letter arrives byte for byte, and a copy with Bcc stands in Sent', async () => {
    const { server, kit } = await office();
    const id = await kit.letter();
    await kit.outbox().sendDue();
    assert.equal(server.received[0]!.bytes.toString(), withoutBcc);
    const item = await kit.item(id);
    assert.deepEqual([item.state, item.copy, item.problem], ['sent', 'done', null]);
    assert.deepEqual(item.results[0]!.state, 'accepted');
    const { copy_message } = await kit.store.read('outbox.row', { id });
    const copy = await kit.store.read('drafts.original', { message: copy_message! });
    assert.equal(copy?.role, 'sent');
    assert.equal(Buffer.from(await kit.store.blobs.read(copy!.blob!)).toString(), letterBytes().toString());
  });

  test('letters of an account go in order over one connection', async () => {
    const { server, kit } = await office();
    for (const messageId of ['1@x', '2@x', '3@x']) await kit.letter({ messageId });
    await kit.outbox().sendDue();
    const ids = server.received.map((each) => /Message-ID: <(.*)>/.exec(each.bytes.toString())![1]);
    assert.deepEqual(ids, ['1@x', '2@x', '3@x']);
    assert.equal(server.connections, 1);
  });

  test('a letter waits for its time, and goes when it has come', async () => {
    const { server, kit, clock } = await office();
    const id = await kit.letter({ notBefore: clock.now() + 10_000 });
    const outbox = kit.outbox();
    await outbox.start();
    clock.advance(9000);
    await outbox.sendDue();
    assert.equal(server.received.length, 0);
    clock.advance(1000);
    await until(async () => (await kit.item(id)).state === 'sent');
    assert.equal(server.received.length, 1);
  });

  test('working offline sends nothing until it ends', async () => {
    const { server, kit } = await office();
    await kit.letter();
    const outbox = kit.outbox();
    outbox.setOffline(true);
    await outbox.start();
    await outbox.sendDue();
    assert.equal(server.connections, 0);
    outbox.setOffline(false);
    await until(() => server.received.length === 1);
  });

  test('more recipients than the server takes at a time follow at once', async () => {
    const { server, kit } = await office({
      server: { heloResponse: '%s', hidePIPELINING: true },
    });
    server.behaviour = {
      recipient: (address) =>
        server.received.length === 0 && address.startsWith('c')
          ? { code: 452, text: 'Too many recipients' }
          : undefined,
    };
    const id = await kit.letter({ to: ['a@x.example', 'b@x.example', 'c@x.example'] });
    await kit.outbox().sendDue();
    const item = await kit.item(id);
    assert.equal(item.state, 'deferred');
    assert.deepEqual(
      item.results.map((each) => each.state),
      ['accepted', 'accepted', 'deferred'],
    );
  });
});

describe('when it does not go', () => {
  test('a refused recipient is shown with the words of the server; the rest has the letter, once', async () => {
    const { server, kit } = await office();
    server.behaviour = {
      recipient: (address) =>
        address.startsWith('b') ? { code: 550, text: 'No such user here' } : undefined,
    };
    const id = await kit.letter({ to: ['a@x.example', 'b@x.example'] });
    await kit.outbox().sendDue();
    let item = await kit.item(id);
    assert.equal(item.state, 'failed');
    assert.equal(item.problem?.code, 'some-refused');
    assert.match(item.results[1]!.reply, /No such user here/);
    assert.equal(item.copy, 'done');
    server.behaviour = {};
    await kit.store.write('outbox.now', { id, now: 0 });
    await kit.outbox().sendDue();
    item = await kit.item(id);
    assert.equal(item.state, 'sent');
    assert.deepEqual(
      server.received.map((each) => each.to),
      [['a@x.example'], ['b@x.example']],
    );
    const copies = await kit.store.read('outbox.row', { id });
    assert.equal(copies.copy, 'done', 'one copy, not two');
  });

  test('a temporary refusal is tried again on schedule', async () => {
    const { server, kit, clock } = await office();
    server.behaviour = { data: () => ({ code: 451, text: 'Try later' }) };
    const id = await kit.letter();
    const outbox = kit.outbox();
    await outbox.start();
    await until(async () => (await kit.item(id)).state === 'deferred');
    assert.equal((await kit.item(id)).nextTry, clock.now() + 60_000);
    server.behaviour = {};
    clock.advance(59_000);
    await outbox.sendDue();
    assert.equal((await kit.item(id)).state, 'deferred');
    clock.advance(1000);
    await until(async () => (await kit.item(id)).state === 'sent');
  });

  test('nobody answers: every letter of the account waits, none fails', async () => {
    const { server, kit, clock } = await office();
    const ids = [await kit.letter(), await kit.letter()];
    await server.close();
    await kit.outbox().sendDue();
    for (const id of ids) {
      const item = await kit.item(id);
      assert.deepEqual(
        [item.state, item.problem?.code, item.attempts],
        ['deferred', 'connection-refused', 1],
      );
      assert.equal(item.nextTry, clock.now() + 60_000);
    }
  });

  test('a wrong password stops the queue until the person has acted', async () => {
    const { server, kit, clock } = await office({ authMethods: ['PLAIN'] });
    const id = await kit.letter();
    let password = 'wrong';
    const outbox = kit.outbox({ secrets: { get: async () => password } });
    await outbox.start();
    await until(async () => (await kit.item(id)).problem !== null);
    assert.deepEqual(
      [(await kit.item(id)).state, (await kit.item(id)).problem?.code],
      ['queued', 'wrong-password'],
    );
    for (let hours = 0; hours < 3; hours += 1) {
      clock.advance(3_600_000);
      await outbox.sendDue();
    }
    assert.equal(server.signIns.length, 1, 'servers count failures');
    password = 'correct horse';
    outbox.resume(kit.account);
    await until(async () => (await kit.item(id)).state === 'sent');
  });

  test('a permanent refusal keeps the letter whole', async () => {
    const { server, kit } = await office();
    server.behaviour = { data: () => ({ code: 554, text: 'Spam' }) };
    const id = await kit.letter();
    await kit.outbox().sendDue();
    const item = await kit.item(id);
    assert.equal(item.state, 'failed');
    assert.match(item.problem!.reply, /^554 .*Spam/);
    assert.equal(item.copy, 'none');
    const { blob } = await kit.store.read('outbox.row', { id });
    assert.equal(Buffer.from(await kit.store.blobs.read(blob)).toString(), letterBytes().toString());
  });
});

describe('the line is cut', () => {
  test('before the final dot: tried again, and it arrives once', async () => {
    const { server, kit, clock } = await office();
    server.behaviour = { cut: 'before-dot' };
    // More than a socket's buffers hold (4 MiB on Linux): else the client rightly believes the dot may be out.
    const id = await kit.letter({ body: 'x'.repeat(16 * 1024 * 1024) });
    const outbox = kit.outbox();
    await outbox.start();
    await until(async () => (await kit.item(id)).state === 'deferred');
    server.behaviour = {};
    clock.advance(60_000);
    // The hands may have moved before the runner asked to be woken: a timer that is due already waits for the next move.
    await until(async () => {
      await outbox.sendDue();
      return (await kit.item(id)).state === 'sent';
    });
    assert.equal(server.received.length, 1);
  });

  for (const [cut, taken] of [
    ['at-dot', 0],
    ['after-dot', 1],
  ] as const) {
    test(`${cut}: unknown, and never sent again by itself`, async () => {
      const { server, kit, clock } = await office();
      server.behaviour = { cut };
      const id = await kit.letter();
      const outbox = kit.outbox();
      await outbox.start();
      await until(async () => (await kit.item(id)).state === 'unknown');
      server.behaviour = {};
      for (let hours = 0; hours < 30; hours += 1) {
        clock.advance(3_600_000);
        await outbox.sendDue();
      }
      assert.equal(server.received.length, taken);
      assert.equal((await kit.item(id)).state, 'unknown');
    });
  }

  test('an unknown outcome is cleared up by the copy the server keeps', async () => {
    const { server, kit } = await office();
    server.behaviour = { cut: 'after-dot' };
    const id = await kit.letter();
    const asked: number[] = [];
    const outbox = kit.outbox({ lookForCopies: (account) => asked.push(account) });
    await outbox.start();
    await until(async () => (await kit.item(id)).state === 'unknown');
    await until(() => asked.includes(kit.account));
    const folder = await kit.store.write('kit.folder', {
      account: kit.account,
      path: 'Sent',
      serverPath: 'Sent',
      name: 'Sent',
      role: 'sent',
      subscribed: true,
      selectable: true,
    });
    const { facts } = readLetter(letterBytes());
    await kit.store.write('kit.letter', { folder, uid: 7, facts, blob: null });
    await until(async () => (await kit.item(id)).state === 'sent');
    const item = await kit.item(id);
    assert.deepEqual([item.copy, item.results[0]!.state], ['done', 'accepted']);
    const letters = await kit.store.read('kit.all', { sql: 'SELECT id FROM messages', values: [] });
    assert.equal(letters.length, 1, 'the copy of the server is the copy');
  });

  test('the person may decide to send it again', async () => {
    const { server, kit } = await office();
    server.behaviour = { cut: 'at-dot' };
    const id = await kit.letter();
    const outbox = kit.outbox();
    await outbox.sendDue();
    assert.equal((await kit.item(id)).state, 'unknown');
    server.behaviour = {};
    await kit.store.write('outbox.now', { id, now: 0 });
    await outbox.sendDue();
    assert.equal((await kit.item(id)).state, 'sent');
    assert.equal(server.received.length, 1);
  });

  test('starting twice does not take a letter that is being sent for a lost one', async () => {
    const { server, kit } = await office();
    let release = () => {};
    let reached = false;
    server.behaviour = {
      hold: () => {
        reached = true;
        return new Promise((resolve) => {
          release = resolve;
        });
      },
    };
    const id = await kit.letter();
    const outbox = kit.outbox();
    await outbox.start();
    await until(() => reached);
    await outbox.start();
    assert.equal((await kit.item(id)).state, 'sending');
    release();
    await until(async () => (await kit.item(id)).state === 'sent');
    assert.equal(server.received.length, 1);
  });

  test('closing in the middle of a reply leaves "unknown", not a hope', async () => {
    const { server, kit } = await office();
    let reached = false;
    server.behaviour = {
      hold: () => {
        reached = true;
        return new Promise(() => {});
      },
    };
    const id = await kit.letter();
    const outbox = kit.outbox();
    await outbox.start();
    await until(() => reached);
    await outbox.close(0).catch(() => {});
    assert.equal((await kit.item(id)).state, 'unknown');
  });
});
