import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  MAX_DEPTH,
  MAX_HEADER_BYTES,
  MAX_HEADER_FIELDS,
  MAX_PARTS,
  MAX_TEXT_CHARS,
} from '../../main/base/limits.ts';
import { type Part, readAttachment, readMessage } from '../../main/mail/message.ts';
import { octets, read, textOf, utf8 } from './letters.ts';

function outline(bytes: Uint8Array, part: Part): string[] {
  const own = part.children.length === 0 ? `=${textOf(bytes.subarray(part.bodyStart, part.end))}` : '';
  return [
    `${part.path || '-'} ${part.type}${own}`,
    ...part.children.flatMap((child) => outline(bytes, child)),
  ];
}

function all(part: Part): Part[] {
  return [part, ...part.children.flatMap(all)];
}

const MIXED = 'Content-Type: multipart/mixed; boundary=';

describe('MIME tree', () => {
  const cases: [name: string, text: string, tree: string[]][] = [
    ['single part', 'A: b\r\n\r\nhi\r\n', ['1 text/plain=hi\r\n']],
    [
      'two parts, CRLF',
      `${MIXED}b\r\n\r\n--b\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n--b--\r\nepilogue`,
      ['- multipart/mixed', '1 text/plain=one', '2 text/html=two'],
    ],
    [
      'boundaries that begin alike',
      `${MIXED}b\n\n--b\n${MIXED}b1\n\n--b1\n\none\n--b1--\n--b\n\ntwo\n--b--`,
      ['- multipart/mixed', '1 multipart/mixed', '1.1 text/plain=one', '2 text/plain=two'],
    ],
    [
      'inner end is missing',
      `${MIXED}o\n\n--o\n${MIXED}i\n\n--i\n\none\n--o\n\ntwo\n--o--`,
      ['- multipart/mixed', '1 multipart/mixed', '1.1 text/plain=one', '2 text/plain=two'],
    ],
    [
      'the same boundary inside',
      `${MIXED}b\n\n--b\n${MIXED}b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--`,
      ['- multipart/mixed', '1 multipart/mixed', '1.1 text/plain=one', '2 text/plain=two'],
    ],
    [
      'blanks after the boundary',
      `${MIXED}b\n\n--b \t\n\none\n--b-- \n`,
      ['- multipart/mixed', '1 text/plain=one'],
    ],
    [
      'dashes in the text',
      `${MIXED}b\n\n--b\n\n--bb\n -- b\n--\n--b--`,
      ['- multipart/mixed', '1 text/plain=--bb\n -- b\n--'],
    ],
    [
      'a part without header',
      `${MIXED}b\n\n--b\nno header here\n--b--`,
      ['- multipart/mixed', '1 text/plain=no header here'],
    ],
    [
      'an attached letter',
      `${MIXED}b\n\n--b\nContent-Type: message/rfc822\n\nSubject: x\n${MIXED}i\n\n--i\n\nin\n--i--\n--b\n\nout\n--b--`,
      ['- multipart/mixed', '1 message/rfc822', '1 multipart/mixed', '1.1 text/plain=in', '2 text/plain=out'],
    ],
    [
      'an attached plain letter',
      `${MIXED}b\n\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\nin\n--b--`,
      ['- multipart/mixed', '1 message/rfc822', '1.1 text/plain=in'],
    ],
    [
      'an encoded letter stays closed',
      `${MIXED}b\n\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAoKaGkK\n--b--`,
      ['- multipart/mixed', '1 message/rfc822=U3ViamVjdDogeAoKaGkK'],
    ],
    [
      'a digest',
      'Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nin\n--b--',
      ['- multipart/digest', '1 message/rfc822', '1.1 text/plain=in'],
    ],
    [
      'a boundary that the header forgot',
      'Content-Type: multipart/mixed\n\n--lost\n\none\n--lost--',
      ['- multipart/mixed', '1 text/plain=one'],
    ],
    ['an unreadable type', 'Content-Type: what\n\nx', ['1 text/plain=x']],
    [
      'nothing between delimiters',
      `${MIXED}b\n\n--b\n--b\n\none\n--b\n--b--`,
      ['- multipart/mixed', '1 text/plain=one'],
    ],
    [
      'empty part',
      `${MIXED}b\n\n--b\n\n--b\n\nx\n--b--`,
      ['- multipart/mixed', '1 text/plain=', '2 text/plain=x'],
    ],
  ];
  for (const [name, text, tree] of cases)
    it(name, () => {
      const bytes = utf8(text);
      assert.deepEqual(outline(bytes, readMessage(bytes).tree), tree);
    });
  it('offsets cover header and body', () => {
    const bytes = utf8(`${MIXED}b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n\r\n--b--\r\n`);
    const part = readMessage(bytes).tree.children[0] as Part;
    assert.equal(textOf(bytes.subarray(part.headerStart, part.bodyStart)), 'Content-Type: text/html\r\n\r\n');
    assert.equal(textOf(bytes.subarray(part.bodyStart, part.end)), 'two\r\n');
  });
});

describe('limits', () => {
  const parts = (count: number) => utf8(`${MIXED}b\n\n${'--b\n\nx\n'.repeat(count)}--b--\n`);
  it('parts: at the limit all have nodes, over it the rest is one attachment', () => {
    const at = readMessage(parts(MAX_PARTS));
    assert.equal(at.tree.children.length, MAX_PARTS);
    assert.deepEqual(at.defects, []);
    const bytes = parts(MAX_PARTS + 3);
    const { message, content } = read(bytes);
    assert.equal(message.tree.children.length, MAX_PARTS + 1);
    assert.ok(message.defects.includes('too-many-parts'));
    assert.match(textOf(readAttachment(bytes, message, 1)), /^\nx\n--b\n\nx\n--b\n\nx\n--b--/);
    assert.equal(content.attachments.length, 1);
  });
  const nest = (levels: number) => {
    const open = Array.from({ length: levels }, (_, i) => `${MIXED}b${i}\n\n--b${i}\n`).join('');
    const close = Array.from({ length: levels }, (_, i) => `\n--b${levels - 1 - i}--`).join('');
    return utf8(`${open}\nbottom${close}\n`);
  };
  it('depth: at the limit the text is read, over it the rest is an attached letter', () => {
    const at = read(nest(MAX_DEPTH));
    assert.equal(at.content.text, 'bottom');
    assert.deepEqual(at.message.defects, []);
    const over = read(nest(1000));
    assert.deepEqual(over.message.defects, ['too-deep']);
    const rest = readAttachment(over.bytes, over.message, 1);
    assert.equal(over.content.attachments[0]?.type, 'message/rfc822');
    // What is inside can be opened again, level after level.
    let inner = read(rest);
    for (let round = 0; round < 20 && inner.content.attachments.length > 0; round++)
      inner = read(readAttachment(inner.bytes, inner.message, 1));
    assert.equal(inner.content.text, 'bottom');
    assert.equal(
      Math.max(...all(over.message.tree).map((part) => part.path.split('.').length)) <= MAX_DEPTH,
      true,
    );
  });
  it('header fields', () => {
    const at = read(`${'A: b\n'.repeat(MAX_HEADER_FIELDS)}\nbody`);
    assert.deepEqual(
      [at.message.headers.length, at.message.defects, at.content.text],
      [MAX_HEADER_FIELDS, [], 'body'],
    );
    const over = read(`${'A: b\n'.repeat(MAX_HEADER_FIELDS + 1)}\nbody`);
    assert.deepEqual(
      [over.message.headers.length, over.message.defects, over.content.text],
      [MAX_HEADER_FIELDS, ['header-too-large'], 'body'],
    );
  });
  it('header octets', () => {
    const two = read(octets(`Subject: ${'x'.repeat(2_000_000)}\nFrom: a@b.c\n\nbody`));
    assert.deepEqual(
      [two.message.subject.length, two.message.from.length, two.message.defects],
      [2_000_000, 1, []],
    );
    const over = read(octets(`From: a@b.c\nSubject: ${'x'.repeat(MAX_HEADER_BYTES)}\nTo: d@e.f\n\nbody`));
    assert.deepEqual([over.message.from.length, over.message.to.length, over.content.text], [1, 0, 'body']);
    assert.deepEqual(over.message.defects, ['header-too-large']);
  });
  it('text that is decoded', () => {
    const at = read(octets(`\n${'x'.repeat(MAX_TEXT_CHARS)}`));
    assert.deepEqual([at.content.text?.length, at.content.defects], [MAX_TEXT_CHARS, []]);
    const over = read(octets(`\n${'x'.repeat(MAX_TEXT_CHARS + 1)}`));
    assert.deepEqual([over.content.text?.length, over.content.defects], [MAX_TEXT_CHARS, ['text-truncated']]);
  });
});
