/** An office whose people have many small letters each, to be read by IMAP over loopback. */
import { setTimeout as wait } from 'node:timers/promises';
import { seeded } from '../main/client/import/sample/bulk.ts';
import { openImap } from '../main/server/imap/imap.ts';
import { OFFICE_DOMAIN, openTestOffice, passwordOf } from '../test/kit/office.ts';

export { passwordOf };

export const PEOPLE = ['anna', 'boris', 'clara'] as const;

const WORDS =
  'concrete delivery estimate contract section building schedule invoice order rebar pump volume бетон поставка смета договор участок корпус график счёт заявка арматура'.split(
    ' ',
  );
/** Letters in one append. */
const BATCH = 500;
const SEEN = 1;

export interface BigOffice {
  address(local: string): string;
  server(local: string): {
    host: string;
    port: number;
    security: 'none';
    user: string;
    auth: 'auto';
  };
  close(): Promise<void>;
}

export async function bigOffice(dir: string, count: number, say: (text: string) => void): Promise<BigOffice> {
  const endings: (() => unknown)[] = [];
  const ends = { after: (end: () => unknown) => void endings.unshift(end) };
  const office = await openTestOffice(ends, { dir, people: PEOPLE });
  const random = seeded(5);
  const word = () => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  const words = (n: number) => Array.from({ length: n }, word).join(' ');
  const start = performance.now();
  let serial = 0;
  for (const local of PEOPLE) {
    const person = await office.context.directory.personByAddress(`${local}@${OFFICE_DOMAIN}`);
    if (!person) throw new Error(`${local} is not there`);
    const inbox = await office.inbox(person);
    const share = Math.ceil(count / PEOPLE.length);
    for (let at = 0; at < share; at += BATCH) {
      const messages = await Promise.all(
        Array.from({ length: Math.min(BATCH, share - at) }, async () => {
          serial += 1;
          const date = Date.UTC(2020, 0, 1) + serial * 900_000;
          const answered = serial > 10 && random() < 0.4 ? `In-Reply-To: <${serial - 3}@bench>\r\n` : '';
          const text = `From: Person ${serial % 500} <p${serial % 500}@bench.example>\r\nTo: ${local}@${OFFICE_DOMAIN}\r\nSubject: ${words(3)} ${serial}\r\nMessage-ID: <${serial}@bench>\r\n${answered}Date: ${new Date(date).toUTCString()}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${words(60)}\r\n`;
          const intake = office.mailstore.intake();
          await intake.write(Buffer.from(text));
          const message = await intake.finish(undefined, { normalise: true });
          return { message, flags: random() < 0.1 ? 0 : SEEN, keywords: [], internalDate: date };
        }),
      );
      await office.mailstore.append(inbox, messages);
    }
  }
  say(`${serial} letters delivered in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  const imap = await openImap(office.context, { host: '127.0.0.1', port: 0, implicitTls: false });
  const address = (local: string) => `${local}@${OFFICE_DOMAIN}`;
  return {
    address,
    server: (local) => ({
      host: '127.0.0.1',
      port: imap.port,
      security: 'none',
      user: address(local),
      auth: 'auto',
    }),
    async close() {
      await imap.close(0);
      await office.close();
      for (const end of endings) await end();
      // Folders are taken away by whoever made them.
      await wait(0);
    },
  };
}
