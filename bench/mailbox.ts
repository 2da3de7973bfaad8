/**
 * Mailboxes to measure with, made once and kept in bench/mailboxes (not in git). Where the optional corpus is
 * present its generator is used; elsewhere this one, which follows the same size profile: median 8 KB,
 * 95 % under 200 KB, largest 2.3 MB, a third of the letters Russian in five charsets.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../main/client/import/sample/bulk.ts';

export interface MailboxOptions {
  count: number;
  format: 'mbox' | 'maildir';
  profile: 'office' | 'light' | 'tiny';
}

const ROOT = join(import.meta.dirname, 'mailboxes');

/** Path of the mailbox, made now if it is not there yet. */
export async function mailbox(options: MailboxOptions): Promise<string> {
  const name = `${options.profile}-${options.count}-${options.format}`;
  const path = join(ROOT, options.format === 'mbox' ? `${name}.mbox` : name);
  const stamp = `${path}.done`;
  if (existsSync(stamp)) return path;
  mkdirSync(ROOT, { recursive: true });
  const corpus = process.env['POSTROOM_CORPUS'];
  const script = corpus ? join(corpus, 'make-mailbox.mjs') : '';
  if (script && existsSync(script)) {
    const args = [
      script,
      '--out',
      path,
      '--count',
      String(options.count),
      '--format',
      options.format,
      '--profile',
      options.profile,
      '--quiet',
    ];
    const made = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (made.status !== 0) throw new Error(`the mailbox could not be made: exit ${made.status}`);
  } else {
    await write(path, options);
  }
  writeFileSync(stamp, '');
  return path;
}

const RU =
  'бетон поставка смета договор участок корпус график счёт заявка арматура насос объём прогрев протокол лаборатория кровля чертёж отметка колонна плита оплата срок завод машина площадка'.split(
    ' ',
  );
const EN =
  'concrete delivery estimate contract section building schedule invoice order rebar pump volume heating protocol laboratory roof drawing level column slab payment term plant truck site'.split(
    ' ',
  );

/** Octets per letter: log-normal around 8 KB with a long tail, cut at 2.3 MB. */
function sizeOf(random: () => number, profile: MailboxOptions['profile']): number {
  if (profile === 'tiny') return 3000;
  const gauss = Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random());
  const spread = profile === 'office' ? 1.95 : 1.1;
  return Math.min(2_300_000, Math.max(900, Math.round(8000 * Math.exp(spread * gauss))));
}

function letter(n: number, random: () => number, profile: MailboxOptions['profile']): Buffer {
  const russian = random() < 0.3;
  const words = russian ? RU : EN;
  const word = () => words[Math.floor(random() * words.length)]!;
  const sentence = (count: number) => Array.from({ length: count }, word).join(' ');
  const size = sizeOf(random, profile);
  const textSize = Math.min(size, 2000 + Math.floor(random() * 6000));
  let text = '';
  while (text.length < textSize) text += `${sentence(9)}.\r\n`;
  const subject = sentence(5);
  const encoded = russian ? `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=` : subject;
  const person = Math.floor(random() * 300);
  const date = new Date(Date.UTC(2016, 0, 1) + n * 3_000_000 + Math.floor(random() * 1e6))
    .toUTCString()
    .replace('GMT', '+0000');
  const parent = n > 50 && random() < 0.4 ? n - 1 - Math.floor(random() * 40) : -1;
  const reference =
    parent >= 0 ? `In-Reply-To: <${parent}@bench.example>\r\nReferences: <${parent}@bench.example>\r\n` : '';
  const head = `From: Person ${person} <p${person}@bench.example>\r\nTo: owner@postroom.example\r\nSubject: ${encoded}\r\nDate: ${date}\r\nMessage-ID: <${n}@bench.example>\r\n${reference}MIME-Version: 1.0\r\n`;
  const body = `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${text}`;
  const rest = size - textSize;
  if (rest < 3000) return Buffer.from(head + body);
  const bytes = Buffer.alloc(Math.floor(rest * 0.73));
  for (let i = 0; i < bytes.length; i += 4)
    bytes.writeUInt32LE((random() * 4294967296) >>> 0, Math.min(i, bytes.length - 4));
  const file = bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
  const boundary = `b${n}`;
  return Buffer.from(
    `${head}Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n--${boundary}\r\n${body}\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="file-${n}.bin"\r\nContent-Transfer-Encoding: base64\r\n\r\n${file}\r\n--${boundary}--\r\n`,
  );
}

async function write(path: string, { count, format, profile }: MailboxOptions): Promise<void> {
  const random = seeded(1);
  if (format === 'maildir') {
    for (const each of ['cur', 'new', 'tmp']) mkdirSync(join(path, each), { recursive: true });
    for (let n = 0; n < count; n++)
      writeFileSync(join(path, 'cur', `${1_600_000_000 + n}.${n}.bench:2,S`), letter(n, random, profile));
    return;
  }
  const out = createWriteStream(path);
  for (let n = 0; n < count; n++) {
    const quoted = letter(n, random, profile)
      .toString('latin1')
      .replace(/\r\n/g, '\n')
      .replace(/^(>*From )/gm, '>$1');
    if (!out.write(Buffer.from(`From p@bench.example Mon Jan  1 00:00:00 2018\n${quoted}\n`, 'latin1')))
      await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
