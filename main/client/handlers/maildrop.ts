/**
 * Letters that stand on servers by their headers, and when accounts connect: the contract's names over the room of
 * collecting and the engines. Windows are told of a plan when it changes, gathered for a moment.
 */
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { EngineEvent, Handlers } from '../../contract/door.ts';
import type { ServerPlan } from '../../contract/mail/maildrop.ts';
import type { AccountSchedule } from '../../contract/mail/schedule.ts';
import type { Pool } from '../../store/threads.ts';
import type { ImapEngine } from '../imap/engine.ts';
import { selected } from '../messages/actions.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { Pop3Engine } from '../pop3/engine.ts';
import type { ClientStore } from '../program.ts';

type Collecting = Pick<ImapEngine, 'sync' | 'next' | 'retime' | 'peek' | 'offline'>;

export interface MaildropDeps {
  store: ClientStore;
  pool: Pool<IngestCalls>;
  clock: Clock;
  log: Log;
  imap: Collecting;
  pop3: Collecting & Pick<Pop3Engine, 'rate'>;
  fetchBody(message: number): Promise<void>;
  emit(event: EngineEvent): void;
}

type Served = Extract<keyof Handlers, `maildrop.${string}` | `schedule.${string}`>;

export interface Maildrop {
  readonly handlers: Pick<Handlers, Served>;
  /** Times may have changed. */
  tell(): void;
  close(): void;
}

/** Changes gathered into one event, ms. */
const GATHER_MS = 150;
/** Characters of "the first lines". */
const PEEKED = 2048;

export function openMaildrop(deps: MaildropDeps): Maildrop {
  const { store, pool, clock, log, imap, pop3 } = deps;
  const engineOf = async (account: number): Promise<Collecting> =>
    (await store.read('accounts.row', { id: account })).kind === 'pop3' ? pop3 : imap;

  const plans = async (): Promise<ServerPlan[]> =>
    (await store.read('maildrop.plans', undefined)).map((plan) => {
      const engine = plan.kind === 'pop3' ? pop3 : imap;
      return {
        ...plan,
        at: engine.next(plan.account),
        rate: plan.kind === 'pop3' ? pop3.rate(plan.account) : null,
      };
    });
  const scheduleOf = (row: Omit<AccountSchedule, 'next'>): AccountSchedule => ({
    ...row,
    next: imap.next(row.account) ?? pop3.next(row.account),
  });

  let timer: (() => void) | null = null;
  let closed = false;
  let told = '';
  const tell = (): void => {
    if (closed) return;
    timer ??= clock.after(GATHER_MS, () => {
      timer = null;
      plans().then(
        (data) => {
          const now = JSON.stringify(data);
          if (closed || now === told) return;
          told = now;
          deps.emit({ name: 'maildrop.changed', data });
        },
        (failure) => {
          if (!closed) log.warn('announce-maildrop-failed', { failure });
        },
      );
    });
  };
  const stop = store.changes.on((batch) => {
    if (batch.changes.some(({ kind }) => kind === 'maildrop' || kind === 'accounts')) tell();
  });

  return {
    tell,
    close() {
      closed = true;
      timer?.();
      stop();
    },
    handlers: {
      'maildrop.plans': () => plans(),
      async 'maildrop.letters'({ account }) {
        await store.read('accounts.row', { id: account });
        return store.read('maildrop.letters', account);
      },
      async 'maildrop.mark'({ selection, mark }) {
        let count = 0;
        for await (const messages of selected(deps, selection))
          count += await store.write('maildrop.mark', { messages, mark });
        return { count };
      },
      async 'maildrop.run'({ account }) {
        const engine = await engineOf(account);
        if (engine.offline) throw new Fault('transient', 'offline', 'Postroom is working offline.');
        await engine.sync(account);
        return {};
      },
      async 'maildrop.fetch'({ message }) {
        await deps.fetchBody(message);
        return {};
      },
      async 'maildrop.peek'({ message }) {
        const engine = (await store.read('pop3.place', message)) ? pop3 : imap;
        const bytes = Uint8Array.from(await engine.peek(message));
        const { text } = await pool.call('letter', { bytes, path: [] }, { transfer: [bytes.buffer] });
        return { text: (text ?? '').slice(0, PEEKED) };
      },
      'schedule.list': async () => (await store.read('schedule.all', undefined)).map(scheduleOf),
      async 'schedule.set'({ account, schedule }) {
        await store.write('schedule.set', { account, schedule });
        imap.retime(account);
        pop3.retime(account);
        return scheduleOf({ account, schedule });
      },
    },
  };
}
