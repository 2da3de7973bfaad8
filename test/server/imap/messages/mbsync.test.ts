/** mbsync against the office's IMAP server, both ways, until neither side differs. Skipped where it is not installed. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { OFFICE_DOMAIN, passwordOf } from '../../../kit/office.ts';
import { type ImapClient, openImapOffice } from '../../../kit/office-imap.ts';
import { put } from '../../../kit/office-mailstore.ts';
import { crlf, NESTED, PLAIN } from './letters.ts';

const run = promisify(execFile);
const MBSYNC = '/usr/bin/mbsync';
const LETTERS = 120;

function configuration(dir: string, port: number): string {
  return `
IMAPAccount office
Host 127.0.0.1
Port ${port}
User petrov@${OFFICE_DOMAIN}
Pass ${passwordOf('petrov')}
SSLType None
AuthMechs PLAIN

IMAPStore far
Account office

MaildirStore near
Path ${dir}/mail/
Inbox ${dir}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
CopyArrivalDate yes
SyncState ${dir}/state/
`;
}

/** Subject to flags of a Maildir, letters read back with CRLF; the body is compared too. */
function near(dir: string, name: string): Map<string, { flags: string; body: string; file: string }> {
  const found = new Map<string, { flags: string; body: string; file: string }>();
  for (const sub of ['new', 'cur']) {
    for (const file of readdirSync(join(dir, 'mail', name, sub))) {
      const path = join(dir, 'mail', name, sub, file);
      const text = crlf(readFileSync(path, 'latin1'));
      const subject = /^Subject: (.*)\r$/m.exec(text)?.[1] ?? '';
      assert.ok(!found.has(subject), `${subject} is there twice`);
      // mbsync marks what it carries by a field of its own.
      const body = text.replace(/^X-TUID: .*\r\n/m, '');
      found.set(subject, {
        flags: [...(/:2,(\w*)$/.exec(file)?.[1] ?? '')].sort().join(''),
        body,
        file: path,
      });
    }
  }
  return found;
}

const LETTER_OF: Readonly<Record<string, string>> = {
  '\\Seen': 'S',
  '\\Flagged': 'F',
  '\\Answered': 'R',
  '\\Draft': 'D',
  '\\Deleted': 'T',
};

async function far(client: ImapClient, name: string): Promise<Map<string, { flags: string; body: string }>> {
  const found = new Map<string, { flags: string; body: string }>();
  await client.ok(`SELECT ${name}`);
  const untagged = await client.ok('UID FETCH 1:* (FLAGS BODY.PEEK[])');
  for (let at = untagged.indexOf('* '); at >= 0; ) {
    const head = /FLAGS \(([^)]*)\) BODY\[\] \{(\d+)\}\r\n/g;
    head.lastIndex = at;
    const match = head.exec(untagged);
    if (!match) break;
    const text = untagged.slice(head.lastIndex, head.lastIndex + Number(match[2]));
    const flags = (match[1] as string)
      .split(' ')
      .map((flag) => LETTER_OF[flag] ?? '')
      .sort()
      .join('');
    const subject = /^Subject: (.*)\r$/m.exec(text)?.[1] ?? '';
    assert.ok(!found.has(subject), `${subject} is there twice`);
    found.set(subject, { flags, body: text.replace(/^X-TUID: .*\r\n/m, '') });
    at = head.lastIndex + Number(match[2]);
  }
  return found;
}

test('mbsync syncs both ways without a difference', {
  skip: !existsSync(MBSYNC),
  timeout: 240_000,
}, async (t) => {
  const office = await openImapOffice(t);
  const dir = mkdtempSync(join(tmpdir(), 'postroom-mbsync-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  for (const folder of ['mail', 'state']) await run('mkdir', [join(dir, folder)]);
  writeFileSync(join(dir, 'mbsyncrc'), configuration(dir, office.imap.port));
  const sync = async () => {
    const { stderr } = await run(MBSYNC, ['-c', join(dir, 'mbsyncrc'), '-a'], { timeout: 120_000 });
    assert.equal(stderr.replace(/^Notice: .*\n/gm, ''), '');
  };
  const numbered = (letter: string, n: number | string) =>
    letter.replace(/^Subject: .*\r$/m, `Subject: letter ${n}\r`);
  for (let n = 0; n < LETTERS; n += 1)
    await put(
      office.mailstore,
      office.inboxId,
      Buffer.from(numbered(n % 2 === 0 ? PLAIN : NESTED, n), 'latin1'),
      {
        flags: n % 32,
        internalDate: Date.UTC(2026, 10, 1 + (n % 20)),
      },
    );
  const client = await office.client();
  await client.ok('CREATE "Projects/One"');
  const same = async (name: string) => {
    const [here, there] = [near(dir, name), await far(client, name)];
    assert.deepEqual([...here.keys()].sort(), [...there.keys()].sort(), name);
    for (const [subject, { flags, body }] of there) {
      assert.equal(here.get(subject)?.flags, flags, `${name}: flags of ${subject}`);
      assert.equal(here.get(subject)?.body, body, `${name}: octets of ${subject}`);
    }
    return there.size;
  };

  await sync();
  // What was marked as deleted is gone from both.
  const left = [...Array(LETTERS).keys()].filter((n) => ((n % 32) & 8) === 0).length;
  assert.equal(await same('INBOX'), left);

  // Changes at this side: new letters, flags, deletions; at that side too.
  const here = near(dir, 'INBOX');
  for (let n = 0; n < 20; n += 1)
    writeFileSync(
      join(dir, 'mail/INBOX/new', `${n}.near.host`),
      numbered(PLAIN, `near${n}`).replaceAll('\r\n', '\n'),
    );
  const subjects = [...here.keys()].sort();
  const moved = (subject: string, flags: string) => {
    const file = here.get(subject)?.file as string;
    renameSync(
      file,
      file.replace(/(?:new|cur)\/([^/:]*)(?::2,\w*)?$/, (_, base: string) => `cur/${base}:2,${flags}`),
    );
  };
  for (const subject of subjects.slice(0, 10)) moved(subject, 'FS');
  for (const subject of subjects.slice(10, 20)) moved(subject, 'ST');
  for (const subject of subjects.slice(20, 25)) unlinkSync(here.get(subject)?.file as string);
  await client.ok('SELECT INBOX');
  await client.ok('STORE 30:35 +FLAGS.SILENT (\\Answered \\Flagged)');
  await client.ok('STORE 40:44 +FLAGS.SILENT (\\Deleted)');
  await client.append('Projects/One', numbered(NESTED, 'far1'), '(\\Flagged)');
  await sync();
  await sync();
  assert.equal(await same('INBOX'), left + 20 - 10 - 5 - 5);
  assert.equal(await same('Projects/One'), 1);

  // Nothing is left to do: nothing changes any more.
  const before = await client.ok('STATUS INBOX (MESSAGES UIDNEXT HIGHESTMODSEQ)');
  await sync();
  assert.equal(await client.ok('STATUS INBOX (MESSAGES UIDNEXT HIGHESTMODSEQ)'), before);
});
