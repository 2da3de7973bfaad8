/** The classic dialogue as a golden transcript, replayed at every cut of what the client sends (protocol rules G1, S30). */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { IVANOV, openSmtpOffice, SECRET, type SmtpOffice, type Talk } from '../../kit/office-smtp.ts';

/** What the client sends in one go, and the reply it waits for. */
interface Exchange {
  readonly send: string;
  readonly reply: readonly string[];
}

const file = new URL('../../transcripts/smtp-ivanov-to-petrov.txt', import.meta.url);

function readTranscript(text: string): Exchange[] {
  const exchanges: { send: string; reply: string[] }[] = [{ send: '', reply: [] }];
  for (const line of text.split('\n')) {
    const [, side, words = ''] = /^([CS]): ?(.*)$/.exec(line) ?? [];
    const last = exchanges.at(-1)!;
    if (side === 'S') last.reply.push(words);
    if (side !== 'C') continue;
    if (last.reply.length > 0) exchanges.push({ send: `${words}\r\n`, reply: [] });
    else last.send += `${words}\r\n`;
  }
  return exchanges;
}

const transcript = readTranscript(readFileSync(file, 'utf8'));
/** Where the answer to the challenge stands it is as long as this one. */
const ANSWER_LENGTH = answerTo('334 eA==').length;

function answerTo(challenge: string): string {
  const text = Buffer.from(challenge.slice(4), 'base64').toString();
  const digest = createHmac('md5', SECRET).update(text).digest('hex');
  return Buffer.from(`${IVANOV} ${digest}`).toString('base64');
}

/** The same code and all the words, line by line; a line the transcript does not know may stand between. */
function agrees(reply: string, expected: readonly string[], what: string): void {
  const lines = reply.split('\r\n');
  for (const line of expected) {
    const [, code = '', words = ''] = /^(\d{3})[- ]?(.*)$/.exec(line) ?? [];
    const found = lines.some(
      (each) => each.startsWith(code) && words.split(' ').every((word) => each.includes(word)),
    );
    assert.ok(found, `${what}: ${line} is not in ${reply}`);
  }
}

/** @param cut octet of the client's stream before which a packet ends; every octet when it is not given. */
async function replay(talk: Talk, cut?: number): Promise<void> {
  const [first, ...rest] = transcript;
  agrees(talk.greeting, first?.reply ?? [], 'greeting');
  let position = 0;
  let challenge = '';
  for (const { send, reply } of rest) {
    const octets = Buffer.from(send.replace('{cram-md5}', () => answerTo(challenge)));
    const at = cut === undefined ? -1 : cut - position;
    if (cut === undefined) {
      for (const octet of octets) {
        talk.write(Uint8Array.of(octet));
        await turn();
      }
    } else if (at > 0 && at < octets.length) {
      talk.write(octets.subarray(0, at));
      await turn();
      await turn();
      talk.write(octets.subarray(at));
    } else talk.write(octets);
    position += octets.length;
    const heard = await talk.reply();
    agrees(heard, reply, `cut at ${cut}, after ${JSON.stringify(send)}`);
    if (heard.startsWith('334')) challenge = heard;
  }
}

async function delivered(office: SmtpOffice): Promise<number> {
  const { petrov, sirmov } = office.people;
  const [to, copy] = [await office.letters(petrov), await office.letters(sirmov)];
  for (const letter of [...to, ...copy]) {
    assert.ok(
      letter.endsWith('\r\n\r\nThe first line.\r\n.The second line begins with a dot.\r\nIvanov\r\n'),
      letter,
    );
  }
  assert.equal(to.length, copy.length);
  return to.length;
}

test('the classic dialogue', async (t) => {
  const office = await openSmtpOffice(t, {
    guard: { clearTextLoginFrom: ['127.0.0.0/8'], trustedNetworks: [] },
  });
  const once = async (cut?: number) => {
    const talk = await office.talk('clearText');
    await replay(talk, cut);
    talk.destroy();
  };
  const length = transcript.slice(1).reduce((sum, { send }) => {
    return sum + send.length + (send.includes('{cram-md5}') ? ANSWER_LENGTH - '{cram-md5}'.length : 0);
  }, 0);

  await t.test('as it is written, and an octet a packet', async () => {
    await once(0);
    await once();
    assert.equal(await delivered(office), 2);
  });

  await t.test('G1 at every cut', async () => {
    const cuts = Array.from({ length: length - 1 }, (_, at) => at + 1);
    const worker = async () => {
      for (let cut = cuts.pop(); cut !== undefined; cut = cuts.pop()) await once(cut);
    };
    await Promise.all(Array.from({ length: 40 }, worker));
    assert.equal(await delivered(office), 2 + length - 1);
  });
});
