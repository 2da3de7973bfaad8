/** An IMAP client of a few lines over a real socket, and an office with one person to speak to. */
import net from 'node:net';
import type { Service } from '../../main/server/context.ts';
import type { Person } from '../../main/server/directory/directory.ts';
import { openImap } from '../../main/server/imap/imap.ts';
import {
  OFFICE_DOMAIN,
  openTestOffice,
  passwordOf,
  type TestOffice,
  type TestOfficeOptions,
} from './office.ts';
import { type Ends, put } from './office-mailstore.ts';

/** Answers are waited for this long. */
const PATIENCE_MS = 120_000;

export interface Answer {
  /** Everything untagged, as it came (one character an octet). */
  readonly untagged: string;
  /** `OK ...` without the tag. */
  readonly tagged: string;
}

export class ImapClient {
  readonly socket: net.Socket;
  #received: Buffer[] = [];
  #text = '';
  #wake: (() => void) | null = null;
  #closed = false;
  #tag = 0;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on('data', (piece: Buffer) => {
      this.#received.push(piece);
      this.#wake?.();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  /** What has come and was not yet taken. */
  get pending(): string {
    if (this.#received.length > 0) {
      this.#text += Buffer.concat(this.#received).toString('latin1');
      this.#received = [];
    }
    return this.#text;
  }
  get closed(): boolean {
    return this.#closed;
  }

  send(text: string | Uint8Array): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Takes everything up to and with the first match. @throws when it does not come. */
  async until(pattern: RegExp): Promise<string> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const match = pattern.exec(this.pending);
      if (match) {
        const end = match.index + match[0].length;
        const taken = this.#text.slice(0, end);
        this.#text = this.#text.slice(end);
        return taken;
      }
      if (this.#closed) throw new Error(`closed before ${pattern}: ${this.#text.slice(-300)}`);
      if (performance.now() > deadline) throw new Error(`no ${pattern}: ${this.#text.slice(-300)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 500);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Sends a command with a fresh tag and takes its whole answer. */
  async command(text: string): Promise<Answer> {
    this.#tag += 1;
    const tag = `t${this.#tag}`;
    this.send(`${tag} ${text}\r\n`);
    return this.answer(tag);
  }

  async answer(tag: string): Promise<Answer> {
    const all = await this.until(new RegExp(`(?:^|\\r\\n)${tag} [^\\r\\n]*\\r\\n`));
    const at = all.lastIndexOf(`${tag} `);
    return { untagged: all.slice(0, at), tagged: all.slice(at + tag.length + 1, -2) };
  }

  /** A command that has to succeed: its untagged part. */
  async ok(text: string): Promise<string> {
    const answer = await this.command(text);
    if (!answer.tagged.startsWith('OK')) throw new Error(`${text}: ${answer.tagged}`);
    return answer.untagged;
  }

  /** APPEND of one message with a literal that asks first. */
  async append(mailbox: string, message: string | Uint8Array, options = ''): Promise<string> {
    const bytes = typeof message === 'string' ? Buffer.from(message, 'latin1') : message;
    this.#tag += 1;
    const tag = `t${this.#tag}`;
    this.send(`${tag} APPEND ${mailbox} ${options === '' ? '' : `${options} `}{${bytes.length}}\r\n`);
    await this.until(/\+ [^\r\n]*\r\n/);
    this.send(bytes);
    this.send('\r\n');
    return (await this.answer(tag)).tagged;
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Connects and takes the greeting. */
export async function connectImap(t: Ends, port: number): Promise<ImapClient> {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  const client = new ImapClient(socket);
  t.after(() => client.close());
  await client.until(/\* OK [^\r\n]*\r\n/);
  return client;
}

export interface ImapOffice extends TestOffice {
  readonly imap: Service;
  readonly person: Person;
  readonly inboxId: number;
  /** A session that is signed in. */
  client(): Promise<ImapClient>;
  /** A session with the INBOX selected. */
  selected(): Promise<ImapClient>;
}

/** An office where Petrov has mail. */
export async function openImapOffice(t: Ends, options: TestOfficeOptions = {}): Promise<ImapOffice> {
  const office = await openTestOffice(t, options);
  const person = await office.add({ address: `petrov@${OFFICE_DOMAIN}` });
  const imap = await openImap(office.context, { host: '127.0.0.1', port: 0, implicitTls: false });
  t.after(() => imap.close(0));
  const inboxId = await office.inbox(person);
  const client = async () => {
    const made = await connectImap(t, imap.port);
    await made.ok(`LOGIN petrov@${OFFICE_DOMAIN} ${passwordOf('petrov')}`);
    return made;
  };
  return Object.assign(office, {
    imap,
    person,
    inboxId,
    client,
    async selected() {
      const made = await client();
      await made.ok('SELECT INBOX');
      return made;
    },
  });
}

/** One office for all tests of a file: opened by the first that asks, closed when the file ends. */
export function sharedImapOffice(
  hooks: { after(action: () => Promise<void>): void },
  options: TestOfficeOptions = {},
): () => Promise<ImapOffice> {
  const ends: (() => unknown)[] = [];
  let office: Promise<ImapOffice> | undefined;
  hooks.after(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => {
    office ??= openImapOffice({ after: (end) => ends.push(end) }, options);
    return office;
  };
}

export interface ImapRoom {
  readonly office: ImapOffice;
  readonly name: string;
  readonly id: number;
  /** A session with the mailbox selected. */
  readonly client: ImapClient;
  /** One more session with it selected. */
  another(command?: 'SELECT' | 'EXAMINE'): Promise<ImapClient>;
}

let rooms = 0;

/** A mailbox of its own in a shared office, with these letters, and a session that has it selected. */
export async function imapRoom(
  office: ImapOffice,
  letters: readonly (string | Uint8Array)[] = [],
): Promise<ImapRoom> {
  rooms += 1;
  const name = `room${rooms}`;
  const { id } = await office.mailstore.create(office.person.id, name);
  for (const letter of letters)
    await put(office.mailstore, id, typeof letter === 'string' ? Buffer.from(letter, 'latin1') : letter);
  const another = async (command = 'SELECT') => {
    const client = await office.client();
    await client.ok(`${command} ${name}`);
    return client;
  };
  return { office, name, id, client: await another(), another };
}
