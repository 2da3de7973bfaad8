/** neomutt, driven by its own commands: reads, marks, files, deletes and sends. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import {
  awkwardLetter,
  type Home,
  missing,
  openHome,
  openPeersOffice,
  PASSWORDS,
  PETROV,
  type PeersOffice,
  SIRMOV,
} from '../../kit/peers-office.ts';

// script(1) gives it the terminal without which it shows no list.
const skip = missing('neomutt') || missing('script');

describe('neomutt', { skip }, () => {
  let office: PeersOffice;
  let home: Home;

  before(async () => {
    office = await openPeersOffice();
    home = await openHome();
  });
  after(async () => {
    await home?.close();
    await office?.close();
  });

  const user = PETROV.replace('@', '%40');
  /** @param more lines; @param tls implicit TLS instead of STARTTLS. */
  const rc = (more: readonly string[], tls = false) =>
    [
      `set ssl_ca_certificates_file = "${office.authority}"`,
      `set certificate_file = "${home.path('certificates')}"`,
      'set ssl_force_tls = yes',
      'set ssl_starttls = yes',
      `set folder = "imap${tls ? 's' : ''}://${user}@localhost:${tls ? office.port('imaps') : office.port('imap')}/"`,
      'set spool_file = "+INBOX" record = "+Sent" postponed = "+Drafts" trash = ""',
      `set imap_user = "${PETROV}" imap_pass = "${PASSWORDS[PETROV]}"`,
      `set smtp_url = "smtp${tls ? 's' : ''}://${user}@localhost:${tls ? office.port('submissions') : office.port('submission')}/"`,
      `set smtp_pass = "${PASSWORDS[PETROV]}"`,
      `set from = "${PETROV}" real_name = "Пётр Петров" hostname = "far.example"`,
      'set send_charset = "utf-8" charset = "utf-8" assumed_charset = "utf-8"',
      'set wait_key = no delete = yes quit = yes move = no confirm_append = no confirm_create = no',
      'set auto_tag = yes sort = mailbox-order mark_old = no beep = no pager_stop = yes mail_check = 3600',
      `set header_cache = "" message_cachedir = ""`,
      'set abort_noattach = no abort_nosubject = no abort_unmodified = no edit_headers = no',
      ...more,
    ].join('\n');

  /** Keys that are pressed as soon as the list is on the screen; the program ends with them. */
  async function press(keys: string, more: readonly string[] = [], tls = false): Promise<string> {
    const file = await home.write('neomuttrc', rc([...more, `push "${keys}<quit>"`], tls));
    const ran = await home.run('script', [
      '-qec',
      `neomutt -n -F ${file} -d 2 -l ${home.path('debug')}`,
      '/dev/null',
    ]);
    assert.equal(ran.code, 0, `${ran.out}\n${ran.err}\n${log()}`);
    return ran.out;
  }
  const log = () => {
    try {
      return readFileSync(home.path('debug0'), 'latin1').slice(-4000);
    } catch {
      return '';
    }
  };

  it('G5 I8 opens the mailbox, reads a letter and saves its octets', async () => {
    const letter = awkwardLetter();
    await office.put(PETROV, 'INBOX', [letter, awkwardLetter()]);
    const saved = home.path('saved');
    await press(`<pipe-message>cat > ${saved}<enter>`, ['set pipe_decode = no']);
    const found = readFileSync(saved, 'latin1').replaceAll('\r\n', '\n');
    assert.equal(found, Buffer.from(letter).toString('latin1').replaceAll('\r\n', '\n'));
  });

  it('I57 marks, answers, keywords: the server has the flags', async () => {
    await press('<first-entry><flag-message><next-entry><set-flag>N<clear-flag>N');
    const [first, second] = await office.letters(PETROV, 'INBOX');
    assert.ok(first!.flags.includes('\\Flagged'), first!.flags.join());
    assert.deepEqual(second!.flags, ['\\Seen']);
  });

  it('I40 I33 copies into a new folder with a Cyrillic name, moves, deletes', async () => {
    await press(
      '<first-entry><copy-message>\\Cu+Отчёты<enter><last-entry><save-message>\\Cu+Archive<enter><first-entry><delete-message>',
    );
    assert.equal((await office.letters(PETROV, 'Отчёты')).length, 1, log());
    assert.equal((await office.letters(PETROV, 'Archive')).length, 1);
    assert.equal((await office.letters(PETROV, 'INBOX')).length, 0);
  });

  it('I58 searches on the server', async () => {
    await office.put(PETROV, 'INBOX', [
      awkwardLetter({ subject: 'one', body: 'nothing' }),
      awkwardLetter({ subject: 'two', body: 'the needle' }),
    ]);
    await press('<tag-pattern>=b needle<enter><tag-prefix-cond><flag-message><end-cond>');
    const flags = (await office.letters(PETROV, 'INBOX')).map((each) => each.flags.includes('\\Flagged'));
    assert.deepEqual(flags, [false, true]);
  });

  it('S50 S52 sends through submission in a batch', async () => {
    const file = await home.write('neomuttrc', rc([]));
    const to = ['-s', 'Отчёт за ноябрь', '-b', PETROV, '--', SIRMOV];
    const ran = await home.run('neomutt', ['-n', '-F', file, ...to], 'Добрый день!\n.\n..\n');
    assert.equal(ran.code, 0, `${ran.out}${ran.err}`);
    const [letter] = await office.letters(SIRMOV, 'INBOX');
    assert.match(letter!.text, /\swith ESMTPSA\s/);
    assert.doesNotMatch(letter!.text, /^Bcc:/im);
    assert.ok(letter!.text.endsWith(Buffer.from('\r\n\r\nДобрый день!\r\n.\r\n..\r\n').toString('latin1')));
    assert.ok((await office.letters(PETROV, 'INBOX')).some(({ text }) => text.includes('=?utf-8?')));
  });

  it('I39 writes and sends from the list, and keeps a copy in Sent', async () => {
    const editor = await home.write('editor.sh', '#!/bin/sh\nprintf "written here\\n" > "$1"\n');
    await press(`<mail>${SIRMOV}<enter>by hand<enter><send-message>`, [
      `set editor = "sh ${editor}" autoedit = no fast_reply = no ask_cc = no ask_bcc = no`,
    ]);
    const letters = await office.letters(SIRMOV, 'INBOX');
    assert.match(letters.at(-1)!.text, /Subject: by hand\r\n[\s\S]*\r\n\r\nwritten here\r\n$/);
    const [copy] = await office.letters(PETROV, 'Sent');
    assert.deepEqual(copy?.flags, ['\\Seen'], log());
    assert.match(copy!.text, /Subject: by hand\r\n/);
  });

  it('G5 the same over implicit TLS', async () => {
    const saved = home.path('again');
    await press(`<first-entry><pipe-message>cat > ${saved}<enter>`, ['set pipe_decode = no'], true);
    assert.match(readFileSync(saved, 'latin1'), /Subject: one/);
    const file = await home.write('neomuttrc', rc([], true));
    const ran = await home.run('neomutt', ['-n', '-F', file, '-s', 'by TLS', '--', SIRMOV], 'x\n');
    assert.equal(ran.code, 0, `${ran.out}${ran.err}`);
    assert.match((await office.letters(SIRMOV, 'INBOX')).at(-1)!.text, /Subject: by TLS\r\n/);
  });

  it('I8 each mechanism it may use', async () => {
    for (const mechanism of ['login', 'plain', 'cram-md5', 'scram-sha-256']) {
      await press('', [`set imap_authenticators = "${mechanism}"`]);
      await press('', [`set imap_authenticators = "${mechanism}"`], true);
    }
  });
});
