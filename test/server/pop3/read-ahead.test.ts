/** Reading ahead of a client that empties its box, both ways, and what becomes of the memory. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import type { Letter, Mailstore } from '../../../main/server/mailstore/mailstore.ts';
import { AHEAD_BYTES, ReadAhead } from '../../../main/server/pop3/read-ahead.ts';
import { passwordOf } from '../../kit/office.ts';
import { letterOf, openPop3Office, type Pop3Office } from '../../kit/pop3.ts';

const COUNT = 120;
/** Small and large, one that is streamed, some with lines of dots. */
const LETTERS = Array.from({ length: COUNT }, (_, n) => {
  if (n % 40 === 20) return letterOf(600 * 1024, `letter ${n}`);
  return `${letterOf(n % 9 === 0 ? 60_000 : 900 + n, `letter ${n}`)}.\r\n..\r\n.${n}\r\n`;
});

interface Scene {
  box: Pop3Office;
  ahead: ReadAhead;
  /** Another session's. */
  another(): ReadAhead;
  /** Look-ups in the mailstore so far. */
  lookUps(): number;
}

async function scene(t: TestContext): Promise<Scene> {
  const box = await openPop3Office(t);
  const uids = await box.deliver('kcope', ...LETTERS);
  const { mailstore } = box.office;
  let asked = 0;
  const counting: Pick<Mailstore, 'letters' | 'pieces'> = {
    letters: (mailbox, wanted) => {
      asked += 1;
      return mailstore.letters(mailbox, wanted);
    },
    pieces: (wanted) => mailstore.pieces(wanted),
  };
  const sizes = Float64Array.from(LETTERS, (each) => each.length);
  const inbox = await box.inboxOf('kcope');
  const another = () => new ReadAhead(counting as Mailstore, inbox, Uint32Array.from(uids), sizes);
  return { box, ahead: another(), another, lookUps: () => asked };
}

async function piecesOf(letter: Letter | undefined): Promise<Uint8Array[]> {
  assert.ok(letter);
  const pieces: Uint8Array[] = [];
  for await (const piece of letter.stream(0, letter.size)) pieces.push(piece);
  return pieces;
}

const numbers = Array.from({ length: COUNT }, (_, n) => n + 1);
const orders: [string, number[]][] = [
  ['from the oldest on', numbers],
  ['from the newest back', numbers.toReversed()],
];

describe('reading ahead', () => {
  for (const [name, order] of orders) {
    it(`brings many letters by one look-up ${name}, and gives back the memory of what was sent`, async (t) => {
      const { another, ahead, lookUps } = await scene(t);
      for (const n of order) {
        const text = Buffer.concat(await piecesOf(await ahead.letter(n))).toString('latin1');
        assert.equal(text, LETTERS[n - 1]);
      }
      assert.ok(lookUps() < COUNT / 3, `${lookUps()} look-ups for ${COUNT} letters`);
      ahead.close();
      const second = another();
      const read: { n: number; pieces: Uint8Array[] }[] = [];
      for (const n of order) {
        read.push({ n, pieces: await piecesOf(await second.letter(n)) });
        // What was given out lives as long as nobody says that it is sent.
        assert.ok(read.every(({ pieces }) => pieces.every(({ length }) => length > 0)));
      }
      second.sent();
      const left = read.filter(({ pieces }) => pieces.every(({ length }) => length > 0));
      assert.ok(left.length < COUNT, 'something was given back');
      assert.equal(left.at(-1)?.n, order.at(-1), 'the last letter may still be on its way');
      const last = Buffer.concat(await piecesOf(await second.letter(order.at(-1) as number)));
      assert.equal(last.toString('latin1'), LETTERS[(order.at(-1) as number) - 1]);
    });
  }

  it('turns round in the middle, and jumps, without a wrong letter', async (t) => {
    const { ahead, lookUps } = await scene(t);
    const order = [
      5, 6, 7, 8, 7, 6, 5, 4, 90, 91, 90, 89, 1, 120, 119, 118, 60, 60, 61, 62, 63, 62, 120, 1, 2, 3,
    ];
    for (const n of order) {
      ahead.sent();
      const text = Buffer.concat(await piecesOf(await ahead.letter(n))).toString('latin1');
      assert.equal(text, LETTERS[n - 1], `letter ${n}`);
    }
    const before = lookUps();
    for (const n of [100, 40, 70, 10]) await ahead.letter(n);
    assert.equal(lookUps() - before, 4, 'who jumps gets one letter at a time');
  });
});

describe('many sessions at a time', () => {
  it('read ahead no more than the office can hold, and again when some have ended', async (t) => {
    const { another, lookUps } = await scene(t);
    const sessions: ReadAhead[] = [];
    const held = LETTERS.reduce((sum, each) => sum + each.length, 0);
    // Each holds the whole small maildrop at most.
    const enough = Math.ceil((3 * AHEAD_BYTES) / held);
    const lookUpsOf = async (session: ReadAhead) => {
      const before = lookUps();
      for (let n = 1; n <= 24; n += 1) await session.letter(n);
      return lookUps() - before;
    };
    for (let n = 0; n < enough; n += 1) {
      const session = another();
      sessions.push(session);
      if ((await lookUpsOf(session)) === 24) break;
    }
    assert.ok(sessions.length < enough, 'the last one reads letter by letter');
    assert.ok(sessions.length > 3, 'a few sessions do not get there');
    for (const session of sessions.splice(3)) session.close();
    assert.ok((await lookUpsOf(another())) < 12, 'there is room again');
  });
});

describe('a client that sends all its commands at once and reads late', () => {
  it('gets every octet, whichever way it goes', async (t) => {
    const { box } = await scene(t);
    for (const [, order] of orders) {
      const socket = connect({ host: '127.0.0.1', port: box.port });
      t.after(() => socket.destroy());
      await once(socket, 'connect');
      socket.write(
        `USER kcope\r\nPASS ${passwordOf('kcope')}\r\n${order.map((n) => `RETR ${n}\r\n`).join('')}QUIT\r\n`,
      );
      const received: Buffer[] = [];
      // Piece by piece, a turn of the loop between them: the server's socket is full again and again.
      for await (const piece of socket) {
        received.push(piece as Buffer);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const text = Buffer.concat(received).toString('latin1');
      const expected = order.map((n) => {
        const letter = LETTERS[n - 1] as string;
        return `+OK ${letter.length} octets\r\n${letter.replace(/^\./gm, '..')}.\r\n`;
      });
      const begin = text.indexOf(expected[0] as string);
      assert.ok(begin > 0, text.slice(0, 500));
      for (let n = 0, at = begin; n < expected.length; n += 1) {
        const answer = expected[n] as string;
        assert.ok(text.startsWith(answer, at), `letter ${order[n]}`);
        at += answer.length;
      }
    }
  });
});
