/**
 * Carries out the plan of one folder (plan.ts) on a connection: the I/O half of synchronising.
 *
 * Every step can be cut off and begun again: letters are taken in by UID, marks are merged, and what the
 * folder is known to have (`uid_next`, `highest_modseq`) is written last, from values the server told before
 * the first fetch (C4). Replaying the person's actions comes before (replay.ts).
 */
import { Fault } from '../../base/errors.ts';
import { atom } from './answers.ts';
import type { Connection } from './connection.ts';
import type { SyncContext } from './context.ts';
import { readFlags } from './flags.ts';
import { judge, needsSecondLook } from './guard.ts';
import { type Applied, fetchHeads, HeadSink, headItems } from './headers.ts';
import { planFolder, type ServerState, type Step } from './plan.ts';
import type { ImapFolder, UidMarks } from './reads.ts';
import { readSet, uidSets, without } from './sets.ts';
import { type Listed, relink } from './validity.ts';

export interface PassReport {
  folder: number;
  /** The folder had not been taken in whole before: what it brings is not news. */
  first: boolean;
  /** Letters new to this computer. */
  inserted: number[];
  unread: number;
  dropped: number;
  /** The guard has held back this many deletions. */
  doubted: number;
}

export interface PassWatcher {
  /** Letters done and to do in this folder, while headers come in. */
  progress?(done: number, total: number): void;
}

/** UIDs that one VANISHED answer may name; more cannot be in a folder that fits here. */
const MAX_VANISHED = 5_000_000;
/** New letters that are fetched without asking for their UIDs first. */
const DIRECT = 500;
/** Flags of this many letters are asked for at a time (C3, plain servers). */
const FLAG_WINDOW = 5000;
/** Marks written by one transaction, so that the writer is soon free again. */
const MARKS = 500;

/** One folder's pass. `reuse`: the folder is selected on this connection already (after IDLE). */
export async function syncFolder(
  context: SyncContext,
  connection: Connection,
  id: number,
  watcher: PassWatcher = {},
  reuse = false,
): Promise<PassReport> {
  const pass = new FolderPass(context, connection, id, watcher);
  await pass.run(reuse);
  return pass.report;
}

class FolderPass {
  readonly report: PassReport;
  readonly #context: SyncContext;
  readonly #connection: Connection;
  readonly #watcher: PassWatcher;
  #folder!: ImapFolder;
  #server!: ServerState;
  #maxUid = 0;
  #complete = true;

  constructor(context: SyncContext, connection: Connection, id: number, watcher: PassWatcher) {
    this.#context = context;
    this.#connection = connection;
    this.#watcher = watcher;
    this.report = { folder: id, first: false, inserted: [], unread: 0, dropped: 0, doubted: 0 };
  }

  async run(reuse: boolean): Promise<void> {
    this.#folder = await this.#read();
    if (!this.#folder.selectable) return;
    this.report.first = this.#folder.uidValidity === null || !this.#folder.complete;
    await this.#select(reuse);
    let steps = this.#plan();
    if (steps[0]?.step === 'relink') {
      await this.#relink();
      this.#folder = await this.#read();
      steps = [{ step: 'all-flags' }, { step: 'compare' }];
    }
    for (const step of steps) {
      this.#context.signal.throwIfAborted();
      await this.#step(step);
    }
    await this.#finish();
  }

  async #read(): Promise<ImapFolder> {
    const folder = await this.#context.store.read('imap.folder', this.report.folder);
    if (!folder) throw new Fault('user', 'no-such-folder', 'This folder does not exist.');
    return folder;
  }

  async #select(reuse: boolean): Promise<void> {
    const open = this.#connection.folder;
    const same = reuse && open?.path === this.#folder.serverPath;
    if (same) await this.#connection.poll();
    const mailbox = same ? open : await this.#connection.select(this.#folder.serverPath);
    // All that was told so far lies behind the questions that follow.
    this.#connection.heard = false;
    this.#server = {
      uidValidity: Number(mailbox.uidValidity),
      // Told on selecting only; afterwards it is a guess of the library's.
      uidNext: same ? null : mailbox.uidNext || null,
      exists: mailbox.exists,
      highestModseq: mailbox.noModseq ? null : (mailbox.highestModseq ?? null),
    };
  }

  #plan(): Step[] {
    const { uidValidity, uidNext, count, complete, serverTotal, highestModseq } = this.#folder;
    return planFolder(
      {
        uidValidity,
        uidNext,
        count,
        complete,
        serverTotal,
        highestModseq: highestModseq === null ? null : BigInt(highestModseq),
      },
      this.#server,
      this.#connection,
    );
  }

  async #step(step: Step): Promise<void> {
    switch (step.step) {
      case 'changed-since':
        return this.#changedSince(step.modseq, step.vanished);
      case 'all-flags':
        return this.#allFlags();
      case 'new-from':
        return this.#newFrom(step.uid);
      case 'compare':
        return this.#compare();
      case 'compare-if-uneven': {
        const { count } = await this.#read();
        if (count !== this.#connection.folder?.exists) await this.#compare();
        return;
      }
      case 'relink':
        throw new Fault('transient', 'uid-validity-changed', 'The server has numbered this folder anew.');
    }
  }

  async #changedSince(modseq: bigint, vanished: boolean): Promise<void> {
    const marks: UidMarks[] = [];
    const gone: number[] = [];
    const last = this.#folder.uidNext === null ? '*' : String(Math.max(1, this.#folder.uidNext - 1));
    const modifiers = [atom('CHANGEDSINCE'), atom(String(modseq))];
    if (vanished) modifiers.push(atom('VANISHED'));
    await this.#connection.fetch(
      `1:${last}`,
      [atom('UID'), atom('FLAGS')],
      (row) => {
        if (row.flags) marks.push({ uid: row.uid, ...readFlags(row.flags) });
      },
      {
        modifiers,
        vanished: (set) => {
          for (const uid of readSet(set, MAX_VANISHED - gone.length)) gone.push(uid);
        },
      },
    );
    await this.#applyMarks(marks, false);
    if (gone.length === 0) return;
    const { held } = await this.#uids();
    const named = new Set(gone);
    await this.#drop(
      [...held].filter((uid) => named.has(uid)),
      held.length,
    );
  }

  async #allFlags(): Promise<void> {
    const { held } = await this.#uids();
    const newest = [...held].reverse();
    for (let at = 0; at < newest.length; at += FLAG_WINDOW) {
      this.#context.signal.throwIfAborted();
      const marks: UidMarks[] = [];
      for (const set of uidSets(newest.slice(at, at + FLAG_WINDOW))) {
        await this.#connection.fetch(set, [atom('UID'), atom('FLAGS')], (row) => {
          if (row.flags) marks.push({ uid: row.uid, ...readFlags(row.flags) });
        });
      }
      await this.#applyMarks(marks, true);
    }
  }

  async #applyMarks(marks: UidMarks[], mostUnchanged: boolean): Promise<void> {
    const { store } = this.#context;
    const folder = this.report.folder;
    const changed = mostUnchanged ? await store.read('imap.changedMarks', { folder, marks }) : marks;
    for (let at = 0; at < changed.length; at += MARKS) {
      await store.write('imap.applyMarks', { folder, marks: changed.slice(at, at + MARKS) });
    }
  }

  async #newFrom(uid: number): Promise<void> {
    const exists = this.#connection.folder?.exists ?? this.#server.exists;
    const expected = this.#server.uidNext === null ? exists - this.#folder.count : this.#server.uidNext - uid;
    if (expected > DIRECT) {
      const listed = await this.#search([atom('UID'), { type: 'SEQUENCE', value: `${uid}:*` }]);
      // "n:*" always names the last letter, even where its UID is lower (RFC 3501 section 6.4.8).
      return this.#take(listed.filter((each) => each >= uid));
    }
    const place = { folder: this.report.folder, uidValidity: this.#server.uidValidity };
    const sink = new HeadSink(this.#context, place.folder, place.uidValidity);
    await this.#connection.fetch(`${uid}:*`, headItems(this.#connection), (row) => sink.add(row));
    await sink.flush();
    this.#note(sink.result);
    if (sink.headless.length > 0) await this.#take(sink.headless);
  }

  async #compare(): Promise<void> {
    const listed = await this.#allUids();
    const { held, leaving } = await this.#uids();
    const there = Float64Array.from(listed).sort();
    const missing = without(without(there, held), leaving);
    const gone = without(held, there);
    if (gone.length > 0) await this.#drop(gone, held.length);
    await this.#take(missing);
    for (const uid of listed) this.#maxUid = Math.max(this.#maxUid, uid);
  }

  async #take(uids: number[]): Promise<void> {
    if (uids.length === 0) return;
    const total = uids.length;
    let done = 0;
    let written = 0;
    const place = { folder: this.report.folder, uidValidity: this.#server.uidValidity };
    const first = this.#folder.uidValidity === null || !this.#folder.complete;
    const applied = await fetchHeads(this.#context, this.#connection, place, uids, (_, letters) => {
      done += letters;
      this.#watcher.progress?.(done, total);
      // How far a first pass has come is shown in the tree; a row a second is enough for that.
      if (!first || done - written < 2500) return;
      written = done;
      const synced = (this.#folder.count + done) / Math.max(1, this.#folder.count + total);
      const input = { folder: place.folder, synced };
      void this.#context.store.write('imap.progress', input, { relaxed: true }).catch(() => {});
    });
    this.#note(applied);
  }

  #note(applied: Applied): void {
    for (const id of applied.inserted) this.report.inserted.push(id);
    this.report.unread += applied.unread;
    for (const uid of applied.seen) this.#maxUid = Math.max(this.#maxUid, uid);
  }

  async #drop(gone: number[], held: number): Promise<void> {
    if (needsSecondLook(gone.length, held) && (await this.#secondLook(gone)) === 'distrust') {
      this.report.doubted = gone.length;
      this.#complete = false;
      this.#context.log.warn('imap-mass-deletion-doubted', {
        folder: this.report.folder,
        gone: gone.length,
        held,
      });
      return;
    }
    for (let at = 0; at < gone.length; at += MARKS) {
      const uids = gone.slice(at, at + MARKS);
      this.report.dropped += await this.#context.store.write('imap.dropUids', {
        folder: this.report.folder,
        uids,
      });
    }
  }

  async #secondLook(gone: number[]): Promise<'drop' | 'distrust'> {
    await this.#connection.poll();
    const messages = this.#connection.folder?.exists ?? 0;
    const found = messages === 0 ? [] : await this.#uidsByFetch();
    return judge({ gone, found: new Set(found), messages });
  }

  #uids() {
    return this.#context.store.read('imap.uids', this.report.folder);
  }

  async #allUids(): Promise<number[]> {
    const found = await this.#search([atom('ALL')]);
    const exists = this.#connection.folder?.exists ?? 0;
    // A full folder with nothing in it: the search lies (C6). Letters are counted another way.
    return found.length === 0 && exists > 0 ? this.#uidsByFetch() : found;
  }

  async #search(query: Parameters<Connection['command']>[1]): Promise<number[]> {
    const found: number[] = [];
    await this.#connection.command('UID SEARCH', query, {
      SEARCH: (line) => {
        for (const number of line.numbers ?? []) found.push(number);
        for (const each of line.numbers ? [] : (line.attributes ?? [])) {
          const value = each && !Array.isArray(each) ? each.value : undefined;
          if (typeof value === 'string' && /^\d{1,10}$/.test(value)) found.push(Number(value));
        }
      },
    });
    return found;
  }

  async #uidsByFetch(): Promise<number[]> {
    const found: number[] = [];
    await this.#connection.fetch('1:*', [atom('UID')], (row) => void found.push(row.uid), {
      bySequence: true,
    });
    return found;
  }

  /** The folder was numbered anew (C5): what is held is matched with what is there. */
  async #relink(): Promise<void> {
    const held = await this.#context.store.read('imap.held', this.report.folder);
    const listed: Listed[] = [];
    const items = [
      atom('UID'),
      atom('INTERNALDATE'),
      atom('RFC822.SIZE'),
      { type: 'ATOM', value: 'BODY.PEEK', section: [atom('HEADER.FIELDS'), [atom('MESSAGE-ID')]] },
    ];
    if (this.#connection.can('OBJECTID')) items.push(atom('EMAILID') as never);
    if ((this.#connection.folder?.exists ?? 0) > 0) {
      await this.#connection.fetch('1:*', items as never, (row) => {
        listed.push({
          uid: row.uid,
          serverId: row.serverId ?? '',
          messageId: /<([^<>]*)>/.exec(row.body?.toString('latin1') ?? '')?.[1]?.replace(/\s+/g, '') ?? '',
          size: row.size ?? 0,
          received: row.received ?? 0,
        });
      });
    }
    const links = relink(held, listed);
    const doubtful =
      needsSecondLook(links.gone.length, held.length) &&
      listed.length < (this.#connection.folder?.exists ?? 0);
    if (doubtful)
      throw new Fault('transient', 'server-error', 'The server does not list all of this folder.');
    await this.#context.store.write('imap.relink', {
      folder: this.report.folder,
      uidValidity: this.#server.uidValidity,
      linked: [...links.linked],
      gone: links.gone,
    });
    this.report.dropped += links.gone.length;
  }

  async #finish(): Promise<void> {
    const { exists, highestModseq, uidNext, uidValidity } = this.#server;
    const seen = Math.max(this.#folder.uidNext ?? 0, this.#maxUid === 0 ? 0 : this.#maxUid + 1);
    await this.#context.store.write('imap.finishPass', {
      folder: this.report.folder,
      uidValidity,
      uidNext: uidNext ?? (seen > 0 ? seen : null),
      highestModseq: highestModseq === null ? null : String(highestModseq),
      serverTotal: this.#connection.folder?.exists ?? exists,
      complete: this.#complete,
    });
  }
}
