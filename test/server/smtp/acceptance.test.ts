/** Taking a letter over in one write: rows for the relay, large letters, lists, failures (protocol rules S37, S58, S60, S72, G10). */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Fault } from '../../../main/base/errors.ts';
import { openAcceptance } from '../../../main/server/queue/accept.ts';
import type { Acceptance, AcceptingQueue } from '../../../main/server/queue/queue.ts';
import { newQueueId } from '../../../main/server/smtp/trace-header.ts';
import { spoolFolder } from '../../../main/store/layout.ts';
import { openSmtpOffice, PETROV, SIRMOV, type SmtpOffice } from '../../kit/office-smtp.ts';

const MiB = 1024 * 1024;
const NO_OPTIONS = { notify: [], originalRecipient: null } as const;

async function acceptanceOf(
  office: SmtpOffice,
  octets: number,
  more: Partial<Acceptance> = {},
): Promise<Acceptance> {
  const intake = office.mailstore.intake();
  const id = newQueueId(Date.now());
  await intake.write(Buffer.from(`Message-ID: <${id}@x>\r\nSubject: ${id}\r\n\r\n`));
  const line = `${id}${'x'.repeat(70)}\r\n`;
  const piece = Buffer.from(line.repeat(1 + Math.floor(Math.min(octets, MiB) / line.length)));
  for (let sent = 0; sent < octets; sent += piece.length) await intake.write(Uint8Array.from(piece));
  const skip = Buffer.from('Return-Path: <a@example.org>\r\n');
  return {
    message: await intake.finish(skip),
    skip: skip.length,
    envelope: { sender: 'a@example.org', envelopeId: null, return: null, smtpUtf8: false },
    local: [],
    remote: [],
    queueId: id,
    personId: null,
    idempotent: false,
    session: 'test',
    ...more,
  };
}

test('acceptance', async (t) => {
  const office = await openSmtpOffice(t);
  const { petrov, sirmov, full } = office.people;
  // The relay is left out: what is asked is what acceptance leaves behind.
  const queue: AcceptingQueue = openAcceptance({
    store: office.store,
    clock: office.context.clock,
    log: office.context.log,
  });
  const target = (person: typeof petrov) => ({ personId: person.id, address: person.address, detail: null });
  const toPetrov = { recipient: PETROV, targets: [target(petrov)], ...NO_OPTIONS };
  const toFull = { recipient: full.address, targets: [target(full)], ...NO_OPTIONS };
  const remote = (address: string) => ({ recipient: address, address, ...NO_OPTIONS });
  const noSpool = async () => {
    const end = Date.now() + 10_000;
    while (readdirSync(spoolFolder(office.dir)).length > 0) {
      assert.ok(Date.now() < end, 'a file of the spool is left');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const count = async (person: typeof petrov) => (await office.mailstore.quota(person.id)).messages;

  await t.test('S60 a large letter for here and elsewhere is one blob, whole in both', async () => {
    await office.queue.close(0);
    const before = await office.store.stats();
    const acceptance = await acceptanceOf(office, 12 * MiB, {
      local: [toPetrov, { recipient: SIRMOV, targets: [target(sirmov)], ...NO_OPTIONS }],
      remote: [remote('one@example.org'), remote('two@ПРИМЕР.рф')],
    });
    await queue.accept(acceptance);
    assert.equal((await office.store.stats()).blobs, before.blobs + 1);
    await noSpool();
    const entry = await office.queue.show(acceptance.queueId);
    assert.deepEqual(
      entry?.recipients.map(({ address, state, attempts }) => [address, state, attempts]),
      [
        ['one@example.org', 'waiting', 0],
        ['two@ПРИМЕР.рф', 'waiting', 0],
      ],
    );
    assert.equal(entry?.size, acceptance.message.size);
    const [letter] = (await office.letters(sirmov)).slice(-1);
    assert.equal(letter?.length, acceptance.message.size);
  });

  await t.test('S58 a large letter that was seen before leaves no file behind', async () => {
    const make = async () => {
      const acceptance = await acceptanceOf(office, 9 * MiB, {
        local: [toPetrov],
        personId: sirmov.id,
        idempotent: true,
      });
      return { ...acceptance, message: Object.assign(acceptance.message, { messageId: 'same@x' }) };
    };
    const before = await count(petrov);
    const first = await queue.accept(await make());
    assert.deepEqual(await queue.accept(await make()), { queueId: first.queueId, repeated: true });
    assert.equal(await count(petrov), before + 1);
    await noSpool();
  });

  await t.test('S37 when nobody has room nothing is kept, and the session is told', async () => {
    const acceptance = await acceptanceOf(office, 9 * MiB, { local: [toFull] });
    await assert.rejects(
      queue.accept(acceptance),
      (failure) => failure instanceof Fault && failure.code === 'over-quota',
    );
    assert.deepEqual(await queue.trace({ queueId: acceptance.queueId }), []);
    assert.equal(await office.queue.show(acceptance.queueId), undefined);
    await noSpool();
  });

  await t.test(
    'S37, S71 who has no room beside others becomes a failure: reported, but never for the null sender',
    async () => {
      for (const sender of ['a@example.org', '']) {
        const acceptance = await acceptanceOf(office, 100, {
          local: [toPetrov, toFull],
          envelope: { sender, envelopeId: null, return: null, smtpUtf8: false },
        });
        await queue.accept(acceptance);
        const owed = await office.store.read('queue.owedReport');
        const entry = await office.queue.show(acceptance.queueId);
        assert.deepEqual(
          entry?.recipients.map(({ address, state }) => [address, state]),
          [[full.address, 'failed']],
        );
        assert.equal(owed?.queueId === acceptance.queueId, sender !== '');
        if (owed) await office.store.write('queue.reported', { letter: owed.letter, positions: [0] });
      }
    },
  );

  await t.test('S72 a delivery that was asked to be told is remembered', async () => {
    const acceptance = await acceptanceOf(office, 100, {
      local: [{ ...toPetrov, notify: ['success'], originalRecipient: 'rfc822;p@x' }],
      envelope: { sender: 'a@example.org', envelopeId: 'e1', return: 'headers', smtpUtf8: false },
    });
    await queue.accept(acceptance);
    const owed = await office.store.read('queue.owedReport');
    assert.equal(owed?.queueId, acceptance.queueId);
    assert.equal(owed?.envelopeId, 'e1');
    assert.deepEqual(
      owed?.outcomes.map(({ kind, recipient, original }) => [kind, recipient, original]),
      [['delivered', PETROV, 'rfc822;p@x']],
    );
    if (owed) await office.store.write('queue.reported', { letter: owed.letter, positions: [0] });
  });

  await t.test('G10 a write that fails leaves nothing at all', async () => {
    const before = await count(petrov);
    const first = await acceptanceOf(office, 100, { local: [toPetrov] });
    await queue.accept(first);
    // The same queue id twice is refused by the trace, the last thing that is written.
    const second = await acceptanceOf(office, 9 * MiB, {
      local: [toPetrov],
      remote: [remote('x@example.org')],
      queueId: first.queueId,
    });
    await assert.rejects(queue.accept(second));
    assert.equal(await count(petrov), before + 1);
    assert.equal(await office.queue.show(first.queueId), undefined);
    await noSpool();
  });

  await t.test('S37 who was removed since RCPT is a failure like any other', async () => {
    const gone = {
      recipient: 'x@y',
      targets: [{ personId: 999_999, address: 'x@y', detail: null }],
      ...NO_OPTIONS,
    };
    await assert.rejects(
      acceptanceOf(office, 100, { local: [gone] }).then((each) => queue.accept(each)),
      (failure) => failure instanceof Fault && failure.code === 'no-such-person',
    );
    const acceptance = await acceptanceOf(office, 100, { local: [toPetrov, gone] });
    await queue.accept(acceptance);
    const owed = await office.store.read('queue.owedReport');
    assert.deepEqual(
      owed?.outcomes.map(({ status, reply }) => [status, reply]),
      [['5.1.1', '550 5.1.1 No such user here.']],
    );
  });

  await t.test('trace is pruned, oldest letters first', async () => {
    const kept = await queue.trace({ count: 1000 });
    const ids = [...new Set(kept.map(({ queueId }) => queueId))];
    assert.equal(
      await office.store.write('queue.pruneTrace', { before: Date.now() + 1000, limit: ids.length - 1 }),
      ids.length - 1,
    );
    assert.deepEqual([...new Set((await queue.trace({})).map(({ queueId }) => queueId))], ids.slice(0, 1));
    assert.equal(await office.store.write('queue.pruneTrace', { before: 0, limit: 100 }), 0);
  });
});
