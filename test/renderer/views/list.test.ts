import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  closedOf,
  type Geometry,
  headsIn,
  heightOf,
  isHidden,
  MAX_SCROLL,
  maxTop,
  offsetOf,
  reveal,
  rowAt,
  scale,
  scrollHeight,
  shownRuns,
  stepTo,
  visible,
} from '../../../renderer/views/list/geometry.ts';
import { wholeRuns } from '../../../renderer/views/list/range-ends.ts';
import {
  afterRemoval,
  besideRange,
  between,
  count,
  everything,
  has,
  moved,
  NOTHING,
  only,
  range,
  several,
  toggle,
} from '../../../renderer/views/list/selection.ts';
import { splitByWords } from '../../../renderer/views/list/split-by-words.ts';

const small: Geometry = { total: 10, row: 72, head: 28, heads: [{ at: 0 }, { at: 5 }] };
const million: Geometry = {
  total: 1_000_000,
  row: 72,
  head: 28,
  heads: [{ at: 0 }, { at: 10 }, { at: 500_000 }],
};

test('rows stand under the heads above them', () => {
  assert.equal(offsetOf(small, 0), 28);
  assert.equal(offsetOf(small, 4), 28 + 4 * 72);
  assert.equal(offsetOf(small, 5), 56 + 5 * 72);
  assert.equal(heightOf(small), 56 + 720);
});

test('every pixel belongs to a row, a head to the row below it', () => {
  assert.equal(rowAt(small, 0), 0);
  assert.equal(rowAt(small, 28 + 5 * 72 - 1), 4);
  assert.equal(rowAt(small, 28 + 5 * 72), 5);
  assert.equal(rowAt(small, 56 + 5 * 72), 5);
  assert.equal(rowAt(small, 1e9), 9);
  for (let at = 0; at < small.total; at++) assert.equal(rowAt(small, offsetOf(small, at)), at);
});

test('the viewport is covered without a gap, wherever it stands', () => {
  for (const g of [small, million]) {
    for (const top of [0, 1, 27, 28, 99, maxTop(g, 500) / 2, maxTop(g, 500)]) {
      const { from, to } = visible(g, top, 500, 0);
      const firstEdge = offsetOf(g, from) - (g.heads.some((head) => head.at === from) ? g.head : 0);
      assert.ok(firstEdge <= top, `gap above at ${top}`);
      assert.ok(offsetOf(g, to - 1) + g.row >= Math.min(top + 500, heightOf(g)), `gap below at ${top}`);
    }
  }
});

test('an empty list draws nothing', () => {
  assert.deepEqual(visible({ ...small, total: 0, heads: [] }, 0, 500, 500), { from: 0, to: 0 });
});

test('a million rows fit into what a browser can scroll, and both ends are reached', () => {
  assert.equal(scrollHeight(million), MAX_SCROLL);
  const factor = scale(million, 800);
  assert.ok(factor > 1);
  assert.equal(Math.round((MAX_SCROLL - 800) * factor), maxTop(million, 800));
  assert.equal(scale(small, 500), 1);
});

test('heads inside a range, with the one that stands above its first row', () => {
  assert.deepEqual(
    headsIn({ ...small, heads: [{ at: 0 }, { at: 5 }] }, 2, 6).map(({ offset }) => offset),
    [0, 28 + 5 * 72],
  );
});

test('revealing moves as little as possible', () => {
  assert.equal(reveal(small, 2, 0, 500), 0);
  assert.equal(reveal(small, 0, 100, 500), 0);
  assert.equal(reveal(small, 9, 0, 500), heightOf(small) - 500);
});

test('choosing: one, more, a range, everything but', () => {
  const one = only(7, 3);
  assert.equal(has(one, 7, 3), true);
  const two = toggle(one, 9, 5);
  assert.deepEqual(two.ids, [7, 9]);
  assert.deepEqual(toggle(two, 7, 3).ids, [9]);
  assert.deepEqual(range(two, [9, 10, 11]).ids, [9, 10, 11]);
  const all = everything();
  assert.equal(count(all, 1_000_000), 1_000_000);
  const most = toggle(all, 5, 1);
  assert.equal(has(most, 5, 1), false);
  assert.equal(count(most, 1_000_000), 999_999);
  assert.equal(count(NOTHING, 10), 0);
});

test('a range goes by places, less what is taken out, more what is added', () => {
  const runs = [
    { from: 10, to: 4999, first: 110, last: 5099 },
    { from: 6000, to: 6009, first: 6100, last: 6109 },
  ];
  const long = between(only(110, 10), runs);
  assert.equal(count(long, 9000), 5000);
  assert.equal(has(long, 1, 9), false);
  assert.equal(has(long, 1, 4999), true, 'also where no row was loaded');
  assert.equal(has(long, 1, 5500), false);
  const less = toggle(long, 300, 200);
  assert.equal(has(less, 300, 200), false);
  assert.equal(count(less, 9000), 4999);
  const more = toggle(less, 77, 5500);
  assert.equal(has(more, 77, 5500), true);
  assert.equal(count(more, 9000), 5000);
  assert.deepEqual(
    more.runs.map((run) => run.from),
    [10, 5500, 6000],
  );
  assert.equal(besideRange(long, 9000), 6010);
  assert.equal(besideRange(long, 6010), 9);
  assert.equal(besideRange(between(NOTHING, [{ from: 0, to: 9, first: 1, last: 10 }]), 10), null);
  // Two letters came above: the range and its anchor go down with it.
  const down = moved(
    long,
    runs.map((run) => ({ ...run, from: run.from + 2, to: run.to + 2 })),
  );
  assert.equal(down.anchor, 12);
  assert.equal(moved({ ...long, anchor: 6009 }, down.runs).anchor, 6011);
  assert.equal(several(long), true);
  assert.equal(several(only(1, 0)), false);
});

test('groups open side by side are one run of a range', () => {
  assert.deepEqual(
    wholeRuns([
      { from: 0, to: 5 },
      { from: 5, to: 9 },
      { from: 20, to: 21 },
    ]),
    [
      { from: 0, to: 8 },
      { from: 20, to: 20 },
    ],
  );
});

test('after a removal the next row down has the focus, at the end the one above', () => {
  const rows = (at: number) => (at >= 0 && at < 5 ? { id: at + 1 } : undefined);
  assert.equal(afterRemoval(only(2, 1), 1, rows, 5), 3);
  assert.equal(afterRemoval(range(NOTHING, [2, 3, 4]), 1, rows, 5), 5);
  assert.equal(afterRemoval(range(NOTHING, [4, 5]), 4, rows, 5), 3);
  assert.equal(afterRemoval(range(NOTHING, [1, 2, 3, 4, 5]), 0, rows, 5), null);
});

test('found words are marked by their beginning, whatever the case and ё', () => {
  const parts = splitByWords('Счёт за бетон B30, бетона нет', ['счет', 'бетон', 'b30']);
  assert.deepEqual(
    parts.filter((part) => part.found).map((part) => part.text),
    ['Счёт', 'бетон', 'B30', 'бетона'],
  );
  assert.equal(parts.map((part) => part.text).join(''), 'Счёт за бетон B30, бетона нет');
  assert.deepEqual(splitByWords('text', []), [{ text: 'text', found: false, at: 0 }]);
});

test('closed groups take no room, are passed over by keys and leave no gap', () => {
  const heads = [{ at: 0 }, { at: 5 }, { at: 5_000 }, { at: 9_990 }];
  const total = 10_000;
  for (const shut of [[], [0], [1], [3], [1, 2], [0, 1, 2, 3]]) {
    const closed = closedOf(heads, total, (head) => shut.includes(heads.indexOf(head)));
    const g: Geometry = { total, row: 30, head: 28, heads, ...(closed ? { closed } : {}) };
    const shown = Array.from({ length: total }, (_, at) => at).filter((at) => !isHidden(g, at));
    assert.equal(heightOf(g), shown.length * 30 + 4 * 28, `height with ${shut}`);
    for (const top of [0, 200, 1_000, maxTop(g, 500)]) {
      const { from, to } = visible(g, top, 500, 0);
      const runs = shownRuns(g, from, to);
      const drawn = runs.flatMap((run) => Array.from({ length: run.to - run.from }, (_, n) => run.from + n));
      const wanted = shown.filter((at) => offsetOf(g, at) + 30 > top && offsetOf(g, at) < top + 500);
      for (const at of wanted) assert.ok(drawn.includes(at), `row ${at} at ${top} with ${shut}`);
      assert.ok(drawn.length <= wanted.length + 3, `no more than needed at ${top} with ${shut}`);
    }
    for (const place of [0, 1, shown.length - 2]) {
      const [at, next] = [shown[place], shown[place + 1]];
      if (at === undefined || next === undefined) continue;
      assert.equal(stepTo(g, at, 1), next);
      assert.equal(stepTo(g, next, -1), at);
    }
    assert.equal(stepTo(g, shown[0] ?? 0, 1e6), shown.at(-1) ?? 0);
  }
  const closed = closedOf(heads, total, ({ at }) => at === 5);
  const g: Geometry = { total, row: 30, head: 28, heads, ...(closed ? { closed } : {}) };
  assert.equal(stepTo(g, 100, 1), 5_000, 'down from a hidden row');
  assert.equal(stepTo(g, 100, -1), 4, 'up from a hidden row');
  assert.deepEqual(
    headsIn(g, 0, total).map(({ offset }) => offset),
    [0, 28 + 150, 56 + 150, 84 + 150 + 4_990 * 30],
  );
});
