/** An office whose disk lies: the rest is served, `office check` lists the damage, new mail comes in. */
import assert from 'node:assert/strict';
import {
  closeSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SEGMENT_BYTES } from '../../../main/base/limits.ts';
import { LineClient } from '../../kit/line-client.ts';
import {
  awkwardLetter,
  openPeersOffice,
  PASSWORDS,
  PETROV,
  type PeersOffice,
} from '../../kit/peers-office.ts';

interface Checked {
  ok: boolean;
  messages: number;
  problems: { code: string; message: string; repairable: boolean }[];
}

/** Text that does not pack, the same for the same number. */
function noise(octets: number, seed: number): string {
  let state = seed * 2654435761;
  const lines: string[] = [];
  for (let made = 0; made < octets; made += 78) {
    let line = '';
    for (let at = 0; at < 76; at += 1) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      line += String.fromCharCode(48 + ((state >>> 24) % 75));
    }
    lines.push(line);
  }
  return `${lines.join('\r\n')}\r\n`;
}

async function officeWith(t: TestContext, letters: readonly string[]): Promise<PeersOffice> {
  const office = await openPeersOffice();
  t.after(() => office.close());
  await office.put(PETROV, 'INBOX', letters);
  return office;
}

const segments = (office: PeersOffice) => {
  const dir = join(office.folder.data, 'segments');
  return readdirSync(dir)
    .filter((name) => name.endsWith('.seg'))
    .sort()
    .map((name) => join(dir, name));
};

/** Stops the office, does something to its files, starts it again. */
async function behindItsBack(office: PeersOffice, action: () => void): Promise<void> {
  assert.equal(await office.served.stop(), 0);
  action();
  await office.restart();
}

/** Each letter by IMAP: its text, or what the server said instead. */
async function readAll(office: PeersOffice, count: number): Promise<string[]> {
  const client = await LineClient.open(office.port('imap'));
  await client.line();
  const command = async (text: string) => {
    client.send(`a ${text}\r\n`);
    return client.until((held) => {
      const found = /(?:^|\r\n)a (?:OK|NO|BAD) [^\r\n]*\r\n/.exec(held);
      return found ? found.index + found[0].length : 0;
    });
  };
  await command(`LOGIN ${PETROV} ${PASSWORDS[PETROV]}`);
  await command('SELECT INBOX');
  const texts: string[] = [];
  for (let uid = 1; uid <= count; uid += 1) {
    const answer = await command(`UID FETCH ${uid} (BODY.PEEK[])`);
    const body = /\{(\d+)\}\r\n/.exec(answer);
    texts.push(
      body
        ? answer.slice(body.index + body[0].length, body.index + body[0].length + Number(body[1]))
        : answer.trim(),
    );
  }
  // What the list shows does not lie in the damaged file.
  const list = await command('UID FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE RFC822.SIZE)');
  assert.match(list, /\r\na OK /);
  assert.equal(list.match(/ENVELOPE/g)?.length, count);
  client.cut();
  return texts;
}

/** The letter as the wire gives it back: one character an octet. */
const octets = (text: string) => Buffer.from(text).toString('latin1');

test('P19 a flipped byte in a segment costs its own letter, by IMAP and by POP3, and check names it', async (t) => {
  const letters = [1, 2, 3, 4, 5].map((n) => awkwardLetter({ subject: `n${n}`, body: noise(60_000, n) }));
  const office = await officeWith(t, letters);
  await behindItsBack(office, () => {
    const [file] = segments(office);
    const at = Math.floor(statSync(file!).size / 2);
    const fd = openSync(file!, 'r+');
    const octet = Buffer.alloc(1);
    readSync(fd, octet, 0, 1, at);
    octet[0]! ^= 0x10;
    writeSync(fd, octet, 0, 1, at);
    closeSync(fd);
  });
  const read = await readAll(office, 5);
  const lost = read.flatMap((text, n) => (text === octets(letters[n]!) ? [] : [n]));
  assert.deepEqual(lost, [2]);
  assert.match(read[2]!, /^(?:\* [^\n]*\n)*a NO \[/);

  const pop3 = await LineClient.open(office.port('pop3'));
  await pop3.line();
  await pop3.ask(`USER ${PETROV}`);
  assert.match(await pop3.ask(`PASS ${PASSWORDS[PETROV]}`), /^\+OK/);
  assert.match(await pop3.ask('STAT'), /^\+OK 5 /);
  for (const n of [1, 2, 4, 5]) {
    assert.match(await pop3.ask(`RETR ${n}`), /^\+OK/);
    assert.equal(`${(await pop3.dotted()).join('\r\n')}\r\n`, octets(letters[n - 1]!));
  }
  assert.match(await pop3.ask('RETR 3'), /^-ERR \[SYS\/PERM\]/, 'P19');
  assert.match(await pop3.ask('QUIT'), /^\+OK/);

  const check = await office.folder.office(['check', '--json']);
  assert.equal(check.code, 1, check.stderr);
  const report = JSON.parse(check.stdout.toString()) as Checked;
  assert.equal(report.ok, false);
  assert.deepEqual(
    report.problems.map(({ code }) => code),
    ['record-damaged'],
  );
  // The same octets once more heal it.
  await office.put(PETROV, 'INBOX', [letters[2]!]);
  assert.equal((await readAll(office, 6))[2], octets(letters[2]!));
  assert.equal((await office.folder.json<Checked>(['check'])).ok, true);
});

test('a torn last record: what was acknowledged before is whole, and mail comes in', async (t) => {
  const letters = [1, 2, 3].map((n) => awkwardLetter({ subject: `n${n}`, body: noise(40_000, n + 20) }));
  const office = await officeWith(t, letters);
  await behindItsBack(office, () => {
    const file = segments(office).at(-1)!;
    truncateSync(file, statSync(file).size - 1000);
  });
  const read = await readAll(office, 3);
  assert.deepEqual([read[0], read[1]], letters.slice(0, 2).map(octets));
  assert.match(read[2]!, /a NO \[/);
  await office.put(PETROV, 'INBOX', [awkwardLetter({ subject: 'after' })]);
  assert.match((await readAll(office, 4))[3]!, /Subject: after/);
  const check = await office.folder.office(['check', '--json']);
  assert.equal(check.code, 1);
  const { problems } = JSON.parse(check.stdout.toString()) as Checked;
  assert.ok(problems.length > 0);
  assert.ok(problems.every(({ repairable }) => !repairable));
});

test('octets at the end that nobody knows of are no damage', async (t) => {
  const letters = [1, 2].map((n) => awkwardLetter({ subject: `n${n}`, body: noise(4000, n + 40) }));
  const office = await officeWith(t, letters);
  await behindItsBack(office, () => {
    const file = segments(office).at(-1)!;
    const fd = openSync(file, 'a');
    writeSync(fd, Buffer.alloc(5000, 0x55));
    closeSync(fd);
  });
  assert.deepEqual(await readAll(office, 2), letters.map(octets));
  await office.put(PETROV, 'INBOX', [awkwardLetter({ subject: 'after' })]);
  assert.equal((await readAll(office, 3)).length, 3);
  assert.equal((await office.folder.json<Checked>(['check'])).ok, true);
});

test('damage deep in a large letter cuts a client off once; after that it is an answer', async (t) => {
  const letters = [1, 2].map((n) => awkwardLetter({ subject: `n${n}`, body: noise(6_000_000, n + 50) }));
  const office = await officeWith(t, letters);
  await behindItsBack(office, () => {
    const [file] = segments(office);
    const at = Math.floor(statSync(file!).size * 0.45);
    const fd = openSync(file!, 'r+');
    writeSync(fd, Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]), 0, 8, at);
    closeSync(fd);
  });
  await assert.rejects(readAll(office, 2), /the server closed/);
  const read = await readAll(office, 2);
  assert.match(read[0]!, /a NO \[/);
  assert.equal(read[1], octets(letters[1]!));
  const pop3 = await LineClient.open(office.port('pop3'));
  await pop3.line();
  await pop3.ask(`USER ${PETROV}`);
  await pop3.ask(`PASS ${PASSWORDS[PETROV]}`);
  assert.match(await pop3.ask('RETR 1'), /^-ERR \[SYS\/PERM\]/);
  assert.match(await pop3.ask('QUIT'), /^\+OK/);
  await office.put(PETROV, 'INBOX', [letters[0]!]);
  assert.equal((await readAll(office, 3))[0], octets(letters[0]!), 'healed by the same octets');
});

test('a missing segment: the letters of the others are served, the loss is listed', async (t) => {
  // The first segment is sealed when it is full; the rest lies in the second.
  const size = 8_000_000;
  const count = Math.ceil(SEGMENT_BYTES / size) + 3;
  const letters = Array.from({ length: count }, (_, n) =>
    awkwardLetter({ subject: `n${n}`, body: noise(size, n + 60) }),
  );
  const office = await officeWith(t, letters);
  assert.ok(segments(office).length >= 2, 'two segments');
  await behindItsBack(office, () => rmSync(segments(office)[0]!));
  const read = await readAll(office, count);
  const whole = read.filter((text, n) => text === octets(letters[n]!)).length;
  assert.ok(whole >= 1 && whole < count, `${whole} of ${count}`);
  for (const [n, text] of read.entries())
    if (text !== octets(letters[n]!)) assert.match(text, /a NO \[/, `letter ${n}`);
  await office.put(PETROV, 'INBOX', [awkwardLetter({ subject: 'after' })]);
  assert.match((await readAll(office, count + 1))[count]!, /Subject: after/);
  const check = await office.folder.office(['check', '--json']);
  assert.equal(check.code, 1);
  const { problems } = JSON.parse(check.stdout.toString()) as Checked;
  assert.deepEqual(
    problems.map(({ code, message }) => `${code}: ${message}`),
    [`segment-missing: ${count - whole} blobs are lost`],
  );
});
