/** What a synchronisation reads of a letter, in a hurry, is what reading all of it gives. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readFacts, readLetter } from '../../../main/client/messages/facts.ts';

function agree(bytes: Uint8Array, name: string): void {
  assert.deepEqual(readFacts(bytes), readLetter(bytes).facts, name);
}
const octets = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8'));
const multipart = (kind: string, ...parts: string[]): string =>
  `From: Анна <a@x.example>\nSubject: =?utf-8?b?0J/RgNC40LLQtdGC?=\nContent-Type: multipart/${kind}; boundary=b\n\n${parts.map((part) => `--b\n${part}\n`).join('')}--b--\n`;
const plain = (text: string) => `Content-Type: text/plain; charset=utf-8\n\n${text}`;
const html = (text: string) => `Content-Type: text/html; charset=utf-8\n\n${text}`;
const file = (more = '') =>
  `Content-Type: image/png; name="p.png"\n${more}Content-Transfer-Encoding: base64\n\niVBORw0KGgo=`;

describe('facts in a hurry', () => {
  const letters: Record<string, string> = {
    'a text': 'Subject: x\n\nHello',
    'no body': 'Subject: x\n\n',
    'only HTML': multipart('mixed', html('<p>Hello</p>')),
    'two forms': multipart('alternative', plain('Hello'), html('<p>Other</p>')),
    'a blank text beside HTML': multipart('alternative', plain(' \n\t'), html('<p>Words</p>')),
    'a picture inside the HTML': multipart(
      'related',
      html('<img src="cid:one@x">'),
      file('Content-ID: <one@x>\n'),
      file('Content-ID: <two@x>\n'),
    ),
    'a text, HTML without one, a file': multipart('mixed', plain('One'), html('<b>Two</b>'), file()),
    'a text longer than a preview looks': multipart('mixed', plain('слово '.repeat(9000)), plain('end')),
    'a text of quotes only': multipart('mixed', plain('> a\n> b\n')),
    'many blank texts and one': multipart('mixed', plain(' '.repeat(30_000)), plain('late words')),
    'a letter inside': multipart(
      'mixed',
      plain('see'),
      'Content-Type: message/rfc822\n\nSubject: =?utf-8?q?in?=\n\nx',
    ),
    'a uuencoded file': 'Subject: x\n\ntext\nbegin 644 a.txt\n#86)C\n`\nend\n',
    'a signature': multipart('signed', plain('Hello'), 'Content-Type: application/pgp-signature\n\nx'),
  };
  for (const [name, letter] of Object.entries(letters)) it(`of ${name}`, () => agree(octets(letter), name));

  it('of the fixtures', () => {
    const folder = new URL('../../fixtures/mail/', import.meta.url);
    for (const name of readdirSync(folder)) agree(Uint8Array.from(readFileSync(new URL(name, folder))), name);
  });

  const corpus = process.env['POSTROOM_CORPUS'] ?? '';
  const skip = corpus === '' || !existsSync(corpus) ? 'POSTROOM_CORPUS is not set' : false;
  it('of real letters', { skip }, () => {
    for (const name of readdirSync(corpus, { recursive: true }) as string[])
      if (/\.(?:eml|txt)$/.test(name)) agree(Uint8Array.from(readFileSync(join(corpus, name))), name);
  });
});
