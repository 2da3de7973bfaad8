/**
 * One pass over a maildrop on an open session: list, know again, plan, take in, remove, say good-bye (protocols.md C35-C38).
 * The I/O half of plan.ts.
 *
 * Invariants: DELE is sent only for letters that are safe here, after a promised write has put them on the disk; what was
 * removed is written down only after +OK to QUIT; a session that fails half-way has lost nothing and brings nothing twice.
 */
import { type Fault, toFault } from '../../base/errors.ts';
import { MAX_MESSAGE_BYTES } from '../../base/limits.ts';
import { readHeader } from '../../mail/header.ts';
import type { SyncContext } from '../imap/context.ts';
import { needsSecondLook } from '../imap/guard.ts';
import { likenessOf, matchLetters, ownUidl, schemeChanged, unnamedUidl } from './match.ts';
import type { Answers } from './pipeline.ts';
import { type KnownLetter, type Listed, type Plan, planMaildrop } from './plan.ts';
import type { Pop3Account } from './reads.ts';
import type { MaildropLetter, Pop3Session } from './session.ts';
import { MaildropSink, type SinkPlace } from './sink.ts';

export interface PassReport {
  /** Letters new to this computer, whole or by their header. */
  inserted: number[];
  /** Letters that came whole, and headers. */
  fetched: number;
  headers: number;
  /** Letters the server has removed. */
  removed: number;
  /** Letters left alone, each with its reason. */
  skipped: { uidl: string; reason: string }[];
  /** Octets of letters whose headers alone are here. */
  saved: number;
}

export interface PassWatcher {
  /** Octets done and to do. */
  progress?(done: number, total: number): void;
}

export interface Surveyed {
  listed: Listed[];
  known: Map<string, KnownLetter>;
  plan: Plan;
}

/** Lists the maildrop, knows letters again and plans. Nothing is fetched; only bookkeeping is put right. */
export async function survey(
  context: SyncContext,
  session: Pop3Session,
  account: Pop3Account,
): Promise<Surveyed> {
  const { store } = context;
  const known = async () =>
    new Map(
      (await store.read('pop3.known', account.id)).map((each): [string, KnownLetter] => [each.uidl, each]),
    );
  const listed = await named(session, await session.letters());
  let lines = await known();
  if (schemeChanged(listed, lines)) {
    const unknown = listed.filter((each) => !lines.has(each.uidl));
    const likenesses = await heads(session, unknown);
    const alike = unknown.flatMap((each) => {
      const likeness = likenesses.get(each.n);
      return likeness === undefined ? [] : [{ ...each, likeness }];
    });
    const pairs = matchLetters(alike, lines);
    if (pairs.length > 0) {
      context.log.info('pop3-letters-relinked', { account: account.id, count: pairs.length });
      await store.write('pop3.relink', { account: account.id, pairs });
      lines = await known();
    }
  }
  return { listed, known: lines, plan: planLetters(context, account, listed, lines) };
}

export function planLetters(
  context: Pick<SyncContext, 'clock'>,
  account: Pop3Account,
  listed: readonly Listed[],
  known: ReadonlyMap<string, KnownLetter>,
): Plan {
  return planMaildrop({
    listed,
    known,
    policy: account.policy,
    now: context.clock.now(),
    largest: MAX_MESSAGE_BYTES,
  });
}

/**
 * A server without UIDL names nothing, and one that gives different letters one unique-id as good as nothing: letters are
 * named by what they are, as far as TOP tells. Copies of one letter may share a unique-id (RFC 1939 section 7).
 */
async function named(session: Pop3Session, letters: readonly MaildropLetter[]): Promise<Listed[]> {
  const groups = [...Map.groupBy(letters, ({ uidl, n }) => uidl ?? n).values()];
  const doubtful = groups.filter(([first, second]) => first?.uidl === null || second !== undefined);
  if (doubtful.length === 0) return letters as Listed[];
  const likenesses = await heads(session, doubtful.flat());
  const ownOf = ({ n, octets }: MaildropLetter): string | undefined => {
    const likeness = likenesses.get(n);
    return likeness === undefined ? undefined : ownUidl(likeness, octets);
  };
  const renamed = new Map<number, string>();
  for (const group of doubtful) {
    const unlike = new Set(group.map((each) => ownOf(each) ?? each.octets)).size > 1;
    for (const each of group)
      if (each.uidl === null || unlike) renamed.set(each.n, ownOf(each) ?? unnamedUidl(each.n));
  }
  return letters.map((each) => ({ ...each, uidl: renamed.get(each.n) ?? each.uidl ?? unnamedUidl(each.n) }));
}

/** Header octets looked at for likeness. */
const MAX_LOOK_BYTES = 256 * 1024;

/** Likenesses by number of what the server gives the headers of. */
async function heads(session: Pop3Session, letters: readonly MaildropLetter[]): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  let pieces: Buffer[] = [];
  let size = 0;
  await session.each(letters, ({ n }) => `TOP ${n} 0`, true, {
    piece(_letter, octets) {
      if (size < MAX_LOOK_BYTES) pieces.push(Buffer.from(octets));
      size += octets.length;
    },
    taken({ n }) {
      const head = Buffer.concat(pieces);
      found.set(n, likenessOf(readHeader(head, 0, head.length).fields));
      pieces = [];
      size = 0;
      return undefined;
    },
    refused: () => undefined,
  });
  return found;
}

export async function runPass(
  context: SyncContext,
  session: Pop3Session,
  account: Pop3Account,
  watcher: PassWatcher = {},
): Promise<PassReport> {
  const pass = new Pass(context, session, account, watcher);
  await pass.run();
  return pass.report;
}

class Pass {
  readonly report: PassReport = { inserted: [], fetched: 0, headers: 0, removed: 0, skipped: [], saved: 0 };
  readonly #context: SyncContext;
  readonly #session: Pop3Session;
  readonly #account: Pop3Account;
  readonly #watcher: PassWatcher;
  #done = 0;
  #total = 0;

  constructor(context: SyncContext, session: Pop3Session, account: Pop3Account, watcher: PassWatcher) {
    this.#context = context;
    this.#session = session;
    this.#account = account;
    this.#watcher = watcher;
  }

  async run(): Promise<void> {
    const { known, plan } = await survey(this.#context, this.#session, this.#account);
    this.report.saved = plan.saved;
    for (const { uidl, reason } of plan.skipped) this.report.skipped.push({ uidl, reason });
    await this.#writeListed(plan, known);
    this.#total = plan.fetch.reduce((sum, each) => sum + each.octets, 0);
    this.#watcher.progress?.(0, this.#total);
    const safe = new Set([...known.values()].filter(isDoneWith).map((each) => each.uidl));
    const removing = new Set(plan.remove.map((each) => each.uidl));
    // Headers first: they are soon here, and a person sees all that has come.
    await this.#take(plan.headers, 'heads', true, safe);
    await this.#take(plan.fetch, 'letters', !plan.fetch.some((each) => removing.has(each.uidl)), safe);
    await this.#remove(plan.remove.filter((each) => safe.has(each.uidl)));
  }

  async #writeListed(plan: Plan, known: ReadonlyMap<string, KnownLetter>): Promise<void> {
    const { back, missing } = plan;
    const gone = missing.filter((uidl) => known.get(uidl)?.state === 'header');
    const present = [...known.values()].filter((each) => each.missingSince === null).length;
    // A server that lists half of what it had may have lost its index for an hour (C6): headers wait for a second word.
    const doubtful = needsSecondLook(missing.length, present);
    if (back.length > 0 || missing.length > 0) {
      await this.#context.store.write('pop3.listed', {
        account: this.#account.id,
        back,
        missing,
        gone: doubtful ? [] : gone,
      });
    }
  }

  async #take(
    letters: readonly Listed[],
    what: SinkPlace['what'],
    relaxed: boolean,
    safe: Set<string>,
  ): Promise<void> {
    if (letters.length === 0) return;
    const place: SinkPlace = { account: this.#account.id, folder: this.#account.inbox, what, relaxed };
    const sink = new MaildropSink(this.#context, place, (stored) => {
      if (what === 'heads') this.report.headers += stored.length;
      else {
        this.report.fetched += stored.length;
        for (const each of stored) this.#done += each.octets;
        this.#watcher.progress?.(Math.min(this.#done, this.#total), this.#total);
      }
    });
    const refused: { letter: Listed; fault: Fault }[] = [];
    const answers: Answers<Listed> = {
      piece: (letter, octets) => sink.piece(letter, octets),
      taken: (letter) => sink.add(letter),
      refused(letter, fault) {
        refused.push({ letter, fault });
        return undefined;
      },
    };
    const command = what === 'heads' ? ({ n }: Listed) => `TOP ${n} 0` : ({ n }: Listed) => `RETR ${n}`;
    try {
      await this.#session.each(letters, command, true, answers);
      await sink.flush();
    } catch (failure) {
      const fault = toFault(failure);
      await sink.settle();
      const uidl = fault.code === 'too-large' ? fault.detail?.['uidl'] : undefined;
      const endless = letters.filter((each) => each.uidl === uidl);
      await this.#writeRefused([...refused.map((each) => each.letter), ...endless]);
      throw fault;
    } finally {
      for (const id of sink.result.inserted) this.report.inserted.push(id);
      for (const uidl of sink.result.safe) safe.add(uidl);
    }
    await this.#writeRefused(refused.map((each) => each.letter));
    for (const { letter, fault } of refused) {
      this.report.skipped.push({ uidl: letter.uidl, reason: fault.code });
      this.#context.log.info('pop3-letter-refused', {
        account: this.#account.id,
        uidl: letter.uidl,
        code: fault.code,
      });
    }
  }

  async #writeRefused(letters: readonly Listed[]): Promise<void> {
    if (letters.length === 0) return;
    await this.#context.store.write('pop3.failed', {
      account: this.#account.id,
      letters: letters.map(({ uidl, octets }) => ({ uidl, octets })),
    });
  }

  async #remove(letters: readonly Listed[]): Promise<void> {
    const { store } = this.#context;
    // Everything taken in so far is on the disk once this has resolved (ADR 0006); only now the server may forget it.
    await store.write('pop3.synced', this.#account.id);
    const marked = await this.#session.delete(letters, (letter, fault) => {
      this.report.skipped.push({ uidl: letter.uidl, reason: fault.code });
    });
    const bye = await this.#session.quit();
    if (marked.length === 0) return;
    if (bye.status !== 'ok') {
      this.#context.log.warn('pop3-not-removed', { account: this.#account.id, reply: bye.text });
      return;
    }
    this.report.removed = marked.length;
    await store.write('pop3.removed', { account: this.#account.id, uidls: marked.map((each) => each.uidl) });
  }
}

/** Nothing is lost when the server forgets it: it is whole here, was erased here, or is marked for it. */
const isDoneWith = (row: KnownLetter): boolean =>
  row.state === 'whole' || row.state === 'erased' || row.mark === 'delete';

/** One letter whole, because a person waits for it; false: the server does not list it any more. */
export async function fetchLetter(
  context: SyncContext,
  session: Pop3Session,
  account: Pop3Account,
  uidl: string,
): Promise<boolean> {
  const { listed } = await survey(context, session, account);
  const letter = listed.find((each) => each.uidl === uidl);
  if (!letter) return false;
  const sink = new MaildropSink(context, {
    account: account.id,
    folder: account.inbox,
    what: 'letters',
    relaxed: true,
  });
  let refusal: Fault | undefined;
  await session.each([letter], ({ n }) => `RETR ${n}`, true, {
    piece: (each, octets) => sink.piece(each, octets),
    taken: (each) => sink.add(each),
    refused(_each, fault) {
      refusal = fault;
      return undefined;
    },
  });
  await sink.flush();
  if (refusal) throw refusal;
  return true;
}

/** Lines of text that "the first lines" asks for: 2 KB as a rule. */
const PEEK_LINES = 40;

/** The header and the first lines of one letter; null: the server does not list it any more. @throws Fault `refused` */
export async function peekLetter(
  context: SyncContext,
  session: Pop3Session,
  account: Pop3Account,
  uidl: string,
): Promise<Uint8Array | null> {
  const { listed } = await survey(context, session, account);
  const letter = listed.find((each) => each.uidl === uidl);
  if (!letter) return null;
  const pieces: Buffer[] = [];
  let size = 0;
  let refusal: Fault | undefined;
  await session.each([letter], ({ n }) => `TOP ${n} ${PEEK_LINES}`, true, {
    piece(_letter, octets) {
      if (size < MAX_LOOK_BYTES) pieces.push(Buffer.from(octets));
      size += octets.length;
    },
    taken: () => undefined,
    refused(_each, fault) {
      refusal = fault;
      return undefined;
    },
  });
  if (refusal) throw refusal;
  return Buffer.concat(pieces);
}
