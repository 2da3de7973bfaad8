import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame, FramePort } from '../../../main/contract/frames.ts';
import { Door } from '../../../renderer/transport/door.ts';
import { PAGE, Rows, type Snapshot } from '../../../renderer/views/list/rows.ts';

/** An engine with a list of ids and nothing else. */
class Engine {
  ids: number[];
  asked: string[] = [];
  #toDoor: (frame: Frame) => void = () => undefined;
  constructor(count: number) {
    this.ids = Array.from({ length: count }, (_, at) => at + 1);
  }
  port(): FramePort {
    return {
      send: (frame) => queueMicrotask(() => this.#answer(frame)),
      onFrame: (listener) => {
        this.#toDoor = listener;
      },
      onClose: () => undefined,
      close: () => undefined,
    };
  }
  change(): void {
    this.#toDoor({ t: 'event', name: 'mail.changed', data: { modseq: 2, folders: [1], messages: null } });
  }
  #answer(frame: Frame): void {
    if (frame.t !== 'request') return;
    this.asked.push(frame.name);
    const input = frame.input as { from: number; count: number; id: number };
    const output: Record<string, () => unknown> = {
      'messages.window': () => ({
        total: this.ids.length,
        exact: true,
        from: input.from,
        rows: this.ids.slice(input.from, input.from + input.count).map((id) => ({ id })),
        modseq: 1,
      }),
      'messages.groups': () => [{ at: 0, count: this.ids.length, key: 'today' }],
      'messages.locate': () => {
        const at = this.ids.indexOf(input.id);
        return { at: at < 0 ? null : at };
      },
    };
    this.#toDoor({ t: 'ok', id: frame.id, output: output[frame.name]?.() });
  }
}

function open(count: number): { engine: Engine; rows: Rows } {
  const engine = new Engine(count);
  const door = new Door();
  door.attach(engine.port());
  return { engine, rows: new Rows(door, { scope: { in: 'folder', folder: 1 } }, { grouped: true }) };
}

/** The next snapshot that satisfies the condition. */
function until(rows: Rows, wanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted(rows.snapshot)) return;
      end();
      resolve(rows.snapshot);
    };
    const end = rows.subscribe(look);
    look();
  });
}

test('the first page and the groups come together', async () => {
  const { rows } = open(1000);
  const snapshot = await until(rows, ({ total }) => total !== null);
  assert.equal(snapshot.total, 1000);
  assert.equal(snapshot.groups.length, 1);
  assert.equal(rows.row(0)?.id, 1);
  assert.equal(rows.row(PAGE), undefined);
  rows.dispose();
});

test('what is wanted far away is fetched with its neighbours, once', async () => {
  const { engine, rows } = open(1_000_000);
  await until(rows, ({ total }) => total !== null);
  engine.asked = [];
  rows.want(500_000, 500_010);
  rows.want(500_000, 500_010);
  await until(
    rows,
    () =>
      rows.row(500_005) !== undefined && rows.row(500_105) !== undefined && rows.row(499_999) !== undefined,
  );
  assert.deepEqual(engine.asked, ['messages.window', 'messages.window', 'messages.window']);
  assert.equal(rows.row(500_005)?.id, 500_006);
  rows.dispose();
});

test('letters that come above the reader shift the anchor and blank nothing', async () => {
  const { engine, rows } = open(1000);
  await until(rows, ({ total }) => total !== null);
  rows.want(400, 420);
  await until(rows, () => rows.row(410) !== undefined);
  rows.setAnchor(() => ({ id: 411, at: 410, count: 20 }));
  let blank = false;
  const end = rows.subscribe(() => {
    blank ||= rows.row(410) === undefined;
  });
  engine.ids.unshift(2001, 2002, 2003);
  engine.change();
  const snapshot = await until(rows, ({ total }) => total === 1003);
  end();
  assert.equal(snapshot.shift, 3);
  assert.equal(snapshot.shiftStamp, 1);
  assert.equal(rows.row(413)?.id, 411);
  assert.equal(blank, false);
  rows.dispose();
});

test('at the top the new letter is simply there', async () => {
  const { engine, rows } = open(10);
  await until(rows, ({ total }) => total !== null);
  engine.ids.unshift(99);
  engine.change();
  const snapshot = await until(rows, ({ total }) => total === 11);
  assert.equal(snapshot.shiftStamp, 0);
  assert.equal(rows.row(0)?.id, 99);
  rows.dispose();
});

test('the ids of a range are gathered across pages and bounded', async () => {
  const { rows } = open(5000);
  await until(rows, ({ total }) => total !== null);
  const ids = await rows.ids(50, 1249, 10_000);
  assert.equal(ids.length, 1200);
  assert.equal(ids[0], 51);
  assert.equal(ids.at(-1), 1250);
  assert.equal((await rows.ids(0, 4999, 700)).length, 700);
  rows.dispose();
});
