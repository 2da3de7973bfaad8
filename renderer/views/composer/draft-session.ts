/**
 * One draft being written: its content, and the journal that carries it to the engine. Knows no React and
 * no window; the engine and the clock are handed in.
 *
 * Invariants: at most one request that changes the draft is on its way (a save that overtook an attachment
 * would look like another writer's); a change is sent at most SAVE_MS after it was made; nothing is
 * dropped when a save fails: it stays here, is said, and is tried again; a save that met a newer version
 * elsewhere goes on in the second draft the engine made, so neither text is lost.
 */
import type { Input, Output } from '../../../main/contract/contract.ts';
import type { Draft, DraftAttachment, DraftContent } from '../../../main/contract/mail/drafts.ts';
import { asFault, type DoorFault } from '../../transport/fault.ts';

/** A change waits this long for the next one. */
export const SAVE_MS = 2000;
/** After a failure: how long until the same text is offered again. */
export const AGAIN_MS = 5000;

export interface DraftEngine {
  get(id: number): Promise<Draft>;
  attach(input: Input<'drafts.attach'>): Promise<DraftAttachment>;
  detach(input: Input<'drafts.detach'>): Promise<unknown>;
  save(input: Input<'drafts.save'>): Promise<Output<'drafts.save'>>;
  now(): number;
  /** Calls back after ms; the returned function prevents it. */
  after(ms: number, run: () => void): () => void;
}

export type Journal =
  | { state: 'untouched' }
  | { state: 'waiting' | 'saving' }
  | { state: 'saved'; at: number; kept: 'local' | 'server' }
  | { state: 'failed'; fault: DoorFault };

export interface DraftView {
  draft: Draft;
  journal: Journal;
  /** Another window wrote the same draft: this one became a second draft. */
  parted: boolean;
}

const CONTENT_KEYS = [
  'account',
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'subject',
  'html',
  'text',
  'quoteHtml',
  'quoteText',
  'importance',
  'requestReadReceipt',
  'identity',
  'spelling',
  'requestDeliveryNotice',
] as const satisfies readonly (keyof DraftContent)[];

/** The part of a draft that a person writes. */
export function contentOf(draft: Draft): DraftContent {
  return Object.fromEntries(CONTENT_KEYS.map((key) => [key, draft[key]])) as DraftContent;
}

export class DraftSession {
  readonly #engine: DraftEngine;
  #view: DraftView;
  #dirty = false;
  /** Keys were pressed whose text is not here yet. */
  #typing = false;
  /** What is true of the text when nothing is typed. */
  #rested: Journal;
  /** The end of the last request in line. */
  #line: Promise<void> = Promise.resolve();
  #inLine = 0;
  #unschedule: (() => void) | null = null;
  #closed = false;
  readonly #listeners = new Set<() => void>();

  constructor(draft: Draft, engine: DraftEngine) {
    this.#engine = engine;
    const journal: Journal =
      draft.version > 1 ? { state: 'saved', at: draft.savedAt, kept: draft.kept } : { state: 'untouched' };
    this.#rested = journal;
    this.#view = { draft, journal, parted: false };
  }

  get view(): DraftView {
    return this.#view;
  }

  get draft(): Draft {
    return this.#view.draft;
  }

  /** A request is on its way or waits for its turn. */
  get busy(): boolean {
    return this.#inLine > 0;
  }

  /** Something was written that the engine does not have yet. */
  get dirty(): boolean {
    return this.#dirty;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The person changed something. */
  change(change: Partial<DraftContent>): void {
    this.#show({ draft: { ...this.draft, ...change } });
    this.#dirty = true;
    if (this.#view.journal.state !== 'saving' && this.#view.journal.state !== 'failed')
      this.#show({ journal: { state: 'waiting' } });
    this.#schedule(SAVE_MS);
  }

  /**
   * The editor has text that it will tell by `change` in a moment (true), or has told all (false). Until then "saved"
   * would be said of a text without its last words.
   */
  typing(now: boolean): void {
    this.#typing = now;
    const { state } = this.#view.journal;
    if (now && (state === 'saved' || state === 'untouched')) this.#show({ journal: { state: 'waiting' } });
    // What was typed was taken back again.
    if (!now && state === 'waiting' && !this.#dirty) this.#show({ journal: this.#rested });
  }

  /** Attaches a file; the engine keeps it at once. Rejects with the engine's reason. */
  attach(file: Omit<Input<'drafts.attach'>, 'id'>): Promise<DraftAttachment> {
    return this.#inTurn(async () => {
      const attached = await this.#engine.attach({ ...file, id: this.draft.id });
      await this.#refresh();
      return attached;
    });
  }

  /** Something else that changes the files of the draft (a signature's pictures, a template's files). */
  with(work: (id: number) => Promise<unknown>): Promise<void> {
    return this.#inTurn(async () => {
      await work(this.draft.id);
      await this.#refresh();
    });
  }

  detach(attachment: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#engine.detach({ id: this.draft.id, attachment });
      await this.#refresh();
    });
  }

  /** Asks the engine what it alone knows: version, size, attachments. */
  async #refresh(): Promise<void> {
    const { version, savedAt, kept, size, attachments } = await this.#engine.get(this.draft.id);
    this.#show({ draft: { ...this.draft, version, savedAt, kept, size, attachments } });
  }

  /** One after the other. The result is the work's own; a failure does not hold up the next in line. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#inLine++;
    const result = this.#line.then(work).finally(() => {
      this.#inLine--;
    });
    this.#line = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** The copy on the server was written, or a version restored elsewhere. */
  hear(event: { kept: 'local' | 'server'; version: number }): void {
    const { journal, draft } = this.#view;
    if (this.#rested.state !== 'saved' || event.version !== draft.version) return;
    this.#rested = { ...this.#rested, kept: event.kept };
    if (journal.state === 'saved')
      this.#show({ journal: this.#rested, draft: { ...draft, kept: event.kept } });
  }

  /** Takes another state of the draft as it is (a version brought back). */
  take(draft: Draft): void {
    this.#cancelSchedule();
    this.#dirty = false;
    this.#rested = { state: 'saved', at: draft.savedAt, kept: draft.kept };
    this.#show({ draft, journal: this.#rested });
  }

  /** Saves what is not saved. Resolves when it is, or when a try failed (then `journal` says so). */
  flush(): Promise<void> {
    this.#cancelSchedule();
    return this.#inTurn(async () => {
      if (this.#dirty) await this.#save();
    });
  }

  /**
   * Hands the newest text over to something that ends the draft (sending, discarding), after what is on its way.
   * When that fails the draft stays as it is, unsaved text included.
   */
  hand<T>(work: (draft: Draft) => Promise<T>): Promise<T> {
    this.#cancelSchedule();
    return this.#inTurn(async () => {
      try {
        const result = await work(this.draft);
        this.close();
        return result;
      } catch (thrown) {
        if (this.#dirty) this.#schedule(SAVE_MS);
        throw thrown;
      }
    });
  }

  /** No timer runs after this. Unsaved text is not sent any more: flush first. */
  close(): void {
    this.#closed = true;
    this.#cancelSchedule();
  }

  async #save(): Promise<void> {
    const sent = this.draft;
    this.#dirty = false;
    this.#show({ journal: { state: 'saving' } });
    try {
      const saved = await this.#engine.save({ id: sent.id, base: sent.version, content: contentOf(sent) });
      const parted = saved.id !== sent.id;
      const { id, version, savedAt, kept, size, attachments } = saved;
      // Only what the engine alone knows is taken over: the person has gone on writing meanwhile.
      const draft = { ...this.draft, id, version, savedAt, kept, size };
      this.#rested = { state: 'saved', at: savedAt, kept };
      this.#show({
        draft: parted ? { ...draft, attachments } : draft,
        journal: this.#dirty || this.#typing ? { state: 'waiting' } : this.#rested,
        ...(parted ? { parted: true } : {}),
      });
    } catch (thrown) {
      this.#dirty = true;
      this.#show({ journal: { state: 'failed', fault: asFault(thrown) } });
      this.#schedule(AGAIN_MS);
    }
    if (this.#dirty) this.#schedule(SAVE_MS);
  }

  #schedule(ms: number): void {
    if (this.#unschedule || this.#closed) return;
    this.#unschedule = this.#engine.after(ms, () => {
      this.#unschedule = null;
      void this.flush();
    });
  }

  #cancelSchedule(): void {
    this.#unschedule?.();
    this.#unschedule = null;
  }

  #show(change: Partial<DraftView>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of [...this.#listeners]) listener();
  }
}
