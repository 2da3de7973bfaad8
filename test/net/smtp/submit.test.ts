import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { Fault } from '../../../main/base/errors.ts';
import { silentLog } from '../../../main/base/log.ts';
import { withoutBcc } from '../../../main/client/outbox/without-bcc.ts';
import { gatedLetter } from '../../../main/net/smtp/gated-letter.ts';
import { openSession } from '../../../main/net/smtp/session.ts';
import { type Submission, submit } from '../../../main/net/smtp/submit.ts';
import { startScriptedServer } from '../../kit/scripted-server.ts';
import { type KitSmtpOptions, startSmtpServer } from '../../kit/smtp-server.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const LETTER = Buffer.from(
  'From: anna@office.example\r\nBcc: secret@office.example,\r\n other@office.example\r\nSubject: Test\r\n\r\n' +
    '.a line with a dot\r\n..two\r\n.\r\nпривет\r\n',
);
const SENT = Buffer.from(
  'From: anna@office.example\r\nSubject: Test\r\n\r\n.a line with a dot\r\n..two\r\n.\r\nпривет\r\n',
);

async function* pieces(bytes: Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function letter(more: Partial<Submission> = {}): Submission {
  return {
    envelope: { from: 'anna@office.example', to: ['boris@example.org', 'vera@example.org'] },
    size: LETTER.length,
    eightBit: true,
    octets: () => withoutBcc(pieces(LETTER)),
    beforeFinalDot: async () => {},
    ...more,
  };
}

async function connect(port: number, idle = 5000) {
  const session = await openSession({
    server: { host: '127.0.0.1', port, security: 'none', user: 'anna', auth: 'auto' },
    password: 'correct horse',
    trusted: () => undefined,
    log: silentLog,
    timeouts: { setup: 5000, idle },
  });
  closing.push(() => session.close());
  return session;
}

async function kit(options: KitSmtpOptions = {}) {
  const server = await startSmtpServer(options);
  closing.push(() => server.close());
  return server;
}

describe('a letter that goes', () => {
  test('arrives byte for byte, without Bcc, to every recipient', async () => {
    const server = await kit();
    const result = await submit(await connect(server.port), letter());
    assert.equal(result.outcome, 'accepted');
    assert.equal(result.fault, null);
    assert.deepEqual(
      result.recipients.map((each) => [each.address, each.state]),
      [
        ['boris@example.org', 'accepted'],
        ['vera@example.org', 'accepted'],
      ],
    );
    assert.deepEqual(server.received[0]!.bytes, SENT);
    assert.equal(server.received[0]!.parameters['BODY'], '8BITMIME');
    assert.equal(server.received[0]!.parameters['SIZE'], String(LETTER.length));
  });

  test('one connection carries several letters', async () => {
    const server = await kit();
    const session = await connect(server.port);
    for (let count = 0; count < 3; count += 1) {
      assert.equal((await submit(session, letter())).outcome, 'accepted');
    }
    assert.equal(server.connections, 1);
    assert.equal(server.received.length, 3);
  });

  test('delivery reports are asked for', async () => {
    const server = await kit();
    const envelope = {
      from: 'anna@office.example',
      to: ['b@example.org'],
      dsn: { notify: ['FAILURE', 'DELAY'] as const },
    };
    await submit(await connect(server.port), letter({ envelope }));
    assert.deepEqual(server.received[0]!.notify, [['FAILURE', 'DELAY']]);
  });

  test('an address outside ASCII goes with SMTPUTF8', async () => {
    const server = await kit();
    const envelope = { from: 'anna@office.example', to: ['борис@example.org'] };
    assert.equal((await submit(await connect(server.port), letter({ envelope }))).outcome, 'accepted');
    assert.equal(server.received[0]!.parameters['SMTPUTF8'], true);
    assert.deepEqual(server.received[0]!.to, ['борис@example.org']);
  });
});

describe('the final dot', () => {
  test('waits for the mark', async () => {
    const server = await kit();
    let marked = false;
    server.behaviour = {
      hold: async () => assert.equal(marked, true, 'the server saw the end before the mark was made'),
    };
    const beforeFinalDot = async () => {
      assert.equal(server.received.length, 0);
      await new Promise((resolve) => setImmediate(resolve));
      marked = true;
    };
    assert.equal((await submit(await connect(server.port), letter({ beforeFinalDot }))).outcome, 'accepted');
  });

  test('never goes when the mark cannot be made', async () => {
    const server = await kit();
    const beforeFinalDot = async () => {
      throw new Fault('transient', 'disk-full', 'The disk is full.');
    };
    const result = await submit(await connect(server.port), letter({ beforeFinalDot }));
    assert.equal(result.outcome, 'interrupted');
    assert.equal(result.fault?.code, 'disk-full');
    assert.equal(server.received.length, 0);
  });

  test('a line cut before it: certainly not taken', async () => {
    const server = await kit();
    server.behaviour = { cut: 'before-dot' };
    let marked = false;
    const large = Buffer.alloc(16 * 1024 * 1024, 'abcdefg\r\n');
    const result = await submit(
      await connect(server.port),
      letter({
        octets: () => pieces(Buffer.concat([LETTER, large]), 65_536),
        beforeFinalDot: async () => {
          marked = true;
        },
      }),
    );
    assert.equal(result.outcome, 'interrupted');
    assert.equal(result.fault?.retryable, true);
    assert.equal(marked, false);
    assert.ok(result.recipients.every((each) => each.state === 'waiting'));
  });

  for (const [cut, taken] of [
    ['at-dot', 0],
    ['after-dot', 1],
  ] as const) {
    test(`a line cut ${cut}: nobody knows, and nothing is guessed`, async () => {
      const server = await kit();
      server.behaviour = { cut };
      const result = await submit(await connect(server.port), letter());
      assert.equal(result.outcome, 'unknown');
      assert.equal(result.fault?.code, 'outcome-unknown');
      assert.equal(result.fault?.retryable, false);
      assert.ok(result.recipients.every((each) => each.state === 'unknown'));
      assert.equal(server.received.length, taken);
    });
  }

  test('a server that never answers it: unknown', async () => {
    const server = await kit();
    server.behaviour = { hold: () => new Promise(() => {}) };
    const result = await submit(await connect(server.port, 150), letter());
    assert.equal(result.outcome, 'unknown');
  });

  test('a yes before it is no answer', async () => {
    const server = await startScriptedServer(() => ({
      greeting: '220 mail.example',
      answer: (line) => {
        if (line.startsWith('EHLO')) return '250 mail.example';
        if (line === 'DATA') return '354 go on\r\n250 already taken';
        return /^(MAIL|RCPT|QUIT)/.test(line) ? '250 ok' : null;
      },
    }));
    closing.push(() => server.close());
    const beforeFinalDot = () => new Promise<void>(() => {});
    const result = await submit(await connect(server.port), letter({ beforeFinalDot }));
    assert.equal(result.outcome, 'interrupted');
  });
});

describe('refusals', () => {
  test('one recipient refused: sent for the rest, with the words of the server', async () => {
    const server = await kit();
    server.behaviour = {
      recipient: (address) =>
        address.startsWith('vera') ? { code: 550, text: 'No such user here' } : undefined,
    };
    const result = await submit(await connect(server.port), letter());
    assert.equal(result.outcome, 'accepted');
    assert.equal(result.fault?.code, 'letter-refused');
    assert.equal(result.recipients[0]!.state, 'accepted');
    assert.equal(result.recipients[1]!.state, 'refused');
    assert.match(result.recipients[1]!.reply, /^550 5\.1\.1 No such user here/);
    assert.deepEqual(server.received[0]!.to, ['boris@example.org']);
  });

  test('552 to a recipient means later, as RFC 5321 section 4.5.3.1.10 says', async () => {
    const server = await kit();
    server.behaviour = {
      recipient: (address) =>
        address.startsWith('vera') ? { code: 552, text: 'Too many recipients' } : undefined,
    };
    const result = await submit(await connect(server.port), letter());
    assert.equal(result.recipients[1]!.state, 'deferred');
    assert.equal(result.fault?.retryable, true);
  });

  test('every recipient refused, one of them for now: each keeps its own answer', async () => {
    const server = await kit();
    server.behaviour = {
      recipient: (address) =>
        address.startsWith('vera') ? { code: 450, text: 'Greylisted' } : { code: 550, text: 'Unknown' },
    };
    const result = await submit(await connect(server.port), letter());
    assert.equal(result.outcome, 'deferred');
    assert.deepEqual(
      result.recipients.map((each) => each.state),
      ['refused', 'deferred'],
    );
    assert.equal(server.received.length, 0);
  });

  for (const [code, outcome] of [
    [451, 'deferred'],
    [554, 'refused'],
  ] as const) {
    test(`${code} after the letter: ${outcome}, and that is an answer`, async () => {
      const server = await kit();
      server.behaviour = { data: () => ({ code, text: 'Not this one' }) };
      const result = await submit(await connect(server.port), letter());
      assert.equal(result.outcome, outcome);
      assert.match(result.recipients[0]!.reply, new RegExp(`^${code} `));
    });
  }

  test('too large is known before a byte is sent', async () => {
    const server = await kit({ size: 100 });
    const octets = () => assert.fail('the letter was read');
    const result = await submit(await connect(server.port), letter({ octets }));
    assert.equal(result.outcome, 'refused');
    assert.equal(result.fault?.code, 'letter-too-large');
    assert.deepEqual(result.fault?.detail?.['limit'], 100);
  });

  test('an address the server cannot carry is named', async () => {
    const server = await startScriptedServer(() => ({
      greeting: '220 mail.example',
      answer: (line) => (line.startsWith('EHLO') ? '250 mail.example' : '221 bye'),
    }));
    closing.push(() => server.close());
    const envelope = { from: 'anna@office.example', to: ['борис@example.org'] };
    const result = await submit(await connect(server.port), letter({ envelope }));
    assert.equal(result.fault?.code, 'smtputf8-needed');
    assert.deepEqual(result.fault?.detail?.['addresses'], ['борис@example.org']);
  });
});

describe('the stream of a letter', () => {
  const collect = async (source: AsyncIterable<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const part of source) parts.push(part);
    return Buffer.concat(parts);
  };

  test('Bcc is cut out at every split of the octets', async () => {
    for (let size = 1; size <= LETTER.length; size += 1) {
      assert.deepEqual(await collect(withoutBcc(pieces(LETTER, size))), SENT, `pieces of ${size}`);
    }
  });

  test('a Bcc in the text stays', async () => {
    const text = Buffer.from('Subject: x\r\n\r\nBcc: not a field\r\n');
    assert.deepEqual(await collect(withoutBcc(pieces(text))), text);
  });

  test('a letter without an end of its header is still passed on', async () => {
    const text = Buffer.from('Subject: x\r\nBcc: a@b.example\r\n');
    assert.equal((await collect(withoutBcc(pieces(text)))).toString(), 'Subject: x\r\n');
  });

  test('the gate is shut until its work is done', async () => {
    let release = () => {};
    const gated = gatedLetter(pieces(SENT), () => new Promise<void>((resolve) => (release = resolve)));
    const seen: Buffer[] = [];
    let ended = false;
    gated.stream.on('data', (chunk: Buffer) => seen.push(chunk)).on('end', () => (ended = true));
    while (Buffer.concat(seen).length < SENT.length) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(ended, false);
    assert.equal(gated.opened, false);
    release();
    await new Promise((resolve) => gated.stream.once('end', resolve));
    assert.equal(gated.opened, true);
  });
});
