/** A profile's store in a temporary folder, with an account and letters in its outbox. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../main/base/clock.ts';
import { silentLog } from '../../main/base/log.ts';
import { secretName } from '../../main/client/accounts/rows.ts';
import { readLetter } from '../../main/client/messages/facts.ts';
import { createOutbox, type OutboxDeps } from '../../main/client/outbox/runner.ts';
import type { ClientStore } from '../../main/client/program.ts';
import type { OutboxItem } from '../../main/contract/mail/drafts.ts';
import { prepareBlob } from '../../main/store/record.ts';
import { openStore, type Store } from '../../main/store/store.ts';
import { type KitProgram, kitProgram } from './program.ts';

export interface OutboxKit {
  readonly dir: string;
  readonly store: Store<KitProgram>;
  /** The same store, as the client's rooms know it. */
  readonly client: ClientStore;
  readonly account: number;
  letter(options?: LetterOptions): Promise<number>;
  item(id: number): Promise<OutboxItem>;
  outbox(more?: Partial<OutboxDeps>): ReturnType<typeof createOutbox>;
  close(): Promise<void>;
}
export interface LetterOptions {
  to?: string[];
  messageId?: string;
  notBefore?: number;
  /** The time was chosen. */
  scheduled?: boolean;
  body?: string;
}

export const PASSWORD = 'correct horse';

export function letterBytes({
  to = ['boris@example.org'],
  messageId = 'a@office.example',
  body = 'text',
}: LetterOptions = {}) {
  return Buffer.from(
    `From: Anna <anna@office.example>\r\nTo: ${to.join(', ')}\r\nBcc: secret@example.org\r\n` +
      `Message-ID: <${messageId}>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\nSubject: A letter\r\n\r\n.${body}\r\n`,
  );
}

export async function openOutboxKit(port: number, clock: Clock = systemClock): Promise<OutboxKit> {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-outbox-'));
  const store = await openStore<KitProgram>({ dir, program: kitProgram, log: silentLog, readers: 1 });
  const client = store as unknown as ClientStore;
  const account = await store.write('accounts.insert', {
    address: 'anna@office.example',
    name: 'Anna',
    incoming: { host: '127.0.0.1', port: 1, security: 'none', user: 'anna', auth: 'auto' },
    outgoing: { host: '127.0.0.1', port, security: 'none', user: 'anna', auth: 'auto' },
    policy: { keep: 'everything' },
    saveSent: true,
  });
  const running: { close(graceMs?: number): Promise<void> }[] = [];
  return {
    dir,
    store,
    client,
    account,
    letter: (options = {}) => freezeLetter(client, account, options, clock),
    item: (id) => store.read('outbox.item', { id }),
    outbox(more = {}) {
      const outbox = createOutbox({
        store: client,
        secrets: { get: async (name) => (name === secretName(account) ? PASSWORD : null) },
        trusted: () => undefined,
        clock,
        log: silentLog,
        timeouts: { setup: 5000, idle: 5000 },
        ...more,
      });
      running.push(outbox);
      return outbox;
    },
    async close() {
      for (const each of running) await each.close(0);
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export async function freezeLetter(
  store: ClientStore,
  account: number,
  options: LetterOptions,
  clock: Clock = systemClock,
) {
  const bytes = letterBytes(options);
  const { facts } = readLetter(bytes);
  return store.write('outbox.freeze', {
    account,
    draft: null,
    blob: prepareBlob(bytes),
    facts,
    envelope: { from: 'anna@office.example', to: options.to ?? ['boris@example.org'], eightBit: false },
    shownTo: (options.to ?? ['boris@example.org']).map((address) => ({ name: '', address })),
    notBefore: options.notBefore ?? clock.now(),
    scheduled: options.scheduled ?? false,
  });
}
