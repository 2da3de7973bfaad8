/**
 * The commands behind operations (C22-C25): where their letters are on the server now, what is sent for them,
 * and what came of it. One that was interrupted is checked against the server before it is sent again.
 *
 * It must never use plain EXPUNGE: it removes what others marked.
 */
import type { ImapAttribute } from 'imapflow';
import { Fault } from '../../base/errors.ts';
import { type Argument, atom, responseCode } from './answers.ts';
import type { Connection } from './connection.ts';
import type { SyncContext } from './context.ts';
import { type Delta, deltaNames, writeFlags } from './flags.ts';
import { makeFolderBelow, makeRoleFolder } from './folder-operations.ts';
import type { Outcome } from './operation-writes.ts';
import type {
  AppendPayload,
  CopyPayload,
  CreatePayload,
  ExpungePayload,
  MovePayload,
  OperationRow,
} from './oplog.ts';
import type { Place } from './reads.ts';
import { readSet, uidSets } from './sets.ts';

/** Operations of one command. */
export const GROUP = 500;

export interface ReplayReport {
  done: number;
  /** Refused and taken back, or parked. */
  refused: { code: string; reply: string; kind: string }[];
  /** Keywords that a mailbox does not take (RFC 9051 section 7.1, PERMANENTFLAGS without \*): they stay here only. */
  unkept: Set<string>;
  /** ms since 1970 of the next try; null: nothing waits. */
  nextTry: number | null;
  /** Folders whose state on the server is other than thought: to be compared soon. */
  touched: Set<number>;
}

/** Carries out operations that share a command. */
export class Replayer {
  readonly #context: SyncContext;
  readonly #connection: Connection;
  readonly #report: ReplayReport;

  constructor(context: SyncContext, connection: Connection, report: ReplayReport) {
    this.#context = context;
    this.#connection = connection;
    this.#report = report;
  }

  async run(group: OperationRow[]): Promise<Outcome[]> {
    switch ((group[0] as OperationRow).kind) {
      case 'flags':
        return this.#flags(group);
      case 'move':
        return this.#move(group);
      case 'copy':
        return this.#copy(group);
      case 'expunge':
        return this.#expunge(group);
      case 'append':
        return this.#append(group[0] as OperationRow);
      case 'create':
        return this.#create(group[0] as OperationRow);
    }
  }

  async #select(folder: number): Promise<void> {
    const known = await this.#context.store.read('imap.folder', folder);
    if (!known) throw new Fault('remote', 'no-such-folder', 'This folder does not exist.');
    const open = this.#connection.folder;
    const same = open?.path === known.serverPath;
    // A letter that came by another line is not seen in a folder selected before (RFC 9051 section 5.5) until the server may
    // tell of it: without that it would be taken for gone, and a mark on it for set.
    if (same) await this.#connection.poll();
    const mailbox = same ? open : await this.#connection.select(known.serverPath);
    if (known.uidValidity !== null && Number(mailbox.uidValidity) !== known.uidValidity) {
      throw new Fault('transient', 'uid-validity-changed', 'The server has numbered this folder anew.', {
        detail: { folder },
      });
    }
  }

  async #pathOf(folder: number): Promise<Argument> {
    const known = await this.#context.store.read('imap.folder', folder);
    if (!known) throw new Fault('remote', 'no-such-folder', 'This folder does not exist.');
    return this.#connection.pathArgument(known.serverPath);
  }

  /** Where the letters of these operations are for the server now, by their rows. */
  async #places(group: readonly OperationRow[]): Promise<Map<number, Place>> {
    const ids = group.flatMap((each) => each.message ?? []);
    const places = await this.#context.store.read('imap.places', ids);
    return new Map(places.map((each) => [each.id, each]));
  }

  async #flags(group: OperationRow[]): Promise<Outcome[]> {
    const places = await this.#places(group);
    const delta = JSON.parse((group[0] as OperationRow).payload) as Delta;
    const outcomes: Outcome[] = [];
    for (const [folder, ops] of Map.groupBy(group, (op) => op.folder as number)) {
      // Erased here, or dropped because the server has it no more: nothing to tell.
      const living = ops.filter((op) => op.message !== null && places.has(op.message));
      for (const op of ops) if (!living.includes(op)) outcomes.push({ id: op.id });
      if (living.length === 0) continue;
      await this.#select(folder);
      const kept = this.#storable(delta);
      const located = await this.#locate(living, places);
      const uids = located.flatMap(({ uid }) => uid ?? []);
      if (uids.length < living.length) this.#report.touched.add(folder);
      await this.#store(uids, '+', deltaNames(kept).add);
      await this.#store(uids, '-', deltaNames(kept).remove);
      for (const { op, uid } of located)
        outcomes.push({ id: op.id, kept: uid === undefined ? NOTHING : kept });
    }
    return outcomes;
  }

  /** Keywords a mailbox cannot hold stay here only; the marks the server confirms must not include them. */
  #storable(delta: Delta): Delta {
    const permanent = this.#connection.folder?.permanentFlags;
    if (!permanent || permanent.has('\\*')) return delta;
    const held = new Set([...permanent].map((each) => each.toLowerCase()));
    const addKeywords = delta.addKeywords.filter((each) => held.has(each.toLowerCase()));
    for (const each of delta.addKeywords) if (!addKeywords.includes(each)) this.#report.unkept.add(each);
    return { ...delta, addKeywords };
  }

  async #store(uids: readonly number[], sign: '+' | '-', names: string[]): Promise<void> {
    if (names.length === 0) return;
    for (const set of uidSets(uids)) {
      await this.#connection.command('UID STORE', [
        { type: 'SEQUENCE', value: set },
        atom(`${sign}FLAGS.SILENT`),
        names.map(atom),
      ]);
    }
  }

  async #move(group: OperationRow[]): Promise<Outcome[]> {
    const first = group[0] as OperationRow;
    const { to } = JSON.parse(first.payload) as MovePayload;
    const target = await this.#pathOf(to);
    await this.#select(first.folder as number);
    const places = await this.#places(group);
    const located = await this.#locate(group, places);
    const sources = located.flatMap(({ uid }) => uid ?? []);
    const there = await this.#existing(sources);
    const learned = new Map<number, number>();
    const moving = sources.filter((uid) => there.has(uid));
    for (const set of uidSets(moving)) {
      if (this.#connection.can('MOVE')) await this.#transfer('UID MOVE', set, target, learned);
      else {
        // A COPY that had been made before the line was cut must not be made again.
        const again = first.attempts > 0 ? await this.#copied(located, to, set) : undefined;
        if (again) for (const [uid, found] of again) learned.set(uid, found);
        const rest = again ? uidSets(readSet(set, GROUP).filter((uid) => !again.has(uid))) : [set];
        await this.#select(first.folder as number);
        for (const each of rest) await this.#transfer('UID COPY', each, target, learned);
        await this.#erase(set);
      }
    }
    this.#report.touched.add(to);
    const outcomes: Outcome[] = [];
    for (const { op, uid } of located) {
      const place = op.message === null ? undefined : places.get(op.message);
      const now = uid === undefined ? undefined : learned.get(uid);
      if (now !== undefined) outcomes.push({ id: op.id, uid: now });
      else if (uid !== undefined && there.has(uid)) outcomes.push({ id: op.id });
      else outcomes.push(await this.#whereabouts(op, to, place));
    }
    return outcomes;
  }

  /** The source is gone: moved by an earlier try, or by somebody else (C22, C23). */
  async #whereabouts(op: OperationRow, to: number, place: Place | undefined): Promise<Outcome> {
    if (!place || place.folder !== to || place.uid !== null) return { id: op.id };
    await this.#select(to);
    const uid = (await this.#search(place.messageId, to))[0];
    return uid === undefined ? { id: op.id, gone: true } : { id: op.id, uid };
  }

  async #copy(group: OperationRow[]): Promise<Outcome[]> {
    const first = group[0] as OperationRow;
    const { to } = JSON.parse(first.payload) as CopyPayload;
    const target = await this.#pathOf(to);
    const outcomes: Outcome[] = [];
    if (first.attempts > 0) {
      for (const op of [...group]) {
        const { copy } = JSON.parse(op.payload) as CopyPayload;
        const [place] = await this.#context.store.read('imap.places', [copy]);
        if (!place || place.uid !== null) {
          outcomes.push({ id: op.id });
          continue;
        }
        await this.#select(to);
        // The row may be in another folder by now; what is known there says nothing about this one.
        const uid = (await this.#search(place.messageId, to))[0];
        if (uid !== undefined) outcomes.push({ id: op.id, uid });
      }
    }
    const settled = new Set(outcomes.map((each) => each.id));
    const rest = group.filter((op) => !settled.has(op.id));
    if (rest.length === 0) return outcomes;
    const places = await this.#places(rest);
    await this.#select(first.folder as number);
    const located = await this.#locate(rest, places);
    const learned = new Map<number, number>();
    const there = await this.#existing(located.flatMap(({ uid }) => uid ?? []));
    for (const set of uidSets(there)) await this.#transfer('UID COPY', set, target, learned);
    this.#report.touched.add(to);
    for (const { op, uid } of located) {
      const now = uid === undefined ? undefined : learned.get(uid);
      outcomes.push(
        now === undefined
          ? { id: op.id, ...(uid === undefined ? { gone: true } : {}) }
          : { id: op.id, uid: now },
      );
    }
    return outcomes;
  }

  async #expunge(group: OperationRow[]): Promise<Outcome[]> {
    const first = group[0] as OperationRow;
    await this.#select(first.folder as number);
    const uids: number[] = [];
    for (const op of group) {
      const { messageId } = JSON.parse(op.payload) as ExpungePayload;
      const uid = op.uid ?? (await this.#search(messageId, first.folder as number))[0];
      if (uid !== undefined) uids.push(uid);
    }
    for (const set of uidSets(uids)) await this.#erase(set);
    return group.map((op) => ({ id: op.id }));
  }

  async #append(op: OperationRow): Promise<Outcome[]> {
    const payload = JSON.parse(op.payload) as AppendPayload;
    const folder = await this.#context.store.read('imap.folder', op.folder as number);
    if (!folder) throw new Fault('remote', 'no-such-folder', 'This folder does not exist.');
    if (op.message !== null) {
      const place = (await this.#places([op])).get(op.message);
      // Erased here meanwhile, or found on the server by a pass over the folder.
      if (!place || place.uid !== null) return [{ id: op.id }];
    }
    if (op.attempts > 0) {
      await this.#select(folder.id);
      const found = (await this.#search(payload.messageId, folder.id))[0];
      if (found !== undefined) return [{ id: op.id, uid: found }];
    }
    const bytes = await this.#context.store.blobs.read(payload.blob);
    const flags = writeFlags(payload);
    const result = await this.#connection.call((wire) =>
      wire.append(folder.serverPath, bytes, flags, new Date(payload.date)),
    );
    if (!result) throw new Fault('transient', 'server-error', 'The server did not take the letter.');
    this.#report.touched.add(folder.id);
    // Without UIDPLUS the library guesses; the next pass links the letter by its Message-ID instead.
    const sure = result.uid !== undefined && this.#connection.can('UIDPLUS');
    return [{ id: op.id, ...(sure ? { uid: result.uid as number } : {}) }];
  }

  async #create(op: OperationRow): Promise<Outcome[]> {
    const folder = await this.#context.store.read('imap.folderPlace', op.folder as number);
    // Gone, or listed by a pass in the meantime.
    if (!folder || folder.serverPath !== null) return [{ id: op.id }];
    const wanted = JSON.parse(op.payload) as CreatePayload;
    const made =
      wanted.parent === undefined
        ? await makeRoleFolder(this.#connection, wanted)
        : await makeFolderBelow(this.#context, this.#connection, wanted.parent, wanted.name);
    this.#report.touched.add(op.folder as number);
    return [{ id: op.id, made }];
  }

  /** \Deleted, and gone for good only where just these can be removed (C24). */
  async #erase(set: string): Promise<void> {
    await this.#store(readSet(set, Number.MAX_SAFE_INTEGER), '+', ['\\Deleted']);
    if (this.#connection.can('UIDPLUS')) {
      await this.#connection.command('UID EXPUNGE', [{ type: 'SEQUENCE', value: set }]);
    }
  }

  /**
   * UID of each operation's letter in the selected source folder. An operation names the place its letter has
   * when its turn comes: rows may be further already, because later moves are still to be told.
   */
  async #locate(
    group: readonly OperationRow[],
    places: ReadonlyMap<number, Place>,
  ): Promise<{ op: OperationRow; uid: number | undefined }[]> {
    const located: { op: OperationRow; uid: number | undefined }[] = [];
    const names = await this.#names(group, places);
    for (const op of group) {
      const place = op.message === null ? undefined : places.get(op.message);
      const known = op.uid ?? (place?.folder === op.folder ? place?.uid : null) ?? undefined;
      located.push({ op, uid: known ?? (await this.#find(names.get(op.id) ?? '', op.folder as number)) });
    }
    return located;
  }

  /**
   * Message-IDs by operation. A letter that was erased here in the meantime has no row; what was begun with it before must
   * find it all the same, or it would be left where it was and come back.
   */
  async #names(
    group: readonly OperationRow[],
    places: ReadonlyMap<number, Place>,
  ): Promise<Map<number, string>> {
    const rowless = group.flatMap((op) => (op.message === null || places.has(op.message) ? [] : op.message));
    const erased = await this.#context.store.read('imap.erased', rowless);
    const byMessage = new Map(erased.map((each) => [each.id, each.messageId]));
    const name = ({ message }: OperationRow) =>
      message === null ? '' : (places.get(message)?.messageId ?? byMessage.get(message) ?? '');
    return new Map(group.map((op) => [op.id, name(op)]));
  }

  /** In the selected folder: a letter that no row has yet before one that was taken in as a stranger. */
  async #find(messageId: string, folder: number): Promise<number | undefined> {
    return (await this.#search(messageId, folder))[0] ?? (await this.#search(messageId, folder, false))[0];
  }

  async #transfer(
    command: string,
    set: string,
    target: Argument,
    learned: Map<number, number>,
  ): Promise<void> {
    const told: ImapAttribute[][] = [];
    const tagged = await this.#connection.command(command, [{ type: 'SEQUENCE', value: set }, target], {
      // RFC 6851 section 4.3: COPYUID of a MOVE comes untagged, before the expunges.
      OK: (line) => void told.push(line.attributes ?? []),
    });
    for (const attributes of [...told, tagged]) {
      const code = responseCode(attributes, 'COPYUID');
      const from = readSet(code?.[1] ?? '', GROUP);
      const to = readSet(code?.[2] ?? '', GROUP);
      if (from.length !== to.length) continue;
      from.forEach((uid, at) => {
        learned.set(uid, to[at] as number);
      });
    }
  }

  /** Which of a set a COPY, whose answer was lost, has put into the target already. */
  async #copied(
    located: readonly { op: OperationRow; uid: number | undefined }[],
    to: number,
    set: string,
  ): Promise<Map<number, number>> {
    const wanted = new Set(readSet(set, GROUP));
    const places = await this.#places(located.map(({ op }) => op));
    const names = await this.#names(
      located.map(({ op }) => op),
      places,
    );
    const found = new Map<number, number>();
    await this.#select(to);
    for (const { op, uid } of located) {
      if (uid === undefined || op.message === null || !wanted.has(uid)) continue;
      const place = places.get(op.message);
      const there = place?.uid ?? (await this.#search(names.get(op.id) ?? '', to))[0];
      if (there !== undefined) found.set(uid, there);
    }
    return found;
  }

  async #existing(uids: readonly number[]): Promise<Set<number>> {
    const found = new Set<number>();
    for (const set of uidSets(uids)) {
      await this.#connection.fetch(set, [atom('UID')], (row) => void found.add(row.uid));
    }
    return found;
  }

  /** UIDs of a letter in the selected folder, newest first; unless asked otherwise, those that no row has yet. */
  async #search(messageId: string, folder: number, unknownOnly = true): Promise<number[]> {
    if (messageId === '') return [];
    const found: number[] = [];
    // Without UIDPLUS what was moved away stays here, marked as deleted (C24): that is not the letter looked for.
    const query = [
      atom('UNDELETED'),
      atom('HEADER'),
      atom('Message-ID'),
      { type: 'STRING', value: messageId },
    ];
    await this.#connection.command('UID SEARCH', query, {
      SEARCH: (line) => {
        for (const number of line.numbers ?? []) found.push(number);
      },
    });
    found.sort((a, b) => b - a);
    if (found.length === 0 || !unknownOnly) return found;
    // Another copy of the same letter, known by its own row or on its way out, is not the one looked for.
    const { held, leaving } = await this.#context.store.read('imap.uids', folder);
    const taken = new Set<number>([...held, ...leaving]);
    return found.filter((uid) => !taken.has(uid));
  }
}

const NOTHING: Delta = { add: 0, remove: 0, addKeywords: [], removeKeywords: [] };
