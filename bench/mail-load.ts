/** Letters of 8 KB, each another one, and a client that sends them by SMTP or LMTP over kept connections. */
import { seeded } from '../main/client/import/sample/bulk.ts';
import { type Address, WireClient } from './wire-client.ts';

const WORDS =
  'concrete delivery estimate contract section building schedule invoice order rebar pump volume heating protocol laboratory roof drawing level column slab payment term plant truck site бетон поставка смета договор участок корпус график счёт заявка арматура насос объём прогрев протокол'.split(
    ' ',
  );

export interface MailLoad {
  readonly protocol: 'SMTP' | 'LMTP';
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly connections: number;
  readonly count: number;
}

let serial = 0;

/** Octets with dots stuffed and the final dot. */
function letterOf(random: () => number, bytes: number): Buffer {
  serial += 1;
  const head = `From: Load <load@bench.example>\r\nTo: Somebody <somebody@postroom.example>\r\nSubject: letter ${serial}\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\nMessage-ID: <${serial}.${process.pid}@bench.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`;
  const lines: string[] = [];
  for (let length = Buffer.byteLength(head); length < bytes; ) {
    const line = Array.from({ length: 8 }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
    lines.push(line);
    length += Buffer.byteLength(line) + 2;
  }
  return Buffer.from(`${head}${lines.join('\r\n')}\r\n.\r\n`);
}

const LETTER_BYTES = 8192;
/** A session may carry 100 letters (rule S26); then the connection is made anew, while the clock runs. */
const LETTERS_A_SESSION = 100;

async function greeted(address: Address, protocol: MailLoad['protocol']): Promise<WireClient> {
  const client = await WireClient.open(address);
  await client.line('', /^220/);
  await client.line(`${protocol === 'LMTP' ? 'LHLO' : 'EHLO'} load.bench.example\r\n`, /^250/);
  return client;
}

/** ms from the first MAIL to the last acceptance. Letters and the first connections are made before. */
export async function sendLoad(address: Address, load: MailLoad): Promise<number> {
  const { sender, recipients, protocol } = load;
  const random = seeded(serial + 1);
  const letters = Array.from({ length: load.count }, () => letterOf(random, LETTER_BYTES));
  const open = await Promise.all(Array.from({ length: load.connections }, () => greeted(address, protocol)));
  let next = 0;
  const work = async (first: WireClient) => {
    let client = first;
    for (let sent = 0; next < letters.length; sent += 1) {
      const n = next;
      next += 1;
      if (sent > 0 && sent % LETTERS_A_SESSION === 0) {
        client.close();
        client = await greeted(address, protocol);
      }
      await client.line(`MAIL FROM:<${sender}>\r\n`, /^250/);
      await client.line(`RCPT TO:<${recipients[n % recipients.length]}>\r\n`, /^250/);
      await client.line('DATA\r\n', /^354/);
      await client.line(letters[n] as Buffer, /^250/);
    }
    return client;
  };
  const start = performance.now();
  const last = await Promise.all(open.map(work));
  const took = performance.now() - start;
  for (const client of last) client.close();
  return took;
}
