/** Rows 1 and 2 as a person sees them: a folder of many letters opens in a real window, and its list is scrolled from end to end. */
import { join } from 'node:path';
import { launchChromium, startBrowserHost } from '../test/kit/browser.ts';
import { type Bench, type Result, verdict } from './harness.ts';
import { fillRows } from './rows.ts';

const ROUNDS = 7;

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
        const { worst, blank, frames } = await scroll(page);
        say(`${count}: ${frames} frames, longest ${worst.toFixed(1)} ms, ${blank} with a row missing`);
        const letters = count.toLocaleString('en');
        results.push(
          verdict({ row: '1', what: `open a folder of ${letters}, first rows painted`, budget: 50 }, opened),
          verdict(
            { row: '2', what: `scroll ${letters} letters from end to end, longest frame`, budget: 33.4 },
            [worst],
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

/** Scrolls in 240 steps, one a frame, and watches the frames' lengths and the rows in sight. */
function scroll(page: Page): Promise<{ worst: number; blank: number; frames: number }> {
  return page.evaluate(
    () =>
      new Promise<{ worst: number; blank: number; frames: number }>((resolve) => {
        const grid = document.querySelector<HTMLElement>('[role="grid"]')!;
        const scroller =
          [grid, ...grid.querySelectorAll<HTMLElement>('*')].find(
            (each) => each.scrollHeight > each.clientHeight * 2,
          ) ?? grid;
        const end = scroller.scrollHeight - scroller.clientHeight;
        const steps = 240;
        let step = 0;
        let last = performance.now();
        let worst = 0;
        let blank = 0;
        const frame = () => {
          const now = performance.now();
          if (step > 2) worst = Math.max(worst, now - last);
          last = now;
          const box = scroller.getBoundingClientRect();
          const middle = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
          if (step > 0 && !middle?.closest('[role="row"]')) blank++;
          if (step++ >= steps) return resolve({ worst, blank, frames: steps });
          scroller.scrollTop = (end * step) / steps;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
  );
}
