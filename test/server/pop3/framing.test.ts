import assert from 'node:assert/strict';
import { test } from 'node:test';
import { downgradeHeader, needsDowngrade } from '../../../main/server/pop3/downgrade.ts';
import { DotStuffer, TopCut } from '../../../main/server/pop3/framing.ts';

function stuffed(...pieces: string[]): string {
  const stuffer = new DotStuffer();
  return (
    pieces.map((each) => Buffer.from(stuffer.push(Buffer.from(each, 'latin1'))).toString('latin1')).join('') +
    stuffer.end()
  );
}

function topped(lines: number, ...pieces: string[]): string {
  const cut = new TopCut(lines);
  return pieces.map((each) => Buffer.from(cut.push(Buffer.from(each, 'latin1'))).toString('latin1')).join('');
}

test('P12 dots at the beginning of lines are doubled, at every cut', () => {
  const message = '.first\r\nA: b\r\n\r\n.\r\n..two\r\nno . dot\r\n\n.bare\r\n.';
  const whole = stuffed(message);
  assert.equal(whole, '..first\r\nA: b\r\n\r\n..\r\n...two\r\nno . dot\r\n\n.bare\r\n..\r\n.\r\n');
  for (let cut = 0; cut <= message.length; cut += 1) {
    assert.equal(stuffed(message.slice(0, cut), message.slice(cut)), whole, `cut at ${cut}`);
  }
  assert.equal(stuffed(...message), whole);
});

test('P12 a message without a last CRLF gets one; an empty one is only the end', () => {
  assert.equal(stuffed('A: b\r\n\r\ntext'), 'A: b\r\n\r\ntext\r\n.\r\n');
  assert.equal(stuffed('A: b\r\n\r\ntext\r\n'), 'A: b\r\n\r\ntext\r\n.\r\n');
  assert.equal(stuffed(''), '.\r\n');
});

test('P14 TOP: header, blank line and so many lines, at every cut', () => {
  const message = 'A: b\r\n c\r\nD: e\r\n\r\none\r\ntwo\r\n\r\nfour\r\nfive';
  const head = 'A: b\r\n c\r\nD: e\r\n\r\n';
  const table: [number, string][] = [
    [0, head],
    [1, `${head}one\r\n`],
    [3, `${head}one\r\ntwo\r\n\r\n`],
    [5, message],
    [1000, message],
  ];
  for (const [lines, expected] of table) {
    for (let cut = 0; cut <= message.length; cut += 1) {
      assert.equal(
        topped(lines, message.slice(0, cut), message.slice(cut)),
        expected,
        `${lines} lines, cut ${cut}`,
      );
    }
    assert.equal(topped(lines, ...message), expected);
  }
  assert.equal(topped(3, 'A: b\r\nC: d\r\n'), 'A: b\r\nC: d\r\n');
});

test('P20 a UTF-8 header is written in ASCII for a client that did not say UTF8', () => {
  const header = Buffer.from(
    'From: Иван <ivan@x.example>\r\nTo: почта@пример.рф\r\nSubject: Смета\r\nX-Same: a\r\n b\r\n\r\n',
  );
  assert.equal(needsDowngrade(header), true);
  const text = Buffer.from(downgradeHeader(header)).toString('latin1');
  assert.match(text, /^From: =\?[^\r]*<ivan@x\.example>\r\n/);
  assert.match(text, /\r\nTo: =\?utf-8\?[^\r]* :;\r\n/i);
  assert.match(text, /\r\nX-Same: a\r\n b\r\n\r\n$/);
  assert.ok([...text].every((each) => each.charCodeAt(0) < 128));
  const long = downgradeHeader(Buffer.from(`Subject: ${'Смета на ремонт. '.repeat(60)}\r\n\r\n`));
  const longest = Math.max(
    ...Buffer.from(long)
      .toString('latin1')
      .split('\r\n')
      .map((line) => line.length),
  );
  assert.ok(longest < 100, `a line of ${longest} octets`);
  assert.equal(needsDowngrade(Buffer.from([0xd1, 0x20, 0xff])), false, 'koi8-r is left alone');
  assert.equal(needsDowngrade(Buffer.from('A: b\r\n')), false);
});
