import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { imapRoom, openImapOffice } from '../../../kit/office-imap.ts';
import { PLAIN } from './letters.ts';

/** Octets that do not compress, in lines. */
function noise(seed: string, octets: number): string {
  let text = '';
  for (let n = 0; text.length < octets; n += 1)
    text += `${createHash('sha256').update(`${seed}${n}`).digest('base64')}\r\n`;
  return text;
}

/** Flips one octet in the middle of the newest segment. */
function flip(dir: string): void {
  const folder = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(
      (each) => each.isFile() && /seg/.test(join(each.parentPath, each.name)) && !/db|lock/.test(each.name),
    )
    .map((each) => join(each.parentPath, each.name))
    .sort((a, b) => statSync(b).size - statSync(a).size)[0] as string;
  // Room for letters to come, zeros, lies behind the records.
  const at = Math.floor(readFileSync(folder).findLastIndex((octet) => octet !== 0) / 2);
  const file = openSync(folder, 'r+');
  const octet = new Uint8Array(1);
  readSync(file, octet, 0, 1, at);
  octet[0] = (octet[0] as number) ^ 0x55;
  writeSync(file, octet, 0, 1, at);
  closeSync(file);
}

test('I50 a damaged message costs a tagged NO, the others are served', async (t) => {
  const office = await openImapOffice(t);
  const { client } = await imapRoom(office, [PLAIN, `Subject: bad\r\n\r\n${noise('a', 60_000)}`, PLAIN]);
  flip(office.dir);
  const answer = await client.command('FETCH 1:3 (UID BODY.PEEK[])');
  assert.match(answer.tagged, /^NO /);
  assert.deepEqual(
    [...answer.untagged.matchAll(/\* (\d) FETCH/g)].map((each) => each[1]),
    ['1', '3'],
  );
  // Rule G14: no path and no word about the inside.
  assert.doesNotMatch(answer.tagged, /\/|segment|sql/i);
  assert.match(await client.ok('FETCH 1:3 (UID ENVELOPE)'), /"bad"/);
});

test('G3 a body that breaks off in the middle cuts the connection: no false end of a literal', async (t) => {
  const office = await openImapOffice(t);
  const { client, another } = await imapRoom(office, [`Subject: bad\r\n\r\n${noise('b', 3_000_000)}`]);
  flip(office.dir);
  client.send('x FETCH 1 BODY.PEEK[]\r\n');
  await assert.rejects(client.until(/\r\nx (?:OK|NO|BAD) /), /closed before/);
  // Everybody else goes on.
  const other = await another();
  assert.match(await other.ok('FETCH 1 ENVELOPE'), /"bad"/);
});

test('G3 a client that vanishes in the middle of a body ends its session and nothing else', async (t) => {
  const office = await openImapOffice(t);
  const { client, another } = await imapRoom(office, [`Subject: long\r\n\r\n${noise('c', 8_000_000)}`]);
  const before = office.imap.sessions;
  client.send('x FETCH 1 (BODY.PEEK[] BODY.PEEK[TEXT])\r\n');
  await client.until(/BODY\[\] \{\d+\}/);
  client.close();
  const deadline = performance.now() + 20_000;
  while (office.imap.sessions >= before) {
    assert.ok(performance.now() < deadline, 'the session is still there');
    await new Promise((resolve) => setImmediate(resolve));
  }
  const other = await another();
  assert.match(await other.ok('FETCH 1 (RFC822.SIZE)'), /RFC822\.SIZE 80/);
});
