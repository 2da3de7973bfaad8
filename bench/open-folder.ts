/** Rows 1 and 12, the engine's part: a folder of 100,000 and of 1,000,000 letters opens, and the engine is ready with them. */
import { join } from 'node:path';
import { openEngine } from './engine.ts';
import { type Bench, type Result, timed, verdict } from './harness.ts';
import { fillRows } from './rows.ts';

export const openFolderBench: Bench = {
  name: 'open-folder',
  async run({ quick, scratch, say }) {
    const results: Result[] = [];
    for (const count of quick ? [20_000] : [100_000, 1_000_000]) {
      const dir = join(scratch, `profile-${count}`);
      const made = await timed(() => fillRows(dir, count));
      say(`${count} rows made in ${(made / 1000).toFixed(1)} s`);
      const ready: number[] = [];
      const cold: number[] = [];
      const warm: number[] = [];
      const deep: number[] = [];
      for (let round = 0; round < 5; round++) {
        const start = performance.now();
        const engine = await openEngine(dir);
        await engine.call('session.hello', {});
        const folders = await engine.call('folders.list', {});
        ready.push(performance.now() - start);
        const inbox = folders.find((folder) => folder.role === 'inbox')!;
        for (const conversations of [false, true]) {
          const view = { scope: { in: 'folder' as const, folder: inbox.id }, conversations };
          cold.push(await timed(() => engine.call('messages.window', { view, from: 0, count: 60 })));
          for (let n = 0; n < 5; n++)
            warm.push(await timed(() => engine.call('messages.window', { view, from: 0, count: 60 })));
          // A jump to the middle, as when the scroll bar is dragged at once.
          deep.push(
            await timed(() =>
              engine.call('messages.window', { view, from: Math.floor(count / 2), count: 60 }),
            ),
          );
        }
        await engine.close();
      }
      const letters = count.toLocaleString('en');
      results.push(
        verdict({ row: '12', what: `engine ready, ${letters} letters`, budget: 300 }, ready),
        verdict(
          {
            row: '1',
            what: `first window of a folder of ${letters}, first time`,
            budget: 50,
            note: 'engine only',
          },
          cold,
        ),
        verdict(
          { row: '1', what: `first window of a folder of ${letters}, warm`, budget: 50, note: 'engine only' },
          warm,
        ),
        verdict(
          {
            row: '2',
            what: `jump to the middle of ${letters}`,
            budget: 150,
            note: 'until then a skeleton stands there',
          },
          deep,
        ),
      );
    }
    return results;
  },
};
