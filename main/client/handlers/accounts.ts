/** Accounts: the contract's names over the room of accounts, the engines of IMAP and POP3, and the outbox. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { EngineEvent, Handlers } from '../../contract/door.ts';
import type { Account, Certificate, IncomingKind, TestResult } from '../../contract/mail/accounts.ts';
import { type DiscoveryDeps, discover } from '../accounts/discovery.ts';
import { storesSent } from '../accounts/providers.ts';
import { type AccountRow, secretName } from '../accounts/rows.ts';
import { testOutgoing } from '../accounts/testing.ts';
import type { Trust } from '../accounts/trust.ts';
import type { ImapEngine, ImapTest } from '../imap/engine.ts';
import type { Jobs } from '../jobs.ts';
import type { Outbox } from '../outbox/runner.ts';
import type { Pop3Engine } from '../pop3/engine.ts';
import type { ClientStore } from '../program.ts';
import type { Secrets } from '../security/vault.ts';

/** What the accounts need of an engine that brings mail. */
export type IncomingEngine = Pick<
  ImapEngine,
  'start' | 'stop' | 'restart' | 'sync' | 'test' | 'setOffline' | 'states' | 'wake'
>;

export type MaildropEngine = IncomingEngine & Pick<Pop3Engine, 'plan' | 'mark'>;

export interface AccountHandlerDeps {
  store: ClientStore;
  secrets: Secrets;
  trust: Trust;
  imap: IncomingEngine;
  pop3: MaildropEngine;
  outbox: Pick<Outbox, 'resume' | 'setOffline' | 'wake'>;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  emit: (event: EngineEvent) => void;
  discovery: Omit<DiscoveryDeps, 'clock'>;
  /** Authorities instead of the system's, PEM. */
  authorities?: readonly string[];
}

type Served = Extract<keyof Handlers, `accounts.${string}`>;

/** Letters erased in one transaction when an account is removed: other writers get their turn between. */
const BATCH = 200;

export function accountHandlers(deps: AccountHandlerDeps): Pick<Handlers, Served> {
  const { store, secrets, trust, imap, pop3, outbox, log } = deps;
  const engineOf = (kind: IncomingKind): IncomingEngine => (kind === 'pop3' ? pop3 : imap);

  const restart = async ({ id, kind }: AccountRow) => {
    if (kind !== 'local') await engineOf(kind).restart(id);
    outbox.resume(id);
  };

  return {
    'accounts.list': () => listAccounts(deps),

    'accounts.discover': ({ address, run }, { signal }) =>
      discover(
        address.trim(),
        { ...deps.discovery, clock: deps.clock },
        (step) => deps.emit({ name: 'discovery', data: { run, step } }),
        signal,
      ),

    async 'accounts.test'({ id, kind, incoming, outgoing, password: typed }, { signal }) {
      const kept = typed === '' && id !== undefined ? await secrets.get(secretName(id)) : null;
      const password = kept ?? typed;
      const tested = engineOf(kind).test(incoming, password, signal).then(incomingResult);
      const options = {
        trusted: trust.trusted,
        log,
        signal,
        ...(deps.authorities ? { authorities: deps.authorities } : {}),
      };
      const sending = outgoing
        ? testOutgoing(outgoing, password, options)
        : { ok: true, code: '', message: '', certificate: null };
      const [first, second] = await Promise.all([tested, sending]);
      return { incoming: first, outgoing: second };
    },

    async 'accounts.add'(input) {
      const { address, name, kind, incoming, outgoing, password, pop3: maildrop } = input;
      const id = await store.write('accounts.insert', {
        address: address.trim(),
        name,
        kind,
        incoming,
        outgoing,
        ...(maildrop ? { pop3: maildrop } : {}),
        policy: input.policy ?? { keep: 'everything' },
        saveSent: input.saveSent ?? !(outgoing && storesSent(outgoing.host)),
      });
      try {
        // One that came out of an export has none yet, and asks for it.
        if (password !== '') await secrets.set(secretName(id), password);
      } catch (failure) {
        // Without its password the account is nothing; the person tries again.
        await store.write('accounts.delete', { id, undo: randomUUID() });
        throw failure;
      }
      engineOf(kind).start(id);
      return accountOf(deps, await store.read('accounts.row', { id }));
    },

    async 'accounts.update'(input) {
      const { password, ...changes } = input;
      const row = await store.write('accounts.update', withoutAbsent(changes));
      if (password !== undefined) await secrets.set(secretName(row.id), password);
      if (row.kind !== 'local') await restart(row);
      return accountOf(deps, await store.read('accounts.row', { id: row.id }));
    },

    async 'accounts.remove'({ id }) {
      const { kind } = await store.read('accounts.row', { id });
      if (kind !== 'local') await engineOf(kind).stop(id);
      while ((await store.write('accounts.trim', { id, limit: BATCH })) > 0);
      await store.write('accounts.delete', { id, undo: randomUUID() });
      await secrets.remove(secretName(id));
      return {};
    },

    async 'accounts.trust'({ host, port, fingerprint256 }) {
      await trust.keep(host, port, fingerprint256);
      for (const row of await store.read('accounts.rows')) {
        const uses = [row.incoming, row.outgoing].some(
          (each) => each?.host.toLowerCase() === host.toLowerCase() && each.port === port,
        );
        if (uses) await restart(row);
      }
      return {};
    },

    async 'accounts.sync'({ id }) {
      const kind = id === undefined ? undefined : (await store.read('accounts.row', { id })).kind;
      outbox.wake();
      if (kind === undefined || kind === 'imap') await imap.sync(id);
      if (kind === undefined || kind === 'pop3') await pop3.sync(id);
      const running = deps.jobs.list().filter((each) => each.kind === 'sync' && each.state === 'running');
      return { jobs: running.map((each) => each.id) };
    },

    'accounts.fetchPlan': ({ id, ask }) => pop3.plan(id, ask),

    'accounts.fetchMark': async ({ messages, mark }) => ({ count: await pop3.mark(messages, mark) }),

    async 'accounts.wake'() {
      outbox.wake();
      await Promise.all([imap.wake(), pop3.wake()]);
      return {};
    },

    async 'accounts.offline'({ offline }) {
      outbox.setOffline(offline);
      await Promise.all([imap.setOffline(offline), pop3.setOffline(offline)]);
      deps.emit({ name: 'accounts.changed', data: await listAccounts(deps) });
      return {};
    },
  };
}

export async function listAccounts(
  deps: Pick<AccountHandlerDeps, 'store' | 'imap' | 'pop3'>,
): Promise<Account[]> {
  return (await deps.store.read('accounts.rows')).map((row) => accountOf(deps, row));
}

function accountOf({ imap, pop3 }: Pick<AccountHandlerDeps, 'imap' | 'pop3'>, row: AccountRow): Account {
  const engine = row.kind === 'pop3' ? pop3 : imap;
  const known = row.kind === 'local' ? undefined : engine.states().find((each) => each.account === row.id);
  const { state, problem } = known ?? { state: 'idle' as const, problem: null };
  const { id, kind, address, name, incoming, outgoing, policy, pop3: maildrop, saveSent, lastSync } = row;
  return {
    id,
    kind,
    address,
    name,
    incoming,
    outgoing,
    policy,
    pop3: maildrop,
    saveSent,
    state,
    problem,
    lastSync,
  };
}

/** A certificate stands in its own place. */
function incomingResult(tested: ImapTest): TestResult['incoming'] {
  const { certificate, ...detail } = (tested.detail ?? {}) as { certificate?: Certificate };
  const { ok, code, message } = tested;
  return { ok, code, message, certificate: certificate ?? null, detail };
}

/** What the caller left out is not a change. */
function withoutAbsent<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
