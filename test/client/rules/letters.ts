/** Letters for tests of rules. */
import type { LetterInput } from '../../../main/client/rules/facts.ts';
import type { Before, KeptRule } from '../../../main/client/rules/judge.ts';
import { RuleDraft, type RuleDraftInput } from '../../../main/contract/mail/rules.ts';
import {
  type PreparedBlob,
  parseHeader,
  parseTable,
  tableBytes,
  unpackFrame,
} from '../../../main/store/record.ts';

export const octets = (text: string): Uint8Array => new TextEncoder().encode(text.replace(/\r?\n/g, '\r\n'));

export function letterText(fields: Record<string, string>, body = 'Text.\n'): string {
  const head = {
    From: 'Pavel Orlov <p.orlov@otd2.example>',
    To: 'me@office.example',
    Subject: 'Concrete',
    ...fields,
  };
  return `${Object.entries(head)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n${body}`;
}

export const withFile = (name: string, type = 'application/pdf'): [Record<string, string>, string] => [
  { 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary="cut"' },
  `--cut\nContent-Type: text/plain\n\nSee the file.\n--cut\nContent-Type: ${type}\nContent-Disposition: attachment; filename="${name}"\nContent-Transfer-Encoding: base64\n\nJVBERg==\n--cut--\n`,
];

export function letterInput(text: string, more: Partial<LetterInput> = {}): LetterInput {
  const bytes = octets(text);
  return {
    id: 1,
    bytes,
    has: 'whole',
    here: true,
    damaged: false,
    account: 1,
    size: bytes.length,
    date: Date.UTC(2026, 10, 20),
    tags: [],
    known: false,
    me: false,
    ...more,
  };
}

/** What a run on a folder asks. */
export const ON_DEMAND: Before = { folder: null, inbox: true, done: [] };

let serial = 0;
export const keptRule = (rule: Omit<RuleDraftInput, 'name'> & { name?: string; id?: number }): KeptRule => ({
  ...RuleDraft.parse({ name: 'A rule', ...rule }),
  id: rule.id ?? ++serial,
});

/** The letter in a record that was made of it. */
export function letterOf({ record, stored }: PreparedBlob): string {
  const bytes = record as Uint8Array;
  const header = parseHeader(bytes);
  const frames = header && parseTable(header, bytes.subarray(stored - tableBytes(header.frames)));
  if (!frames) throw new Error('no record');
  return Buffer.concat(
    frames.map((frame) => unpackFrame(bytes.subarray(frame.offset, frame.offset + frame.stored), frame)),
  ).toString('latin1');
}
