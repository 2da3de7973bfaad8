import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft, DraftAttachment } from '../../../main/contract/mail/drafts.ts';
import { DoorFault } from '../../../renderer/transport/fault.ts';
import {
  AGAIN_MS,
  type DraftEngine,
  DraftSession,
  SAVE_MS,
} from '../../../renderer/views/composer/draft-session.ts';

const first: Draft = {
  id: 7,
  kind: 'new',
  of: null,
  attachments: [],
  savedAt: 1000,
  version: 1,
  kept: 'local',
  knownDomains: [],
  size: 100,
  account: 1,
  from: null,
  to: [],
  cc: [],
  bcc: [],
  replyTo: [],
  subject: '',
  html: '',
  text: '',
  quoteHtml: null,
  quoteText: '',
  importance: 'normal',
  requestReadReceipt: false,
};

const full = () => new DoorFault({ kind: 'transient', code: 'disk-full', message: 'full', retryable: true });

/** An engine that keeps versions as the real one does, with a clock that is moved by hand. */
class Bench implements DraftEngine {
  time = 0;
  stored: Draft = first;
  saves: string[] = [];
  failing = false;
  /** The most requests that were on their way at once. */
  most = 0;
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];
  #gate: Promise<void> | null = null;
  #open: () => void = () => undefined;

  now(): number {
    return this.time;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Requests made from now on wait until `release`. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  release(): void {
    this.#open();
    this.#gate = null;
  }

  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.time = due.at;
      due.run();
      await settled();
    }
    this.time = end;
    await settled();
  }

  async #request<T>(work: () => T): Promise<T> {
    this.#now++;
    this.most = Math.max(this.most, this.#now);
    await this.#gate;
    this.#now--;
    return work();
  }

  get(): Promise<Draft> {
    return this.#request(() => this.stored);
  }

  save(input: Parameters<DraftEngine['save']>[0]): Promise<Draft> {
    return this.#request(() => {
      if (this.failing) throw full();
      this.saves.push(input.content.text);
      const parted = input.base < this.stored.version;
      this.stored = {
        ...this.stored,
        ...input.content,
        id: parted ? input.id + 1 : input.id,
        version: parted ? 1 : this.stored.version + 1,
        savedAt: this.time,
      };
      return this.stored;
    });
  }

  attach(input: Parameters<DraftEngine['attach']>[0]): Promise<DraftAttachment> {
    return this.#request(() => {
      const attachment = {
        id: input.name,
        name: input.name,
        type: input.type,
        size: 3,
        inline: false,
        contentId: '',
      };
      const { stored } = this;
      this.stored = {
        ...stored,
        version: stored.version + 1,
        attachments: [...stored.attachments, attachment],
      };
      return attachment;
    });
  }

  detach(): Promise<unknown> {
    return this.#request(() => ({}));
  }
}

/** Lets everything that can go on go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a change reaches the engine two seconds later, several as one', async () => {
  const bench = new Bench();
  const session = new DraftSession(first, bench);
  assert.equal(session.view.journal.state, 'untouched');
  session.change({ text: 'a' });
  await bench.pass(SAVE_MS - 1);
  session.change({ text: 'ab' });
  assert.deepEqual(bench.saves, []);
  await bench.pass(1);
  assert.deepEqual(bench.saves, ['ab']);
  assert.deepEqual(session.view.journal, { state: 'saved', at: SAVE_MS, kept: 'local' });
  await bench.pass(60_000);
  assert.deepEqual(bench.saves, ['ab']);
});

test('what is written while a save is on its way is kept and saved after it', async () => {
  const bench = new Bench();
  const session = new DraftSession(first, bench);
  session.change({ text: 'a' });
  bench.hold();
  const saving = session.flush();
  await settled();
  session.change({ text: 'abc' });
  bench.release();
  await saving;
  assert.equal(session.draft.text, 'abc');
  assert.equal(session.dirty, true);
  await bench.pass(SAVE_MS);
  assert.deepEqual(bench.saves, ['a', 'abc']);
  assert.equal(session.draft.id, 7);
});

test('nothing is called saved while the last words are still in the editor', async () => {
  const bench = new Bench();
  const session = new DraftSession(first, bench);
  session.typing(true);
  assert.deepEqual(session.view.journal, { state: 'waiting' });
  session.change({ text: 'a' });
  session.typing(false);
  await bench.pass(SAVE_MS - 1);
  session.typing(true);
  await bench.pass(1);
  assert.deepEqual(bench.saves, ['a']);
  assert.deepEqual(session.view.journal, { state: 'waiting' });
  session.change({ text: 'ab' });
  session.typing(false);
  assert.deepEqual(session.view.journal, { state: 'waiting' });
  await bench.pass(SAVE_MS);
  assert.deepEqual(bench.saves, ['a', 'ab']);
  const saved = { state: 'saved', at: 2 * SAVE_MS, kept: 'local' } as const;
  assert.deepEqual(session.view.journal, saved);
  // A letter that was typed and taken back is no change; the server's copy is heard of meanwhile.
  session.typing(true);
  session.hear({ kept: 'server', version: session.draft.version });
  session.typing(false);
  assert.deepEqual(session.view.journal, { ...saved, kept: 'server' });
});

test('a file and a save are never on their way together, and the next save knows the new version', async () => {
  const bench = new Bench();
  const session = new DraftSession(first, bench);
  session.change({ text: 'a' });
  const attaching = session.attach({ name: 'a.pdf', type: 'application/pdf', bytes: new Uint8Array(3) });
  const saving = session.flush();
  await Promise.all([attaching, saving]);
  session.change({ text: 'ab' });
  await session.flush();
  assert.equal(bench.most, 1);
  assert.equal(session.draft.id, 7, 'a second draft was made');
  assert.deepEqual(
    session.draft.attachments.map((each) => each.name),
    ['a.pdf'],
  );
});

test('a full disk is said, nothing is dropped, and the same text is offered again', async () => {
  const bench = new Bench();
  const session = new DraftSession(first, bench);
  bench.failing = true;
  session.change({ text: 'precious' });
  await bench.pass(SAVE_MS);
  const { journal } = session.view;
  assert.equal(journal.state === 'failed' && journal.fault.code, 'disk-full');
  assert.equal(session.draft.text, 'precious');
  session.change({ text: 'precious words' });
  assert.equal(session.view.journal.state, 'failed', 'the failure was hidden by typing');
  bench.failing = false;
  await bench.pass(AGAIN_MS);
  assert.deepEqual(bench.saves, ['precious words']);
  assert.equal(session.view.journal.state, 'saved');
});

test('a draft changed elsewhere goes on as a second draft, and says so', async () => {
  const bench = new Bench();
  const session = new DraftSession(first, bench);
  bench.stored = { ...first, version: 5, text: 'from the other window' };
  session.change({ text: 'mine' });
  await session.flush();
  assert.equal(session.view.parted, true);
  assert.equal(session.draft.id, 8);
  assert.equal(session.draft.text, 'mine');
});

test('sending takes the newest text after what is on its way, and ends the journal', async () => {
  const bench = new Bench();
  const session = new DraftSession(first, bench);
  session.change({ text: 'a' });
  bench.hold();
  const saving = session.flush();
  await settled();
  session.change({ text: 'final' });
  const sent = session.hand(async (draft) => [draft.text, draft.version] as const);
  bench.release();
  await saving;
  assert.deepEqual(await sent, ['final', 2]);
  await bench.pass(60_000);
  assert.deepEqual(bench.saves, ['a']);
});

test('when sending fails the draft lives on and is saved', async () => {
  const bench = new Bench();
  const session = new DraftSession(first, bench);
  session.change({ text: 'a' });
  await assert.rejects(
    session.hand(() => Promise.reject(full())),
    { code: 'disk-full' },
  );
  await bench.pass(SAVE_MS);
  assert.deepEqual(bench.saves, ['a']);
});

test('the copy on the server is told for the version it was made of', async () => {
  const bench = new Bench();
  const session = new DraftSession(first, bench);
  session.change({ text: 'a' });
  await session.flush();
  session.hear({ kept: 'server', version: 1 });
  assert.equal(session.draft.kept, 'local');
  session.hear({ kept: 'server', version: 2 });
  assert.deepEqual(session.view.journal, { state: 'saved', at: 0, kept: 'server' });
});
