/**
 * The hard letters of the corpus, answered by Dovecot and by the office: ENVELOPE, BODYSTRUCTURE and every section. What
 * differs has been judged by the RFCs, letter by letter; the reasons stand below. Skipped without corpus or Dovecot.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { readMessage } from '../../../../main/mail/letter.ts';
import type { Part } from '../../../../main/mail/part.ts';
import { dovecotMissing, startDovecot } from '../../../kit/dovecot.ts';
import { type ImapValue, readImapValue } from '../../../kit/imap-text.ts';
import { ImapClient, openImapOffice } from '../../../kit/office-imap.ts';
import { put } from '../../../kit/office-mailstore.ts';

const corpus = process.env['POSTROOM_CORPUS'];

/** Letters whose answers differ, by the reason. */
const JUDGED: Readonly<Record<string, readonly string[]>> = {
  // Text without a header block: Dovecot takes it for a header, we for a body (RFC 5322 section 2.1, nothing is lost).
  'no header': [
    'comm-central/binary-after-plain.txt.eml',
    'comm-central/test-KOI8-R.txt.eml',
    'comm-central/test-UTF-8.txt.eml',
    'comm-central/test-windows-1252.txt.eml',
    'python-email/msg_35.txt.eml',
    'python-email/msg_38.txt.eml',
    'rspamd/fws_fn.eml',
  ],
  // RFC 2046 section 5.1.1: the line end before a delimiter belongs to the delimiter, also behind a nested multipart.
  'line end of a delimiter': [
    'comm-central/bodystructuretest2.eml',
    'comm-central/exception-minor.eml',
    'comm-central/image_sizing_test.eml',
    'comm-central/multipartmalt-detach.eml',
    'comm-central/repeat-event.eml',
    'horde-mime/bug13117.txt.eml',
    'mailparser/nested.eml',
    'mimekit/related.msg.eml',
    'mimekit/rfc2060.txt.eml',
    'mimekit/startrek.eml',
    'mox/message-rfc822-multipart.eml',
    'roundcube/fwd_lines.eml',
    'stalwart-server/email_get_headers.eml',
    'stalwart-server/email_parse_headers.eml',
    'zbateson/m4008.txt.eml',
  ],
  // Boundaries that are broken, doubled or spelt in a way that Dovecot does not read.
  boundaries: [
    'comm-central/test-rel-alt.eml',
    'python-email/msg_25.txt.eml',
    'python-email/msg_37.txt.eml',
    'roundcube/mail0.eml',
    'rspamd/badboundary.eml',
    'ruby-mail/mime_emails_raw_email4.eml',
    'ruby-mail/mime_emails_raw_email_with_binary_encoded.eml',
    'ruby-mail/plain_emails_raw_email_bad_time.eml',
  ],
  // Rule I53: the first of doubled fields counts; Dovecot joins addresses and takes the last of other fields.
  'doubled fields': [
    'comm-central/evil~1e6c.eml',
    'comm-central/mailformed_recipients.eml',
    'rspamd/phish_sender.eml',
    'rspamd/phish_sender3.eml',
    'ruby-mail/mime_emails_raw_email_with_multipart_mixed_quoted_boundary.eml',
    'zbateson/m0010.txt.eml',
    'stalwart-server/email_set_mixed.eml',
  ],
  // Addresses that are no addresses: what can be read of them is shown.
  'broken addresses': [
    'comm-central/bug505221.eml',
    'hmailserver-dkim/Messages_MessageContainingGreekAndJapanese.txt.eml',
    'mimekit/stack-overflow.txt.eml',
    'ruby-mail/error_emails_weird_to_header.eml',
    'ruby-mail/plain_emails_mix_caps_content_type.eml',
  ],
  // RFC 2045 section 5.2: types, encodings and parameters that cannot be read have defaults, never "".
  'broken types': [
    'comm-central/test-alt-rel-text.eml',
    'comm-central/untyped_text_with_cte_and_charset.eml',
    'mimekit/missing-subtype.txt.eml',
    'python-email/msg_14.txt.eml',
    'python-email/msg_32.txt.eml',
    'rspamd/spam.eml',
    'ruby-mail/error_emails_content_transfer_encoding_7-bit.eml',
    'ruby-mail/error_emails_content_transfer_encoding_qp_with_space.eml',
    'ruby-mail/error_emails_content_transfer_encoding_with_semi_colon.eml',
    'ruby-mail/error_emails_multiple_invalid_content_dispositions.eml',
    'stalwart-imap/001.txt.eml',
    'zbateson/github-115.txt.eml',
    'zbateson/m1005.txt.eml',
  ],
};

function letterOf(path: string): Buffer {
  const text = readFileSync(path, 'latin1')
    .replace(/\r\n|\r|\n/g, '\r\n')
    .replaceAll('\0', '');
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1');
}

function sectionsOf(letter: Uint8Array): string[] {
  const { tree } = readMessage(letter);
  const found = new Set(['', 'HEADER', 'TEXT', '1', 'HEADER.FIELDS (From Subject Received)']);
  const walk = (part: Part) => {
    if (found.size > 20) return;
    if (part.path !== '') found.add(part.path);
    if (part.path !== '' && part !== tree) found.add(`${part.path}.MIME`);
    if (part.message) for (const what of ['HEADER', 'TEXT', '1']) found.add(`${part.path}.${what}`);
    part.children.forEach(walk);
  };
  walk(tree);
  return [...found];
}

/** What stands behind `name ` in an answer; NIL and "" are the same for sections. */
function value(untagged: string, name: string): ImapValue {
  const at = untagged.indexOf(name);
  assert.ok(at >= 0, `${name} is missing in ${untagged.slice(0, 200)}`);
  return readImapValue(untagged, at + name.length).value;
}

/** Marks of Dovecot for what is missing, and blanks, which it writes otherwise. */
function plain(each: ImapValue): ImapValue {
  if (Array.isArray(each)) return each.map(plain);
  if (each === null) return null;
  if (/^(MISSING_DOMAIN|MISSING_MAILBOX|SYNTAX_ERROR)$/.test(each)) return '';
  return each.replace(/\s+/g, ' ').trim().replace(/>$/, '').toLowerCase();
}

const skip = dovecotMissing() ?? (corpus ? false : 'no corpus');

test('I52 I53 I54 the hard letters are answered as Dovecot does, or as the RFC says', {
  skip,
  timeout: 500_000,
}, async (t) => {
  const root = join(corpus as string, 'hard');
  const dovecot = await startDovecot({ format: 'sdbox' });
  t.after(() => dovecot.close());
  const office = await openImapOffice(t);
  const theirs = new ImapClient(net.connect(dovecot.port, dovecot.host));
  t.after(() => theirs.close());
  await theirs.until(/\* OK[^\n]*\n/);
  await theirs.ok(`LOGIN anna ${dovecot.password('anna')}`);
  const names = readdirSync(root, { withFileTypes: true })
    .filter((each) => each.isDirectory())
    .flatMap((folder) => readdirSync(join(root, folder.name)).map((name) => `${folder.name}/${name}`))
    .filter((name) => name.endsWith('.eml'));
  const letters = names.map((name) => letterOf(join(root, name)));
  for (const letter of letters) {
    await put(office.mailstore, office.inboxId, letter);
    assert.match(await theirs.append('INBOX', letter), /^OK/);
  }
  await theirs.ok('SELECT INBOX');
  const ours = await office.selected();
  const judged = new Set(Object.values(JUDGED).flat());
  const different = new Map<string, string>();
  for (const [n, name] of names.entries()) {
    const prepared = `FETCH ${n + 1} (ENVELOPE BODYSTRUCTURE)`;
    const [left, right] = [await theirs.ok(prepared), await ours.ok(prepared)];
    for (const item of ['ENVELOPE ', 'BODYSTRUCTURE '])
      if (JSON.stringify(plain(value(left, item))) !== JSON.stringify(plain(value(right, item))))
        different.set(name, item);
    for (const section of sectionsOf(letters[n] as Buffer)) {
      const command = `FETCH ${n + 1} BODY.PEEK[${section}]`;
      const [there, here] = [await theirs.ok(command), await ours.ok(command)];
      const label = /^HEADER\.FIELDS/.test(section) ? ')] ' : `BODY[${section}] `;
      if ((value(there, label) ?? '') !== (value(here, label) ?? '')) different.set(name, section);
    }
  }
  const unjudged = [...different].filter(([name]) => !judged.has(name));
  assert.deepEqual(unjudged, []);
});
