/** An office with people in it and SMTP listeners, and a client that speaks to them octet by octet. */
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../../main/base/clock.ts';
import type { Service } from '../../main/server/context.ts';
import type { Person } from '../../main/server/directory/directory.ts';
import { openSmtp, type SmtpOptions } from '../../main/server/smtp/smtp.ts';
import { OFFICE_DOMAIN, openTestOffice, type TestOffice, type TestOfficeOptions } from './office.ts';
import type { Ends } from './office-mailstore.ts';

export { OFFICE_DOMAIN };
export const IVANOV = 'Ivanov@comp1.otd1.constr.org';
export const PETROV = `Petrov@${OFFICE_DOMAIN}`;
export const SIRMOV = `Sirmov@${OFFICE_DOMAIN}`;
export const SECRET = 'tanstaaftanstaaf';

/** Who asks decides what is allowed: every loopback address is a network of its own. */
export const PEERS = {
  stranger: '127.0.0.1',
  trusted: '127.0.0.2',
  oldDevice: '127.0.0.3',
  clearText: '127.0.0.4',
} as const;

export interface SmtpOffice extends TestOffice {
  readonly smtp: Service;
  readonly submission: Service;
  readonly submissions: Service;
  readonly people: Readonly<Record<'ivanov' | 'petrov' | 'sirmov' | 'gone' | 'full', Person>>;
  /** Texts of the letters in a mailbox, oldest first. */
  letters(person: Person, mailbox?: string): Promise<string[]>;
  talk(peer?: keyof typeof PEERS, service?: Service): Promise<Talk>;
}

export interface SmtpOfficeOptions extends TestOfficeOptions {
  readonly smtp?: Partial<SmtpOptions>;
}

/** Tarpits end at once; everything else keeps its time. */
export function hastyClock(inner: Clock): Clock {
  return {
    ...inner,
    now: inner.now,
    ticks: inner.ticks,
    after: (ms, run) => inner.after(ms === 2000 ? 1 : ms, run),
  };
}

export async function openSmtpOffice(t: Ends, options: SmtpOfficeOptions = {}): Promise<SmtpOffice> {
  const office = await openTestOffice(t, {
    ...options,
    guard: {
      trustedNetworks: [PEERS.trusted],
      oldDevices: [PEERS.oldDevice],
      clearTextLoginFrom: [PEERS.clearText],
      sessionsPerService: 2000,
      sessionsPerPeer: 2000,
      sessionsPerTrustedPeer: 2000,
      connectionsPerMinute: 100_000,
      messagesPerMinute: 100_000,
      messagesPerHour: 100_000,
      recipientsPerHour: 100_000,
      ...options.guard,
    },
  });
  const { admin, context } = office;
  await admin.addDomain('comp1.otd1.constr.org');
  const add = (address: string, name: string, more: object = {}) =>
    office.add({ address, name, password: SECRET, legacySecret: true, ...more });
  const people = {
    ivanov: await add(IVANOV, 'Ivan Ivanov'),
    petrov: await add(PETROV, 'Inav Petrov'),
    sirmov: await add(SIRMOV, 'Sirmov'),
    gone: await add(`gone@${OFFICE_DOMAIN}`, 'Gone', { disabled: true }),
    full: await add(`full@${OFFICE_DOMAIN}`, 'Full', { quotaBytes: 2000 }),
  };
  await fill(office, people.full, 2000);
  await admin.putLists(
    [
      {
        address: `all@${OFFICE_DOMAIN}`,
        name: 'All',
        who: 'anyone',
        members: [PETROV, SIRMOV],
        owners: [PETROV],
      },
      {
        address: `chiefs@${OFFICE_DOMAIN}`,
        name: 'Chiefs',
        who: 'owners',
        members: [SIRMOV],
        owners: [PETROV],
      },
      {
        address: `half@${OFFICE_DOMAIN}`,
        name: 'Half',
        who: 'anyone',
        members: [PETROV, people.full.address],
        owners: [],
      },
    ],
    'add',
  );
  await admin.putAliases([{ address: `sales@${OFFICE_DOMAIN}`, to: [PETROV, SIRMOV] }], 'add');
  const open = async (kind: 'smtp' | 'submission', implicitTls: boolean) => {
    const service = await openSmtp(context, { host: '0.0.0.0', port: 0, implicitTls, kind, ...options.smtp });
    t.after(() => service.close(0));
    return service;
  };
  const smtp = await open('smtp', false);
  const submission = await open('submission', false);
  const submissions = await open('submission', true);
  return Object.assign(office, {
    smtp,
    submission,
    submissions,
    people,
    letters: (person: Person, mailbox = 'INBOX') => lettersOf(office, person, mailbox),
    talk: async (peer: keyof typeof PEERS = 'stranger', service: Service = smtp) => {
      const talk = await Talk.open(service.port, PEERS[peer], service === submissions);
      talk.greeting = await talk.reply();
      if (!talk.greeting.startsWith('220')) throw new Error(talk.greeting);
      return talk;
    },
  });
}

/** Leaves no room at all in somebody's inbox. */
async function fill({ mailstore, inbox }: TestOffice, person: Person, octets: number): Promise<void> {
  const intake = mailstore.intake();
  await intake.write(Buffer.from(`${'Subject: full\r\n\r\n'.padEnd(octets - 2, 'x')}\r\n`));
  const message = await intake.finish();
  await mailstore.append(await inbox(person), [{ message, flags: 0, keywords: [] }]);
}

async function lettersOf({ mailstore }: TestOffice, person: Person, name: string): Promise<string[]> {
  const mailbox = await mailstore.mailbox(person.id, name);
  if (!mailbox) return [];
  const texts: string[] = [];
  const { uids } = await mailstore.open(mailbox.id, false);
  for (const [first, last] of uids) {
    for (let uid = first; uid <= last; uid += 1) {
      const letter = await mailstore.letter(mailbox.id, uid);
      const pieces: Uint8Array[] = [];
      if (letter) for await (const piece of letter.stream(0, letter.size)) pieces.push(piece);
      texts.push(Buffer.concat(pieces).toString('latin1'));
    }
  }
  return texts;
}

/** A letter as it goes over the wire, the final dot included. */
export function dotted(...lines: string[]): string {
  return `${lines.map((line) => (line.startsWith('.') ? `.${line}` : line)).join('\r\n')}\r\n.\r\n`;
}

/** STARTTLS and AUTH PLAIN; the reply to AUTH. */
export async function signIn(talk: Talk, address: string, password = SECRET): Promise<string> {
  await talk.hello();
  await talk.ask('STARTTLS');
  await talk.startTls();
  await talk.hello();
  return talk.ask(`AUTH PLAIN ${Buffer.from(`\0${address}\0${password}`).toString('base64')}`);
}

const DEADLINE_MS = 120_000;

export class Talk {
  greeting = '';
  #socket: Socket;
  #buffer = '';
  #ended = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  static async open(port: number, localAddress: string, tls = false): Promise<Talk> {
    const socket = connectSocket({ port, host: '127.0.0.1', localAddress, allowHalfOpen: true });
    socket.setNoDelay(true);
    const talk = new Talk(tls ? connectTls({ socket, rejectUnauthorized: false }) : socket);
    return talk;
  }

  get ended(): boolean {
    return this.#ended;
  }

  write(octets: string | Uint8Array): void {
    this.#socket.write(typeof octets === 'string' ? Buffer.from(octets, 'utf8') : octets);
  }
  /** True when the system took it at once. */
  push(octets: Uint8Array): boolean {
    return this.#socket.write(octets);
  }
  /** Octets the system has not taken yet. */
  get pending(): number {
    return this.#socket.writableLength;
  }
  /** Reads nothing from now on. */
  pause(): void {
    this.#socket.pause();
  }
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.once('drain', resolve).once('close', () => resolve());
    });
  }
  /** No more octets from us; what comes is still read. */
  finish(): void {
    this.#socket.end();
  }
  destroy(): void {
    this.#socket.destroy();
  }

  /** Sends a line and reads its reply, without CRLF at the end. */
  async ask(line: string): Promise<string> {
    this.write(`${line}\r\n`);
    return this.reply();
  }
  async all(...lines: string[]): Promise<string> {
    let last = '';
    for (const line of lines) last = await this.ask(line);
    return last;
  }

  /** The next whole reply. */
  async reply(): Promise<string> {
    for (;;) {
      const found = /^(?:\d{3}-[^\r\n]*\r\n)*\d{3}(?: [^\r\n]*)?\r\n/.exec(this.#buffer);
      if (found) {
        this.#buffer = this.#buffer.slice(found[0].length);
        return found[0].slice(0, -2);
      }
      if (this.#ended) throw new Error(`closed, after ${JSON.stringify(this.#buffer)}`);
      await this.#more();
    }
  }

  /** Resolves with what was left to read when the server has closed. */
  async closed(): Promise<string> {
    while (!this.#ended) await this.#more();
    return this.#buffer;
  }

  async startTls(): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners();
    this.#buffer = '';
    const secure = connectTls({ socket: plain, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve);
      secure.once('error', reject);
    });
    this.#socket = secure;
    this.#listen(secure);
  }

  async hello(name = 'comp1.otd1.constr.org'): Promise<string> {
    return this.ask(`EHLO ${name}`);
  }

  /** One transaction up to the reply to the message. */
  async send(from: string, to: readonly string[], message: string): Promise<string> {
    await this.ask(`MAIL FROM:<${from}>`);
    for (const each of to) await this.ask(`RCPT TO:<${each}>`);
    const go = await this.ask('DATA');
    if (!go.startsWith('354')) return go;
    this.write(message);
    return this.reply();
  }

  async quit(): Promise<void> {
    await this.ask('QUIT');
    this.destroy();
  }

  #listen(socket: Socket): void {
    socket.on('data', (piece: Buffer) => {
      this.#buffer += piece.toString('utf8');
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('end', end);
    socket.on('close', end);
    socket.on('error', end);
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`nothing more came, after ${JSON.stringify(this.#buffer)}`)),
        DEADLINE_MS,
      );
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
