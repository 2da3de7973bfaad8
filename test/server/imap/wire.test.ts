import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  IMAP_LINE_BEFORE_LOGIN,
  IMAP_LINE_BYTES,
  IMAP_LINE_WITH_SETS_BYTES,
  IMAP_SWALLOWED_BYTES,
} from '../../../main/base/limits.ts';
import { announced, CommandReader, type Segment } from '../../../main/server/imap/wire.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const latin = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');

function shown(segments: readonly Segment[]): string {
  return segments
    .map(({ text, literal, octets }) => {
      if (!literal) return latin(text);
      return `${latin(text)}<${octets ? latin(octets) : '-'}>`;
    })
    .join('');
}

/** Everything a reader says, literals accepted; commands that begin with POUR have theirs poured. */
function drain(reader: CommandReader, said: string[]): void {
  for (let item = reader.next(); item; item = reader.next()) {
    if (item.kind === 'command') said.push(`command ${shown(item.segments)}`);
    else if (item.kind === 'literal') {
      said.push(`literal ${item.literal.size}${item.literal.sync ? '' : '+'}`);
      if (latin(item.segments[0]!.text).startsWith('POUR')) reader.pour();
      else if (latin(item.segments[0]!.text).startsWith('REFUSE')) reader.refuse();
      else reader.accept();
    } else if (item.kind === 'octets') {
      const last = said.at(-1)!;
      if (last.startsWith('octets ')) said[said.length - 1] = last + latin(item.bytes);
      else said.push(`octets ${latin(item.bytes)}`);
    } else if (item.kind === 'violation')
      said.push(`violation ${item.reason} ${item.fatal} ${latin(item.start).split(' ')[0]}`);
    else said.push(item.kind);
  }
}

function heard(pieces: readonly Uint8Array[], prepare: (reader: CommandReader) => void = () => {}): string[] {
  const reader = new CommandReader();
  prepare(reader);
  const said: string[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    drain(reader, said);
  }
  return said;
}

const STREAM = [
  'a1 NOOP\r\n',
  '\r\n',
  'a2 LOGIN {6}\r\npetrov {0}\r\n\r\n',
  'a3 LOGIN {3+}\r\n\r\n\n "x{5}"\r\n',
  'POUR APPEND {5}\r\na5 {1 x\r\n',
  'POUR APPEND ~{0+}\r\n {2+}\r\n\r\n (\\Seen)\r\n',
  'REFUSE x {4+}\r\nabcd {2+}\r\nxx y\r\n',
  'REFUSE y {9}\r\n',
  'a9 SEARCH CHARSET UTF-8 TEXT {4}\r\n\xd0\xb6\r\n ALL\r\n',
].join('');

const SAID = [
  'command a1 NOOP',
  'command ',
  'literal 6',
  'literal 0',
  'command a2 LOGIN <petrov> <>',
  'literal 3+',
  'command a3 LOGIN <\r\n\n> "x{5}"',
  'literal 5',
  'octets a5 {1',
  'command POUR APPEND <-> x',
  'literal 0+',
  'octets ',
  'literal 2+',
  'octets \r\n',
  'command POUR APPEND <-> <-> (\\Seen)',
  'literal 4+',
  'refused',
  'literal 9',
  'refused',
  'literal 4',
  'command a9 SEARCH CHARSET UTF-8 TEXT <\xd0\xb6\r\n> ALL',
];

test('G1 the same commands come out at every single cut, and one octet a packet', () => {
  const all = bytes(STREAM);
  assert.deepEqual(heard([all]), SAID);
  for (let cut = 1; cut < all.length; cut += 1)
    assert.deepEqual(heard([all.subarray(0, cut), all.subarray(cut)]), SAID, `cut at ${cut}`);
  assert.deepEqual(heard(Array.from(all, (octet) => Uint8Array.of(octet))), SAID);
});

test('G1 500 commands in one packet', () => {
  const said = heard([bytes(Array.from({ length: 500 }, (_, n) => `t${n} NOOP\r\n`).join(''))]);
  assert.equal(said.length, 500);
  assert.equal(said[499], 'command t499 NOOP');
});

test('I2 announcements at the end of a line', () => {
  const cases: [string, ReturnType<typeof announced>][] = [
    ['a LOGIN {6}', { size: 6, sync: true, binary: false }],
    ['a LOGIN {6+}', { size: 6, sync: false, binary: false }],
    ['a APPEND x ~{6+}', { size: 6, sync: false, binary: true }],
    ['a APPEND x {99999999999999999999}', { size: Number.MAX_SAFE_INTEGER, sync: true, binary: false }],
    ['a LOGIN {}', null],
    ['a LOGIN {+}', null],
    ['a LOGIN {6-}', null],
    ['a LOGIN {6 }', null],
    ['a LOGIN {x6}', null],
    ['6}', null],
    ['', null],
  ];
  for (const [line, expected] of cases) assert.deepEqual(announced(bytes(line)), expected, line);
});

test('I4 a bare LF does not end a command and ends the connection', () => {
  assert.deepEqual(heard([bytes('a1 NOOP\na2 NOOP\r\n')]), ['violation bare-lf true a1']);
  assert.deepEqual(heard([bytes('a1 NOOP\r\n\n')]), ['command a1 NOOP', 'violation bare-lf true \n']);
  assert.deepEqual(heard([bytes('a1 NOOP\r'), bytes('\n')]), ['command a1 NOOP']);
});

test('I4 NUL outside a literal ends the connection, complete line or not', () => {
  assert.deepEqual(heard([bytes('a1 NO\0OP\r\n')]), ['violation nul true a1']);
  assert.deepEqual(heard([bytes('a1 NO'), bytes('\0')]), ['violation nul true a1']);
  assert.deepEqual(heard([bytes('a1 X {2+}\r\n\0\0\r\n')]), ['literal 2+', 'command a1 X <\0\0>']);
});

test('I70 a line of 8 KiB before login passes, one octet more is swallowed to its end', () => {
  const line = (length: number) => bytes(`a1 ${'x'.repeat(length - 3)}\r\na2 NOOP\r\n`);
  assert.equal(heard([line(IMAP_LINE_BEFORE_LOGIN)]).length, 2);
  assert.deepEqual(heard([line(IMAP_LINE_BEFORE_LOGIN + 1)]), [
    'violation line-too-long false a1',
    'command a2 NOOP',
  ]);
});

test('I71 after login a segment has 64 KiB; I56 octets of sequence sets are not counted', () => {
  const after = (reader: CommandReader) => {
    reader.signedIn = true;
  };
  const line = (text: string) => [bytes(`a1 ${text}\r\n`)];
  assert.match(heard(line('x'.repeat(IMAP_LINE_BYTES - 3)), after)[0]!, /^command/);
  assert.match(heard(line('x'.repeat(IMAP_LINE_BYTES)), after)[0]!, /^violation line-too-long false a1/);
  const set = Array.from({ length: 20_000 }, (_, n) => n * 2 + 1).join(',');
  assert.ok(set.length > 100 * 1024);
  assert.match(heard(line(`FETCH ${set} FLAGS`), after)[0]!, /^command/);
  const slowly = heard(
    Array.from(line(`FETCH ${set} FLAGS`)[0]!, (octet) => Uint8Array.of(octet)),
    after,
  );
  assert.match(slowly[0]!, /^command/);
  assert.match(heard(line(`FETCH ${'1,'.repeat(IMAP_LINE_WITH_SETS_BYTES / 2)}`), after)[0]!, /^violation/);
});

test('I2 what is refused and does not wait is swallowed up to 1 MiB, then the connection ends', () => {
  const refused = (size: number) => {
    const reader = new CommandReader();
    const said: string[] = [];
    reader.push(bytes(`REFUSE {${size}+}\r\n`));
    drain(reader, said);
    for (let left = size; left > 0; left -= 4096) {
      reader.push(new Uint8Array(Math.min(left, 4096)).fill(120));
      drain(reader, said);
    }
    reader.push(bytes('\r\na2 NOOP\r\n'));
    drain(reader, said);
    return said;
  };
  assert.deepEqual(refused(IMAP_SWALLOWED_BYTES), [
    `literal ${IMAP_SWALLOWED_BYTES}+`,
    'refused',
    'command a2 NOOP',
  ]);
  assert.deepEqual(refused(IMAP_SWALLOWED_BYTES + 1), [
    `literal ${IMAP_SWALLOWED_BYTES + 1}+`,
    'violation swallowed-too-much true REFUSE',
  ]);
});

test('I10 a line given back is the next command', () => {
  const reader = new CommandReader();
  reader.push(bytes('DONE\r\na2 NOOP\r\n'));
  const line = reader.line(100);
  assert.ok(line instanceof Uint8Array);
  assert.equal(latin(line), 'DONE');
  const second = reader.line(100);
  assert.ok(second instanceof Uint8Array);
  reader.push(bytes('a3 N'));
  reader.unread(second);
  reader.push(bytes('OOP\r\n'));
  const said: string[] = [];
  drain(reader, said);
  assert.deepEqual(said, ['command a2 NOOP', 'command a3 NOOP']);
});

test('G5 reset forgets a started command and everything that waits', () => {
  const reader = new CommandReader();
  reader.push(bytes('a1 LOGIN {5+}\r\nab'));
  const said: string[] = [];
  drain(reader, said);
  reader.reset();
  reader.push(bytes('a2 NOOP\r\n'));
  drain(reader, said);
  assert.deepEqual(said, ['literal 5+', 'command a2 NOOP']);
});

/** A small generator of numbers, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 0x100000000;
  };
}

test('fuzz: whatever comes, at whatever cuts, memory stays small and nothing is thrown', () => {
  const words = [
    'a1 ',
    'LOGIN ',
    '{3}',
    '{3+}',
    '~{9+}',
    '\r\n',
    '\n',
    '\r',
    '\0',
    '"',
    '(',
    ')',
    '{99999999999}',
  ];
  let most = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = numbers(seed);
    const pick = () => {
      const at = Math.floor(random() * (words.length + 3));
      return words[at] ?? String.fromCharCode(Math.floor(random() * 256)).repeat(Math.floor(random() * 40));
    };
    const stream = bytes(Array.from({ length: 300 }, pick).join(''));
    const outcomes = [1, 7, stream.length].map((size) => {
      const reader = new CommandReader();
      reader.signedIn = seed % 2 === 0;
      const said: string[] = [];
      for (let at = 0; at < stream.length; at += size) {
        reader.push(stream.subarray(at, at + size));
        for (let item = reader.next(); item; item = reader.next()) {
          said.push(item.kind === 'command' ? shown(item.segments) : item.kind);
          if (item.kind === 'literal') {
            if (item.literal.size > 4096) reader.refuse();
            else reader.accept();
          }
        }
        if (size === 1) most = Math.max(most, reader.buffered);
      }
      return said;
    });
    assert.deepEqual(outcomes[1], outcomes[0], `seed ${seed}`);
    assert.deepEqual(outcomes[2], outcomes[0], `seed ${seed}`);
  }
  assert.ok(most <= IMAP_LINE_BYTES);
});

test('fuzz: an endless line and an endless literal cost bounded memory', () => {
  const piece = new Uint8Array(16 * 1024).fill(120);
  for (const start of ['', 'a1 X {900000000}\r\n', 'a1 X {900000000+}\r\n']) {
    const reader = new CommandReader();
    reader.signedIn = true;
    reader.push(bytes(start));
    let ended = false;
    for (let round = 0; round < 1000 && !ended; round += 1) {
      reader.push(piece);
      for (let item = reader.next(); item; item = reader.next()) {
        if (item.kind === 'literal') reader.refuse();
        if (item.kind === 'violation') ended ||= item.fatal;
      }
      assert.ok(reader.buffered <= 2 * IMAP_LINE_WITH_SETS_BYTES, `${start}: ${reader.buffered}`);
    }
    assert.ok(ended, start);
  }
});
