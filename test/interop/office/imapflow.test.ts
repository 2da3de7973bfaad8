/** imapflow with QRESYNC against a served office: what has happened while it was away, and what happens while it looks. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ImapFlow } from 'imapflow';
import { awkwardLetter, openPeersOffice, PETROV, type PeersOffice, until } from '../../kit/peers-office.ts';

interface Gone {
  uid?: number;
  seq?: number;
  vanished: boolean;
  earlier?: boolean;
}

describe('imapflow with QRESYNC', () => {
  let office: PeersOffice;
  before(async () => {
    office = await openPeersOffice();
    await office.put(
      PETROV,
      'INBOX',
      Array.from({ length: 30 }, (_, n) => awkwardLetter({ subject: `n${n + 1}` })),
    );
  });
  after(() => office?.close());

  async function resumed(
    known: { highestModseq?: bigint | false; uidValidity: bigint } | null,
  ): Promise<{ client: ImapFlow; gone: Gone[]; changed: number[] }> {
    const gone: Gone[] = [];
    const changed: number[] = [];
    const client = await office.imap(PETROV, {
      qresync: true,
      secure: true,
      port: office.port('imaps'),
      host: 'localhost',
      tls: { ca: office.authorityPem } as never,
      expungeHandler: async (event: Gone) => void gone.push(event),
    } as never);
    assert.ok(client.enabled.has('QRESYNC') && client.enabled.has('CONDSTORE'), 'I9');
    client.on('flags', (event) => changed.push(event.uid!));
    const options = known
      ? { changedSince: String(known.highestModseq), uidValidity: String(known.uidValidity) }
      : {};
    await client.mailboxOpen('INBOX', options as never);
    return { client, gone, changed };
  }

  it('I62 tells what has gone and what has changed since, and nothing else', async () => {
    const first = await resumed(null);
    const box = first.client.mailbox;
    assert.ok(box);
    const { highestModseq, uidValidity } = box;
    await first.client.logout();
    const other = await office.imap(PETROV);
    const lock = await other.getMailboxLock('INBOX');
    await other.messageDelete('3:7,12', { uid: true });
    await other.messageFlagsAdd('20,25', ['\\Flagged', '$Work'], { uid: true });
    await other.messageMove('9', 'Archive', { uid: true });
    lock.release();
    await other.logout();
    const second = await resumed({ highestModseq: highestModseq!, uidValidity });
    assert.deepEqual(
      second.gone.map((each) => each.uid).sort((a, b) => a! - b!),
      [3, 4, 5, 6, 7, 9, 12],
    );
    assert.ok(second.gone.every((each) => each.vanished && each.earlier));
    assert.deepEqual(
      second.changed.sort((a, b) => a - b),
      [20, 25],
    );
    const now = second.client.mailbox;
    assert.ok(now && now.exists === 23);
    await second.client.logout();
    const third = await resumed({ highestModseq: (await status()).highestModseq!, uidValidity });
    assert.deepEqual([third.gone, third.changed], [[], []], 'a second time nothing');
    await third.client.logout();
  });

  async function status(): Promise<{ highestModseq?: bigint }> {
    const client = await office.imap(PETROV);
    const told = await client.status('INBOX', { highestModseq: true });
    await client.logout();
    return told as { highestModseq?: bigint };
  }

  it('I63 while it looks only VANISHED is told, with UIDs', async () => {
    const { client, gone, changed } = await resumed(null);
    const idling = client.idle();
    const other = await office.imap(PETROV);
    const lock = await other.getMailboxLock('INBOX');
    await other.messageDelete('28,30', { uid: true });
    await other.messageFlagsAdd('29', ['\\Answered'], { uid: true });
    lock.release();
    await other.logout();
    await until('both', () => gone.length === 2 && changed.includes(29));
    assert.deepEqual(
      gone.map(({ uid, vanished }) => [uid, vanished]),
      [
        [28, true],
        [30, true],
      ],
    );
    await client.noop();
    await idling;
    await client.logout();
  });

  it('I62 another UIDVALIDITY is a plain SELECT', async () => {
    const { client, gone, changed } = await resumed({ highestModseq: 1n, uidValidity: 7n });
    assert.deepEqual([gone, changed], [[], []]);
    assert.ok(client.mailbox && client.mailbox.exists > 0);
    await client.logout();
  });
});
