import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Session } from '../../../main/server/imap/session.ts';
import { SEEN } from '../../../main/server/mailstore/mailstore.ts';
import { MemoryPeer } from '../../kit/imap-peer.ts';
import { OFFICE_DOMAIN, openTestOffice, passwordOf, type TestOffice } from '../../kit/office.ts';
import { type Ends, letterText, put } from '../../kit/office-mailstore.ts';
import { type Turn, transcript } from '../../kit/transcript.ts';

interface Stage {
  readonly office: TestOffice;
  readonly inbox: number;
  readonly turns: readonly Turn[];
}

async function stage(t: Ends): Promise<Stage> {
  const office = await openTestOffice(t);
  const person = await office.add({ address: `Petrov@${OFFICE_DOMAIN}`, password: passwordOf('petrov') });
  const inbox = await office.inbox(person);
  for (let n = 1; n <= 9; n += 1)
    await put(office.mailstore, inbox, letterText(n), { flags: n <= 8 ? SEEN : 0 });
  // Nine were there at the last visit, the tenth is recent.
  await office.mailstore.open(inbox, true);
  await put(office.mailstore, inbox, letterText(10), { flags: SEEN });
  const letter = letterText(9);
  const header = Buffer.from(letter.slice(0, letter.indexOf('\r\n\r\n') + 4)).toString('latin1');
  const turns = transcript('imap-classic.txt', {
    credentials: Buffer.from(`\0Petrov@${OFFICE_DOMAIN}\0${passwordOf('petrov')}`).toString('base64'),
    length: String(header.length),
    header: header.slice(0, -2),
  });
  return { office, inbox, turns };
}

/** One conversation; `cut` splits the client's octets at that place of the whole. */
async function converse({ office, inbox, turns }: Stage, cut: (sent: number) => boolean): Promise<void> {
  await office.mailstore.setFlags(inbox, [[9, 9]], { mode: 'replace', flags: 0, keywords: [] });
  const peer = new MemoryPeer();
  const session = new Session(office.context, peer, office.context.records.open('imap', peer.ip), () => {});
  await session.begin();
  let sent = 0;
  for (const { send, expect } of turns) {
    const octets = Buffer.from(send, 'latin1');
    let from = 0;
    for (let at = 1; at <= octets.length; at += 1) {
      sent += 1;
      if (at < octets.length && !cut(sent)) continue;
      peer.onData(octets.subarray(from, at));
      from = at;
      if (at < octets.length) await new Promise(setImmediate);
    }
    const tag = send === '' ? '\\*' : send.split(' ')[0]!;
    const answer = await peer.until(new RegExp(`(^|\\r\\n)${tag} (OK|NO|BAD)[^\\r\\n]*\\r\\n`));
    assert.match(answer, expect, `${send}${answer}`);
  }
  assert.ok(peer.closed);
}

test('classic dialogue: Petrov reads and deletes, line by line', async (t) => {
  const made = await stage(t);
  await converse(made, () => false);
  for await (const batch of made.office.mailstore.rows(made.inbox, [[9, 9]], { flags: true }))
    assert.deepEqual([...batch.flags!], [SEEN | 8]);
});

test('G1 classic dialogue at every cut, and one octet a packet', async (t) => {
  const made = await stage(t);
  const length = made.turns.reduce((sum, { send }) => sum + send.length, 0);
  assert.ok(length > 100);
  for (let cut = 1; cut < length; cut += 1) await converse(made, (sent) => sent === cut);
  await converse(made, () => true);
});
