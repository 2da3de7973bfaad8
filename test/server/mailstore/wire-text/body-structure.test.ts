import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessage } from '../../../../main/mail/letter.ts';
import { bodyOf, bodyStructureOf } from '../../../../main/server/mailstore/wire-text/body-structure.ts';
import { type ImapValue, imapValue } from '../../../kit/imap-text.ts';

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1'));
}

function structure(text: string): string {
  const bytes = bytesOf(text);
  return bodyStructureOf(bytes, readMessage(bytes));
}

function body(text: string): string {
  const bytes = bytesOf(text);
  return bodyOf(bytes, readMessage(bytes));
}

const TABLE: [name: string, letter: string, expected: string][] = [
  [
    'no header at all is plain US-ASCII text',
    'text\nonly\n',
    '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 12 2 NIL NIL NIL NIL)',
  ],
  ['an empty letter', '', '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL)'],
  [
    'text without a charset is US-ASCII',
    'Content-Type: text/html\n\n<p>\n',
    '("text" "html" ("charset" "us-ascii") NIL NIL "7bit" 5 1 NIL NIL NIL NIL)',
  ],
  [
    'extension data: MD5, disposition, language, location',
    'Content-Type: image/png; name="a.png"\nContent-Transfer-Encoding: BASE64\nContent-ID: <i@x>\n' +
      'Content-Description: a picture\nContent-MD5: Q2hlY2s=\nContent-Disposition: attachment; filename="a.png"\n' +
      'Content-Language: en, ru\nContent-Location: http://x.example/\n a.png\n\nAAAA\n',
    '("image" "png" ("name" "a.png") "<i@x>" "a picture" "base64" 6 "Q2hlY2s=" ("attachment" ("filename" "a.png")) ' +
      '("en" "ru") "http://x.example/a.png")',
  ],
  [
    'RFC 2231 continuations are joined, coded ones keep their charset and percent-coding',
    "Content-Type: application/pdf; name*0*=utf-8''%D0%9F; name*1*=%D1%80; name*2=x\n" +
      'Content-Disposition: attachment; filename*1="b.pdf"; filename*0="a"\n\nx',
    `("application" "pdf" ("name*" "utf-8''%D0%9F%D1%80x") NIL NIL "7bit" 1 NIL ` +
      '("attachment" ("filename" "ab.pdf")) NIL NIL)',
  ],
  [
    'quotes, backslashes and comments in parameters',
    'Content-Type: application/x-y (why); a="q\\"q"; b=C:\\\\d; c="C:\\T\\n"; d=plain (c)\n\nx',
    '("application" "x-y" ("a" "q\\"q" "b" "C:\\\\\\\\d" "c" "C:\\\\T\\\\n" "d" "plain") NIL NIL "7bit" 1 NIL NIL NIL NIL)',
  ],
  [
    'a forgotten semicolon and a name with blanks',
    'Content-Type: application/pdf; name=my file.pdf x-y=1\n\nx',
    '("application" "pdf" ("name" "my file.pdf" "x-y" "1") NIL NIL "7bit" 1 NIL NIL NIL NIL)',
  ],
  [
    'multipart: the line end before a delimiter belongs to it',
    'Content-Type: multipart/mixed; boundary=b\n\npre\n--b\n\none\n--b\nContent-Type: text/html; charset=utf-8\n\ntwo\n\n--b--\npost\n',
    '(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0 NIL NIL NIL NIL)' +
      '("text" "html" ("charset" "utf-8") NIL NIL "7bit" 5 1 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)',
  ],
  [
    'a multipart with no valid part has one empty text part',
    'Content-Type: multipart/mixed; boundary=b\n\nnothing here\n',
    '(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL) "mixed" ("boundary" "b") NIL NIL NIL)',
  ],
  [
    'a multipart without a boundary',
    'Content-Type: multipart/alternative\n\nnothing here\n',
    '(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL) "alternative" NIL NIL NIL NIL)',
  ],
  [
    'MESSAGE/RFC822 carries envelope, structure and lines',
    'Content-Type: message/rfc822\n\nSubject: in\nFrom: a@b.example\n\nhi\n',
    '("message" "rfc822" NIL NIL NIL "7bit" 38 (NIL "in" ((NIL NIL "a" "b.example")) ((NIL NIL "a" "b.example")) ' +
      '((NIL NIL "a" "b.example")) NIL NIL NIL NIL NIL) ' +
      '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1 NIL NIL NIL NIL) 4 NIL NIL NIL NIL)',
  ],
  [
    'an encoded letter cannot be read in place',
    'Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0KDQp5\n',
    '("message" "rfc822" NIL NIL NIL "base64" 22 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ' +
      '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0 NIL NIL NIL NIL) 1 NIL NIL NIL NIL)',
  ],
  [
    'a disposition without a word',
    'Content-Type: a/b\nContent-Disposition: ; filename=x\n\n',
    '("a" "b" NIL NIL NIL "7bit" 0 NIL ("attachment" ("filename" "x")) NIL NIL)',
  ],
  [
    'an unreadable type is plain text',
    'Content-Type: ((;;=\n\nx\n',
    '("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 1 NIL NIL NIL NIL)',
  ],
];

for (const [name, letter, expected] of TABLE)
  test(`I54 ${name}`, () => assert.equal(structure(letter), expected));

test('I54 BODY has no extension data', () => {
  const letter =
    'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: inline\nContent-MD5: x\n\none\n' +
    '--b\nContent-Type: message/rfc822\n\nSubject: s\n\nt\n--b--\n';
  assert.equal(
    body(letter),
    '(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 3 0)("message" "rfc822" NIL NIL NIL "7bit" 15 ' +
      '(NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0) 2) "mixed")',
  );
});

function nested(levels: number): string {
  let text = '';
  for (let i = 0; i < levels; i++) text += `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`;
  return `${text}\ndeep\n`;
}

function depthOf(value: ImapValue): number {
  return Array.isArray(value) ? 1 + Math.max(0, ...value.map(depthOf)) : 0;
}

test('I54 1000 levels of multiparts are capped at 100', () => {
  const text = structure(nested(1000));
  assert.ok(depthOf(imapValue(text)) <= 105);
});

test('I54 1000 letters inside each other are capped at 100', () => {
  const text = structure(`${'Content-Type: message/rfc822\n\n'.repeat(1000)}Subject: x\n\ny\n`);
  assert.ok(depthOf(imapValue(text)) <= 110);
});

test('I54 lines of parts deeper than the tree counts are right', () => {
  const depth = 30;
  let letter = '';
  for (let i = 0; i < depth; i++) letter += `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`;
  letter += `\n${'line\n'.repeat(5000)}`;
  for (let i = depth - 1; i >= 0; i--) letter += `--b${i}--\n`;
  let value = imapValue(structure(letter)) as ImapValue[];
  for (let i = 0; i < depth; i++) value = value[0] as ImapValue[];
  // The last line end belongs to the delimiter.
  assert.deepEqual(value.slice(0, 8), [
    'text',
    'plain',
    ['charset', 'us-ascii'],
    null,
    null,
    '7bit',
    '29998',
    '4999',
  ]);
});

test('I54 10,000 parts are all there, what is over them is one attachment', () => {
  const letter = `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(10_500)}--b--\n`;
  const value = imapValue(structure(letter)) as ImapValue[];
  const parts = value.filter((each) => Array.isArray(each) && Array.isArray(each[2]));
  assert.equal(parts.length, 10_000);
});

test('I54 hostile parameters stay balanced and quick', () => {
  for (const piece of ['"', '(', ';', '=', '\\', 'a=', 'a="', ';a*0=x', ' a=', ';a*9999*=%'])
    imapValue(structure(`Content-Type: text/plain; ${piece.repeat(40_000 / piece.length)}\n\nx`));
});
