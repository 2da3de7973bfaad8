/** A POP3 server of a test office, its clients, and letters of exact sizes. */
import { openPop3 } from '../../main/server/pop3/pop3.ts';
import { LineClient } from './line-client.ts';
import {
  OFFICE_DOMAIN,
  openTestOffice,
  passwordOf,
  type TestOffice,
  type TestOfficeOptions,
} from './office.ts';
import { type Ends, put } from './office-mailstore.ts';

export interface Pop3Office {
  readonly office: TestOffice;
  readonly port: number;
  readonly securePort: number;
  connect(): Promise<LineClient>;
  /** Signed in; the greeting and two answers are taken. */
  signIn(local?: string): Promise<LineClient>;
  deliver(local: string, ...letters: string[]): Promise<number[]>;
  inboxOf(local: string): Promise<number>;
  /** How many letters an inbox holds. */
  inboxCount(local: string): Promise<number>;
}

/** A letter of exactly so many octets. */
export function letterOf(octets: number, subject = 'Hello!'): string {
  const head = `Subject: ${subject}\r\n\r\n`;
  return `${head}${'x'.repeat(octets - head.length - 2)}\r\n`;
}

export async function openPop3Office(t: Ends, options: TestOfficeOptions = {}): Promise<Pop3Office> {
  const office = await openTestOffice(t, { people: ['kcope'], ...options });
  const plain = await openPop3(office.context, { host: '127.0.0.1', port: 0, implicitTls: false });
  const secure = await openPop3(office.context, { host: '127.0.0.1', port: 0, implicitTls: true });
  const clients: LineClient[] = [];
  t.after(async () => {
    for (const client of clients) client.cut();
    await Promise.all([plain.close(0), secure.close(0)]);
    await office.close();
  });
  const connect = async () => {
    const client = await LineClient.open(plain.port);
    clients.push(client);
    return client;
  };
  const personOf = async (local: string) =>
    (await office.context.directory.personByAddress(`${local}@${OFFICE_DOMAIN}`))!;
  return {
    office,
    port: plain.port,
    securePort: secure.port,
    connect,
    inboxOf: async (local) => office.inbox(await personOf(local)),
    async inboxCount(local) {
      const { uids } = await office.mailstore.open(await office.inbox(await personOf(local)), false);
      return uids.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    },
    async signIn(local = 'kcope') {
      const client = await connect();
      await client.line();
      await client.ask(`USER ${local}`);
      const answer = await client.ask(`PASS ${passwordOf(local)}`);
      if (!answer.startsWith('+OK')) throw new Error(answer);
      return client;
    },
    async deliver(local, ...letters) {
      const inbox = await office.inbox(await personOf(local));
      const uids: number[] = [];
      for (const letter of letters)
        uids.push(await put(office.mailstore, inbox, Buffer.from(letter, 'latin1')));
      return uids;
    },
  };
}
