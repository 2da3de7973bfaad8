/** mbsync (isync) keeps a Maildir and the office in step, both ways and without a difference. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { encodeUtf7 } from '../../../main/server/imap/utf7.ts';
import {
  awkwardLetter,
  type Home,
  missing,
  openHome,
  openPeersOffice,
  PASSWORDS,
  PETROV,
  type PeersOffice,
} from '../../kit/peers-office.ts';

const skip = missing('mbsync');

/** With line ends of a Maildir, and without the mark by which mbsync finds its own copies again. */
const plain = (text: string) => text.replaceAll('\r\n', '\n').replace(/^X-TUID: .*\n/m, '');

describe('mbsync', { skip }, () => {
  let office: PeersOffice;
  let home: Home;

  before(async () => {
    office = await openPeersOffice();
    home = await openHome();
    await home.write('mail/.keep', '');
  });
  after(async () => {
    await home?.close();
    await office?.close();
  });

  const rc = (security: string, mechanism: string, port: number) => `
IMAPAccount office
Host localhost
Port ${port}
User ${PETROV}
Pass ${PASSWORDS[PETROV]}
SSLType ${security}
CertificateFile ${office.authority}
AuthMechs ${mechanism}

IMAPStore far
Account office

MaildirStore near
SubFolders Verbatim
Path ${home.dir}/mail/
Inbox ${home.dir}/mail/INBOX

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
CopyArrivalDate yes
`;
  /** One run; what mbsync says it has done. */
  async function sync(security = 'None', mechanism = 'LOGIN'): Promise<string> {
    const port = security === 'IMAPS' ? office.port('imaps') : office.port('imap');
    const config = await home.write('mbsyncrc', rc(security, mechanism, port));
    const ran = await home.run('mbsync', ['-V', '-c', config, '-a']);
    assert.equal(ran.code, 0, `${ran.err}\n${ran.out}`);
    assert.equal(ran.err.replace(/^(Notice:|Maildir notice:|\*\*\* IMAP Warning).*\n/gm, ''), '');
    return ran.out;
  }
  /** The folder of a mailbox: mbsync leaves names as they are on the wire. */
  const box = (name: string) => join(home.dir, 'mail', encodeUtf7(name));
  /** Letters of a Maildir: file name and octets. mbsync stores bare LF. */
  function near(name: string): { file: string; flags: string; text: string }[] {
    return ['cur', 'new'].flatMap((folder) =>
      readdirSync(join(box(name), folder)).map((file) => ({
        file: join(box(name), folder, file),
        flags: /:2,(.*)$/.exec(file)?.[1] ?? '',
        text: plain(readFileSync(join(box(name), folder, file), 'latin1')),
      })),
    );
  }
  const mark = (file: string, flags: string) => {
    const to = join(
      file,
      '..',
      '..',
      'cur',
      `${file
        .split('/')
        .at(-1)!
        .replace(/:2,.*$/, '')}:2,${flags}`,
    );
    renameSync(file, to);
    return to;
  };
  const LETTERS: Record<string, string> = {
    F: '\\Flagged',
    R: '\\Answered',
    S: '\\Seen',
    D: '\\Draft',
    T: '\\Deleted',
  };

  /** Both sides hold the same letters with the same flags, octet for octet. */
  async function assertSame(): Promise<void> {
    const names = await office.mailboxes(PETROV);
    for (const name of names) {
      const here = near(name)
        .map((each) => [
          each.text,
          [...each.flags]
            .map((flag) => LETTERS[flag]!)
            .sort()
            .join(' '),
        ])
        .sort();
      const there = (await office.letters(PETROV, name))
        .map((each) => [plain(each.text), each.flags.join(' ')])
        .sort();
      assert.deepEqual(here, there, name);
    }
  }
  /** A second run finds nothing to do: no file appears, no UID changes. */
  async function assertQuiet(): Promise<void> {
    const before = await Promise.all(
      (await office.mailboxes(PETROV)).map((name) => office.letters(PETROV, name)),
    );
    const files = readdirSync(join(home.dir, 'mail'), { recursive: true }).sort();
    await sync();
    const now = await Promise.all(
      (await office.mailboxes(PETROV)).map((name) => office.letters(PETROV, name)),
    );
    assert.deepEqual(now, before);
    assert.deepEqual(readdirSync(join(home.dir, 'mail'), { recursive: true }).sort(), files);
  }

  it('takes over what is there, folders with Cyrillic names among it', async () => {
    const client = await office.imap(PETROV);
    for (const name of ['Отчёты', 'Отчёты/2026', 'Договоры & счета', 'a b']) await client.mailboxCreate(name);
    await client.logout();
    await office.put(PETROV, 'INBOX', [awkwardLetter(), awkwardLetter({ body: 'x\r\n'.repeat(100_000) })]);
    await office.put(PETROV, 'Отчёты/2026', [awkwardLetter(), awkwardLetter()], ['\\Seen', '\\Flagged']);
    await sync();
    assert.equal(near('INBOX').length, 2);
    await assertSame();
    await assertQuiet();
  });

  it('I39 brings new letters of this side, and knows them again by APPENDUID', async () => {
    for (let n = 0; n < 20; n += 1) {
      const text = awkwardLetter({ subject: `made here ${n}` }).replaceAll('\r\n', '\n');
      writeFileSync(join(box('Отчёты'), 'cur', `made.${n}.here:2,${n % 2 ? 'S' : ''}`), text);
    }
    await sync();
    assert.equal((await office.letters(PETROV, 'Отчёты')).length, 20);
    await assertSame();
    await assertQuiet();
  });

  it('carries flags both ways', async () => {
    const here = near('Отчёты');
    mark(here[0]!.file, 'FRS');
    mark(here[1]!.file, '');
    const client = await office.imap(PETROV);
    const lock = await client.getMailboxLock('INBOX');
    await client.messageFlagsAdd('1', ['\\Answered', '\\Seen']);
    lock.release();
    await client.logout();
    await sync();
    await assertSame();
    assert.deepEqual((await office.letters(PETROV, 'INBOX'))[0]!.flags, ['\\Answered', '\\Seen']);
    await assertQuiet();
  });

  it('carries deletions both ways', async () => {
    const here = near('Отчёты');
    for (const { file, flags } of here.slice(0, 5)) mark(file, `${flags.replace('T', '')}T`);
    const client = await office.imap(PETROV);
    const lock = await client.getMailboxLock('INBOX');
    await client.messageDelete('1');
    lock.release();
    await client.logout();
    await sync();
    assert.equal((await office.letters(PETROV, 'Отчёты')).length, 15);
    assert.equal(near('INBOX').length, 1);
    await assertSame();
    await assertQuiet();
  });

  it('I40 follows moves made on the other side', async () => {
    const client = await office.imap(PETROV);
    const lock = await client.getMailboxLock('Отчёты');
    await client.messageMove('1:5', 'Archive');
    lock.release();
    await client.logout();
    await sync();
    assert.equal(near('Archive').length, 5);
    await assertSame();
    await assertQuiet();
  });

  it('makes and removes folders', async () => {
    for (const folder of ['cur', 'new', 'tmp'])
      mkdirSync(join(box('Новая папка'), folder), { recursive: true });
    writeFileSync(join(box('Новая папка'), 'new', 'one'), awkwardLetter().replaceAll('\r\n', '\n'));
    await sync();
    assert.ok((await office.mailboxes(PETROV)).includes('Новая папка'));
    const client = await office.imap(PETROV);
    await client.mailboxDelete('Договоры & счета');
    await client.logout();
    await sync();
    assert.ok(!existsSync(box('Договоры & счета')));
    await assertSame();
    await assertQuiet();
  });

  it('G5 S17 signs in by each mechanism, in clear text, by STARTTLS and by TLS, checking the certificate', async () => {
    for (const [security, mechanism] of [
      ['None', 'CRAM-MD5'],
      ['None', 'SCRAM-SHA-256'],
      ['None', 'DIGEST-MD5'],
      ['STARTTLS', 'PLAIN'],
      ['STARTTLS', 'SCRAM-SHA-256'],
      ['IMAPS', 'LOGIN'],
      ['IMAPS', '*'],
    ] as const) {
      await office.put(PETROV, 'INBOX', [awkwardLetter({ subject: `${security} ${mechanism}` })]);
      await sync(security, mechanism);
      await assertSame();
    }
  });
});
