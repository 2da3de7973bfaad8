/** Rows 1 and 2 as a person sees them: a folder of many letters opens in a real window, and its list is scrolled from end to end. */
import { join } from 'node:path';
import { launchChromium, startBrowserHost } from '../test/kit/browser.ts';
import { type Bench, type Result, verdict } from './harness.ts';
import { fillRows } from './rows.ts';

const ROUNDS = 7;
const SCROLLS = 5;

export const listBench: Bench = {
  name: 'list',
  async run({ quick, scratch, say }) {
    const results: Result[] = [];
    for (const count of quick ? [20_000] : [100_000, 1_000_000]) {
      const profile = join(scratch, `profile-${count}`);
      await fillRows(profile, count);
      const host = await startBrowserHost(profile, ['--lang', 'en']);
      const browser = await launchChromium();
      try {
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        await page.goto(host.url);
        const tree = page.getByRole('tree', { name: 'Folders' });
        const grid = page.getByRole('grid', { name: 'Messages' });
        await grid.getByRole('row').nth(8).waitFor();
        const opened: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          await tree
            .getByRole('treeitem', { name: /^Drafts/ })
            .last()
            .click();
          await page.waitForFunction(
            () => document.querySelectorAll('[role="grid"] [aria-rowindex]').length === 0,
          );
          opened.push(await openFolder(page));
        }
        const rounds: (Scrolled & { task: number })[] = [];
        for (let round = 0; round < SCROLLS; round++) rounds.push(await watched(page, () => scroll(page)));
        for (const { worst, jump, blank, frames, task } of rounds) {
          say(
            `${count}: ${frames} frames, longest ${worst.toFixed(1)} ms by wheel and ${jump.toFixed(1)} ms by jumps, ${blank} rows without text; longest task ${task.toFixed(1)} ms of processor`,
          );
        }
        const letters = count.toLocaleString('en');
        results.push(
          verdict({ row: '1', what: `open a folder of ${letters}, first rows painted`, budget: 50 }, opened),
          verdict(
            { row: '2', what: `scroll ${letters} letters by wheel, longest frame of a round`, budget: 33.4 },
            rounds.map(({ worst }) => worst),
          ),
          verdict(
            { row: '2', what: `scroll ${letters} letters by jumps, longest frame of a round`, budget: 33.4 },
            rounds.map(({ jump }) => jump),
          ),
          // What other programs take from the machine is in a frame's length, but not in this.
          verdict(
            { row: '2', what: `the same, longest task of the window in processor time`, budget: 33.4 },
            rounds.map(({ task }) => task),
          ),
        );
      } finally {
        await browser.close();
        await host.close();
      }
    }
    return results;
  },
};

type Page = Awaited<ReturnType<Awaited<ReturnType<typeof launchChromium>>['newPage']>>;

/** ms from the press on Inbox to the frame after its first real row is in the document. */
function openFolder(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const items = [...document.querySelectorAll<HTMLElement>('[role="treeitem"]')];
        const inbox = items
          .filter((each) => (each.getAttribute('aria-label') ?? each.textContent ?? '').startsWith('Inbox'))
          .at(-1)!;
        const start = performance.now();
        const seen = () => {
          const rows = document.querySelectorAll('[role="grid"] [role="row"][aria-label]');
          if (rows.length < 5) return;
          observer.disconnect();
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
        };
        const observer = new MutationObserver(seen);
        observer.observe(document.body, { subtree: true, childList: true, attributes: true });
        inbox.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0 }));
        inbox.dispatchEvent(new PointerEvent('pointerup', { bubbles: true, button: 0 }));
        inbox.click();
      }),
  );
}

interface Scrolled {
  worst: number;
  jump: number;
  blank: number;
  frames: number;
}

interface TraceEvent {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  /** Processor time, microseconds. */
  tdur?: number;
}

/** Does it and adds the longest task that the window's main thread had meanwhile, ms of processor time. */
async function watched<T extends object>(page: Page, act: () => Promise<T>): Promise<T & { task: number }> {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser');
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const traceConfig = { includedCategories: ['toplevel', 'blink.user_timing'] };
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
  await page.evaluate(() => performance.mark('postroom'));
  const done = await act();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const mark = events.find(({ name }) => name === 'postroom');
  const tasks = events.filter(
    ({ ph, name, pid, tid }) => ph === 'X' && /RunTask$/.test(name) && pid === mark?.pid && tid === mark?.tid,
  );
  if (tasks.length === 0) throw new Error('the browser told nothing of its tasks');
  return { ...done, task: Math.max(...tasks.map(({ tdur }) => (tdur ?? 0) / 1000)) };
}

/**
 * First as a wheel does, a row a frame for ten seconds, with every row in sight looked at; then from end to end in jumps, as
 * when the scroll bar is dragged, where only the length of frames counts.
 */
function scroll(page: Page): Promise<Scrolled> {
  return page.evaluate(
    () =>
      new Promise<Scrolled>((resolve) => {
        const grid = document.querySelector<HTMLElement>('[role="grid"]')!;
        const all = [grid, ...grid.querySelectorAll<HTMLElement>('*'), ...ancestors(grid)];
        const scroller = all.find((each) => each.scrollHeight > each.clientHeight * 2) ?? grid;
        const end = scroller.scrollHeight - scroller.clientHeight;
        // Every round begins at the top.
        scroller.scrollTop = 0;
        const wheel = 600;
        const jumps = 60;
        let step = 0;
        let last = performance.now();
        let worst = 0;
        let jump = 0;
        let blank = 0;
        const frame = () => {
          const now = performance.now();
          if (step > 3 && step <= wheel) worst = Math.max(worst, now - last);
          if (step > wheel + 3) jump = Math.max(jump, now - last);
          last = now;
          if (step > 3 && step <= wheel) {
            const box = scroller.getBoundingClientRect();
            for (let y = box.top + 40; y < box.bottom; y += 72) {
              const there = document.elementFromPoint(box.left + box.width / 2, y);
              if (there && (there === scroller || !there.textContent?.trim())) blank++;
            }
          }
          if (++step > wheel + jumps) return resolve({ worst, jump, blank, frames: step });
          if (step <= wheel) scroller.scrollTop += 72;
          else scroller.scrollTop = (end * (step - wheel)) / jumps;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);

        function ancestors(of: HTMLElement): HTMLElement[] {
          return of.parentElement ? [of.parentElement, ...ancestors(of.parentElement)] : [];
        }
      }),
  );
}
