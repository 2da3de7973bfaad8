import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type Part, readAttachment } from '../../main/mail/message.ts';
import { octets, read } from './letters.ts';

const corpus = process.env['POSTROOM_CORPUS'] ?? '';
const skip = corpus === '' || !existsSync(corpus) ? 'POSTROOM_CORPUS is not set' : false;

/** Files where we differ from the majority on purpose. */
const DIFFERENT: Record<string, string> = {
  'cyrus/headers-koi8r.bin.eml': 'raw koi8-r in the subject is guessed, the others show it as Latin',
  'hmailserver-dkim/Messages_MultipartMessageWithNoMainBodyText.txt.eml':
    '`From: A` is taken for a local address',
  'hmailserver-dkim/Messages_MessageContainingGreekAndJapanese.txt.eml':
    'the author after a UTF-8 mark is read',
  'mimekit/missing-subtype.txt.eml': 'the name of a part with an invalid type is kept',
  'python-email/msg_25.txt.eml': 'the boundary that the header lost is found in the body',
  'python-email/msg_39.txt.eml':
    'an inner multipart with the boundary of its parent is opened, six files instead of three',
  'rspamd/fws_fn.eml': 'a line of one blank ends the header where a delimiter follows',
  'ruby-mail/error_emails_bad_encoded_subject.eml': 'an encoded word of an unknown charset is guessed',
  'ruby-mail/plain_emails_mix_caps_content_type.eml': 'an address without brackets after a name is read',
  'stalwart-mail-parser/legacy/035.eml': 'backslashes of a Windows path are kept in the raw name',
  'stalwart-mail-parser/malformed/003.eml': 'the same boundary inside, cut off: one part with the text',
  'stalwart-mail-parser/malformed/017.eml': 'a file name after an empty disposition is kept',
  'zbateson/m1005.txt.eml': 'backslashes of a Windows path are kept in the raw name',
  'zbateson/m4008.txt.eml': 'backslashes of a Windows path are kept in the raw name',
};

interface Agreed {
  file: string;
  subject: string | null;
  from: string | null;
  attachmentNames?: string[];
  leafParts?: number;
  open?: string[];
}

function leaves(part: Part): Part[] {
  return part.children.length === 0 ? [part] : part.children.flatMap(leaves);
}

function plain(text: string | null | undefined): string {
  return (text ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** Letters of a mboxrd file. */
function* mbox(path: string): Generator<Uint8Array> {
  const text = gunzipSync(readFileSync(path)).toString('latin1');
  for (const letter of text.split(/^From .*\n/m).slice(1))
    yield octets(letter.replace(/\n$/, '').replace(/^>(>*From )/gm, '$1'));
}

describe('real letters', { skip }, () => {
  it('agree with three mature parsers', () => {
    const rows = readFileSync(join(corpus, 'hard/CONSENSUS.jsonl'), 'utf8').trim().split('\n');
    const differ = new Map<string, string[]>();
    for (const row of rows) {
      const agreed = JSON.parse(row) as Agreed;
      const { message } = read(new Uint8Array(readFileSync(join(corpus, 'hard', agreed.file))));
      const parts = leaves(message.tree);
      const ours: Record<string, unknown> = {
        subject: plain(message.subject),
        from: message.from[0]?.address.toLowerCase() ?? '',
        attachmentNames: parts
          .map((part) => plain(part.filename))
          .filter((name) => name !== '')
          .sort(),
        leafParts: parts.length,
      };
      const theirs: Record<string, unknown> = {
        subject: plain(agreed.subject),
        from: agreed.from ?? '',
        attachmentNames: (agreed.attachmentNames ?? []).map(plain).sort(),
        leafParts: agreed.leafParts,
      };
      const wrong = Object.keys(ours).filter(
        (key) =>
          key in agreed &&
          !agreed.open?.includes(key) &&
          JSON.stringify(ours[key]) !== JSON.stringify(theirs[key]),
      );
      if (wrong.length > 0) differ.set(agreed.file, wrong);
    }
    const surprising = [...differ].filter(([file]) => !Object.hasOwn(DIFFERENT, file));
    assert.deepEqual(surprising, []);
    assert.ok(rows.length > 500);
  });
  it('Russian letters of public lists are readable', () => {
    const folder = join(corpus, 'office/russian');
    let count = 0;
    for (const name of readdirSync(folder)) {
      const { message, content } = read(new Uint8Array(readFileSync(join(folder, name))));
      assert.notEqual(message.from[0]?.address ?? '', '', name);
      assert.doesNotMatch(message.subject, /\ufffd/, name);
      const text = content.text ?? content.html ?? '';
      assert.ok((text.match(/\ufffd/g)?.length ?? 0) < 3, name);
      count++;
    }
    assert.ok(count > 40);
  });
  for (const file of [
    'office/usrp-users.mbox.gz',
    'office/linux-mips.mbox.gz',
    'ham/spamassassin-easy-ham-2.mbox.gz',
    'spam/spamassassin-spam-1.mbox.gz',
  ])
    it(`${file}: sender, text and attachments of every letter`, () => {
      let count = 0;
      let bare = 0;
      for (const bytes of mbox(join(corpus, file))) {
        count++;
        const { message, content } = read(bytes);
        assert.ok(message.from.length > 0, `letter ${count}`);
        if ((content.text ?? content.html ?? '').trim() === '' && content.attachments.length === 0) bare++;
        for (const { n, size } of content.attachments)
          assert.equal(readAttachment(bytes, message, n).length, size);
      }
      assert.ok(count > 200);
      assert.ok(bare < count / 20, `${bare} of ${count} without any content`);
    });
  it('a generated mailbox is read without a single difference', () => {
    const folder = mkdtempSync(join(tmpdir(), 'postroom-mail-'));
    try {
      const truth = join(folder, 'truth.jsonl');
      execFileSync(process.execPath, [
        join(corpus, 'make-mailbox.mjs'),
        '--out',
        join(folder, 'eml'),
        '--format',
        'eml',
        '--count',
        '2000',
        '--manifest',
        truth,
        '--quiet',
      ]);
      for (const line of readFileSync(truth, 'utf8').trim().split('\n')) {
        const row = JSON.parse(line) as {
          file: string;
          id: string;
          size: number;
          subject: string;
          from: string;
          fromName: string;
          date: number;
          charset: string;
          attachments: { name: string; type: string; bytes: number }[];
        };
        const { message, content } = read(new Uint8Array(readFileSync(join(folder, 'eml', row.file))));
        // The generator writes `?` where a charset has no numero sign.
        const subject = message.subject === row.subject.replaceAll('№', '?') ? row.subject : message.subject;
        assert.deepEqual(
          [subject, message.from[0], message.messageId, message.date, message.size],
          [row.subject, { name: row.fromName, address: row.from }, row.id, row.date * 1000, row.size],
          row.file,
        );
        assert.deepEqual([message.defects, content.defects], [[], []], row.file);
        assert.doesNotMatch(content.text ?? '', /\ufffd/);
        assert.notEqual(content.preview, '');
        // Invitations and attached letters have no name there and are not counted.
        const named = content.attachments.filter(
          (each) => each.kind !== 'calendar' && each.kind !== 'message',
        );
        assert.deepEqual(
          named.map((each) => [each.name, each.type, each.size]),
          row.attachments.map((each) => [each.name, each.type, each.bytes]),
          row.file,
        );
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
