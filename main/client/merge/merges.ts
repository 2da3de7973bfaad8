/**
 * Mail merge: one draft and a table become one letter a row in the outbox.
 *
 * Invariants: a preview sends nothing; either all letters of a merge stand in the outbox or none; each goes at most once,
 * as every outbox letter does; a cancelled merge sends nothing that had not begun to leave.
 */
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { MAX_MERGE_BYTES } from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { Output, Parsed } from '../../contract/contract.ts';
import type { MergeState } from '../../contract/mail/sending.ts';
import { isValidAddress } from '../../mail/address.ts';
import type { Pool } from '../../store/threads.ts';
import { asIdentity, identityOf, newMessageId, uniqueAddresses } from '../drafts/content.ts';
import type { DraftRow } from '../drafts/rows.ts';
import type { JobHandle, Jobs } from '../jobs.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { FreezeInput } from '../outbox/writes.ts';
import type { ClientStore } from '../program.ts';
import { dsnOf, envelopeIdOf } from '../receipts/rows.ts';
import { columnsOf, contentOfRow, planMerge } from './plan.ts';
import { readTable } from './table.ts';

export interface MergeDeps {
  readonly store: ClientStore;
  readonly pool: Pool<IngestCalls>;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly log: Log;
  readonly wakeOutbox: () => void;
  readonly changed: (merges: MergeState[]) => void;
  readonly userAgent: string;
}

/** Letters composed and written together. */
const CHUNK = 25;
/** Progress is told at most this often, ms. */
const TELL_EVERY_MS = 300;
/** Problems shown of a table. */
const MAX_PROBLEMS = 500;
/** Merges that ended so long ago are forgotten, ms. */
const KEPT_MS = 30 * 24 * 3_600_000;

type TableInput = Pick<
  Parsed<'merge.start'>,
  'draft' | 'csv' | 'charset' | 'delimiter' | 'addressColumn' | 'nameColumn' | 'fileColumn'
>;

export class Merges {
  readonly #deps: MergeDeps;
  readonly #jobs = new Map<number, JobHandle>();
  #stop: () => void = () => {};
  #timer: (() => void) | null = null;
  #closed = false;

  constructor(deps: MergeDeps) {
    this.#deps = deps;
  }

  /** Puts right what an end left behind, and tells of progress from now on. */
  async start(): Promise<void> {
    const { store, clock, log } = this.#deps;
    const abandoned = await store.write('merge.recover', { now: clock.now() });
    if (abandoned.length > 0) log.warn('merge.abandoned', { merges: abandoned.length });
    await store.write('merge.sweep', { before: clock.now() - KEPT_MS });
    this.#stop = store.changes.on((batch) => {
      const ours = batch.changes.some(
        ({ kind, data }) =>
          kind === 'merge' || (kind === 'outbox' && typeof (data as { merge?: unknown }).merge === 'number'),
      );
      if (ours && !this.#closed) this.#timer ??= clock.after(TELL_EVERY_MS, () => this.#tell());
    });
    this.#tell();
  }

  close(): void {
    this.#closed = true;
    this.#stop();
    this.#timer?.();
  }

  /** @throws Fault user `no-such-draft`, `bad-table`, `table-too-long` */
  async preview(input: Parsed<'merge.preview'>): Promise<Output<'merge.preview'>> {
    const { draft, table, plan } = await this.#plan(input, input.files);
    const chosen = plan.letters[Math.min(input.row, plan.letters.length) - 1];
    const filled = chosen ? contentOfRow(draft.content, table, chosen) : null;
    return {
      charset: table.charset,
      delimiter: table.delimiter,
      columns: table.columns,
      fields: plan.fields.map((each) => each.name),
      total: table.rows.length,
      ready: plan.letters.filter((each) => !each.stopped).length,
      addressColumn: plan.columns.address,
      nameColumn: plan.columns.name,
      fileColumn: plan.columns.file,
      problems: plan.problems.slice(0, MAX_PROBLEMS),
      letter:
        chosen && filled
          ? {
              row: chosen.row,
              to: filled.to,
              subject: filled.subject,
              text: filled.text,
              files: [
                ...draft.attachments.filter((each) => !each.inline).map((each) => each.name),
                ...chosen.files,
              ],
            }
          : null,
    };
  }

  /** @throws Fault user as the contract says, or `cancelled` by the signal; nothing stands in the outbox then. */
  async send(input: Parsed<'merge.start'>, signal?: AbortSignal): Promise<MergeState> {
    const { store, clock, wakeOutbox } = this.#deps;
    const names = input.files.map((each) => each.name);
    const { draft, table, plan } = await this.#plan(input, names);
    const letters = plan.letters.filter((each) => !each.stopped);
    if (letters.length === 0)
      throw new Fault('user', 'nothing-to-merge', 'No row of the table can become a letter.');
    const bad = [...draft.content.cc, ...draft.content.bcc].find((each) => !isValidAddress(each.address));
    if (bad)
      throw new Fault('user', 'bad-recipient', 'An address cannot be right.', {
        detail: { address: bad.address || bad.name },
      });
    const sender = identityOf(draft, await store.read('identities.list'));
    if (!sender?.sends)
      throw new Fault('user', 'no-account', 'There is no account that this letter can be sent by.');
    const from = draft.content.from ?? { name: sender.name, address: sender.address };
    const own = new Map(input.files.map((each) => [each.name.toLowerCase(), each]));
    const shared = await Promise.all(
      draft.attachments.map(async ({ name, type, inline, contentId, hash }) => ({
        name,
        type,
        inline,
        contentId,
        bytes: await store.blobs.read(hash),
      })),
    );
    const merge = await store.write('merge.create', {
      account: sender.account,
      subject: draft.content.subject,
      total: letters.length,
      perMinute: input.perMinute,
    });
    try {
      let octets = 0;
      for (let at = 0; at < letters.length; at += CHUNK) {
        if (this.#closed || signal?.aborted)
          throw new Fault('cancelled', 'cancelled', 'The letters were not prepared to the end.');
        const composed = await Promise.all(
          letters.slice(at, at + CHUNK).map(async (letter): Promise<FreezeInput> => {
            const content = asIdentity(contentOfRow(draft.content, table, letter), sender);
            const messageId = newMessageId(from);
            const files = letter.files.flatMap((name) => {
              const file = own.get(name);
              return file ? [{ ...file, inline: false, contentId: '' }] : [];
            });
            const made = await this.#deps.pool.call('draft.compose', {
              content,
              from,
              organisation: sender.organisation,
              attachments: [...shared, ...files],
              messageId,
              threading: {},
              date: clock.now(),
              userAgent: this.#deps.userAgent,
            });
            const people = [...content.to, ...content.cc, ...content.bcc];
            const envid = envelopeIdOf(messageId);
            const { eightBit, ...rest } = made;
            return {
              account: sender.account,
              sentFolder: sender.sentFolder,
              draft: null,
              ...rest,
              envelope: {
                from: from.address,
                to: uniqueAddresses(people),
                eightBit,
                askedReceipt: content.requestReadReceipt,
                ...(envid ? { dsn: dsnOf(content.requestDeliveryNotice ?? false, envid) } : {}),
              },
              shownTo: people.slice(0, 1000),
              notBefore: 0,
              scheduled: false,
            };
          }),
        );
        octets += composed.reduce((sum, each) => sum + each.facts.size, 0);
        if (octets > MAX_MERGE_BYTES)
          throw new Fault('user', 'too-large', 'The letters of this mail merge are too large together.', {
            detail: { limit: MAX_MERGE_BYTES },
          });
        await store.write('merge.add', { merge, letters: composed });
      }
      await store.write('merge.release', { merge, from: clock.now() + input.delay * 1000 });
    } catch (failure) {
      await store.write('merge.abandon', { merge });
      throw failure;
    }
    wakeOutbox();
    return this.#state(merge);
  }

  list(): Promise<MergeState[]> {
    return this.#deps.store.read('merge.list');
  }

  /** @throws Fault user `no-such-merge` */
  async cancel(id: number): Promise<MergeState> {
    await this.#deps.store.write('merge.cancel', { merge: id });
    return this.#state(id);
  }

  async #state(id: number): Promise<MergeState> {
    const found = (await this.list()).find((each) => each.id === id);
    if (!found) throw new Fault('user', 'no-such-merge', 'This mail merge is over.');
    return found;
  }

  async #plan(input: TableInput, files: readonly string[]) {
    const { store } = this.#deps;
    const draft: DraftRow = await store.read('drafts.row', { id: input.draft });
    const table = readTable(input.csv, input);
    const columns = columnsOf(table, {
      address: input.addressColumn,
      name: input.nameColumn,
      file: input.fileColumn,
    });
    return { draft, table, plan: planMerge(draft.content, table, columns, files) };
  }

  /** Windows hear how far it is; each merge is a job as long as letters of it wait. */
  #tell(): void {
    this.#timer = null;
    if (this.#closed) return;
    const { changed, log } = this.#deps;
    this.list()
      .then((merges) => {
        changed(merges);
        for (const merge of merges) this.#watch(merge);
      })
      .catch((failure) => log.warn('merge.tell', { failure }));
  }

  #watch(merge: MergeState): void {
    const { jobs, log } = this.#deps;
    const over = merge.waiting === 0 && merge.state !== 'preparing';
    let job = this.#jobs.get(merge.id);
    if (!job) {
      if (over || merge.state !== 'sending') return;
      job = jobs.start('send', merge.subject, 'letters', { total: merge.total });
      this.#jobs.set(merge.id, job);
      job.signal.addEventListener('abort', () => {
        if (!this.#closed) this.cancel(merge.id).catch((failure) => log.warn('merge.cancel', { failure }));
      });
    }
    job.progress(merge.sent + merge.failed, merge.total);
    if (!over) return;
    if (merge.state === 'cancelled') job.failed(new Fault('cancelled', 'cancelled', 'Cancelled.'));
    else job.done();
    this.#jobs.delete(merge.id);
  }
}
