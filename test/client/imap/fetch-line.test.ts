/** Rows read past the library's parser say exactly what they would have said through it, or are left to it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import parser from 'imapflow/lib/handler/imap-parser.js';
import { readFetched } from '../../../main/client/imap/answers.ts';
import { readFetchLine } from '../../../main/client/imap/fetch-line.ts';

const body = Buffer.from('Subject: x\r\n\r\n');
const line = (items: string): Buffer => Buffer.from(items.replaceAll('\n', '\r\n'), 'latin1');
async function slowly(payload: Buffer, literals: Buffer[]) {
  const { attributes } = (await parser(payload, { literals: [...literals] })) as {
    attributes?: Parameters<typeof readFetched>[0];
  };
  return readFetched(attributes);
}

const PLAIN = [
  '* 1 FETCH (UID 7 FLAGS (\\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE 4286 BODY[HEADER.FIELDS (DATE SUBJECT)] {14}\n)',
  '* 2 FETCH (UID 8 FLAGS () INTERNALDATE " 7-Jul-1996 02:44:25 +0000" RFC822.SIZE 0 BODY[HEADER] {14}\n)',
  '* 3 FETCH (FLAGS (\\Seen $Forwarded Work \\Recent) BODY[] {14}\n UID 9)',
  '* 4 FETCH (UID 9 MODSEQ (9223372036854775807) BODY[]<0> {14}\n)',
  '* 5 FETCH (UID 9 EMAILID (M6d99ac3275bb4e) BODY[] {14}\n)',
  '* 6 FETCH (UID 9 X-GM-MSGID 1278455344230334865 BODY[] {14}\n)',
  '* 7 fetch (uid 9 flags (\\seen) body[header.fields (date "x-y")] {14}\n)'.replace('"x-y"', 'x-y'),
  '* 8 FETCH (UID 9 INTERNALDATE "no date" BODY[] {14}\n)',
];
const LEFT = [
  '* 1 FETCH (UID 7 FLAGS (\\Seen))',
  '* 1 FETCH (UID 7 BODY[] {14}\n',
  '* 1 FETCH (UID 7 BODY[] {14}\n) x',
  '* 1 FETCH (UID 7 BODY[] ~{14}\n)',
  '* 1 FETCH (UID 7 BODY[] "quoted")',
  '* 1 FETCH (UID 7 BODY[HEADER.FIELDS ("Date")] {14}\n)',
  '* 1 FETCH (UID 7 ENVELOPE NIL BODY[] {14}\n)',
  '* 1 FETCH (UID seven BODY[] {14}\n)',
  '* 1 FETCH (UID 7  BODY[] {14}\n)',
  '* 1 FETCH (UID 7 FLAGS (a (b)) BODY[] {14}\n)',
  '* 1 FETCH (UID 7 EMAILID NIL BODY[] {14}\n)',
  '* 1 FETCH (UID 7 BODY[] {14}\n BODY[] {14}\n)',
  '* 1 FETCH (UID {14}\n BODY[] NIL)',
  'A1 FETCH (UID 7 BODY[] {14}\n)',
  '* OK [X (UID 7 BODY[] {14}\n)',
];

describe('a row of FETCH', () => {
  for (const text of PLAIN) {
    it(`is read as the library reads it: ${JSON.stringify(text)}`, async () => {
      const quickly = readFetchLine(line(text), [body]);
      assert.ok(quickly);
      assert.deepEqual(quickly, await slowly(line(text), [body]));
    });
  }
  for (const text of LEFT) {
    it(`is left to the library: ${JSON.stringify(text)}`, () => {
      assert.equal(readFetchLine(line(text), [body]), undefined);
    });
  }
  it('is left to the library without a literal, with two, or as an endless line', () => {
    const text = line(PLAIN[0] as string);
    assert.equal(readFetchLine(text, []), undefined);
    assert.equal(readFetchLine(text, [body, body]), undefined);
    assert.equal(
      readFetchLine(line(`* 1 FETCH (FLAGS (${'a '.repeat(3000)}) BODY[] {14}\n)`), [body]),
      undefined,
    );
  });
  it('never differs from the library, whatever stands in the line', async () => {
    const piece = fc.constantFrom(
      ...['UID 5', 'UID', 'FLAGS (\\Seen a)', 'FLAGS ()', 'FLAGS', '(', ')', ' ', 'RFC822.SIZE 10'],
      ...[
        'INTERNALDATE "1-Jan-2024 00:00:00 +0000"',
        'MODSEQ (5)',
        'BODY[] {14}\n',
        'BODY[TEXT] NIL',
        '"',
        '[',
        ']',
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 7 }), async (pieces) => {
        const text = line(`* 9 FETCH (${pieces.join(' ').replaceAll('\n ', '\n ')})`);
        const quickly = readFetchLine(text, [body]);
        if (quickly) assert.deepEqual(quickly, await slowly(text, [body]));
      }),
      { numRuns: 3000 },
    );
  });
});
