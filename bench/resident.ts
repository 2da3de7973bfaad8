/**
 * Row 13: what a client with 200,000 letters keeps in memory (PSS of the engine and of every process of the window), and what it
 * does when nobody does anything. Three accounts of an office of our own are connected by IMAP and listen, with rules and an
 * address book; the letters came over the wire, and the window has shown, scrolled and searched them.
 *
 * Counted is all that these processes hold, the pages of Node's and Chromium's own programs included (some 200 MB of the
 * window). Not counted are processes that a browser has for its address bar and for pages to come: Electron has none.
 * Drawing by software happens in the GPU process and is counted; a real graphics card's memory would not be.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { EntryName, Input, Output } from '../main/contract/contract.ts';
import { launchChromium, startBrowserHost } from '../test/kit/browser.ts';
import { type Engine, openEngine } from './engine.ts';
import { type Bench, type Result, verdict } from './harness.ts';
import { bigOffice, PEOPLE, passwordOf } from './resident-office.ts';

/** Idle seconds looked at. */
const IDLE_S = 60;
/** Ms that the work of a morning is allowed to echo: threads rest after 10 and 20 s, Chromium collects when nothing happens. */
const REST_MS = 30_000;
/** Ms without a change of more than one percent before memory counts as settled. */
const QUIET_MS = 3000;
const FIRST_SYNC_MS = 1_800_000;

interface Processes {
  engine: number[];
  window: number[];
}

function childrenOf(pid: number): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (parent === pid) found.push(Number(name), ...childrenOf(Number(name)));
    } catch {
      // It has ended since the folder was read.
    }
  }
  return found;
}

/** KB of memory that these processes have to themselves, with their share of what is shared. */
const pss = (pids: readonly number[]) =>
  pids.reduce((sum, pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
      return sum + Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    } catch {
      return sum;
    }
  }, 0);

/** Ms of processor time so far. The kernel counts hundredths of a second. */
const cpu = (pids: readonly number[]) =>
  pids.reduce((sum, pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) * 10;
    } catch {
      return sum;
    }
  }, 0);

async function settled(measure: () => number): Promise<void> {
  let before = measure();
  for (let looks = 0; looks < 15; looks += 1) {
    await wait(QUIET_MS);
    const now = measure();
    if (Math.abs(now - before) < before / 100) return;
    before = now;
  }
}

async function until(holds: () => Promise<boolean>, limit: number): Promise<void> {
  const deadline = performance.now() + limit;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not come to an end in time');
    await wait(250);
  }
}

/** Rules and people as an office worker has them. */
async function furnish(engine: Engine): Promise<void> {
  const ask = <N extends EntryName>(name: N, input: Input<N>): Promise<Output<N>> => engine.call(name, input);
  for (let n = 0; n < 20; n += 1)
    await ask('rules.save', {
      rule: {
        name: `Rule ${n}`,
        when: { match: 'all', of: [{ field: 'subject', test: 'contains', value: `offer ${n}` }] },
        actions: [{ do: 'flag' }],
      },
    });
  for (let n = 0; n < 200; n += 1)
    await ask('contacts.save', {
      id: null,
      content: { name: `Person ${n}`, emails: [{ value: `p${n}@bench.example` }] },
    });
}

export const residentBench: Bench = {
  name: 'resident',
  async run({ quick, scratch, say }): Promise<Result[]> {
    const count = quick ? 30_000 : 200_000;
    const office = await bigOffice(join(scratch, 'office'), count, say);
    const profile = join(scratch, 'profile');
    try {
      const engine = await openEngine(profile);
      try {
        await furnish(engine);
        const begun = performance.now();
        for (const local of PEOPLE)
          await engine.call('accounts.add', {
            address: office.address(local),
            name: local,
            incoming: office.server(local),
            outgoing: null,
            password: passwordOf(local),
            policy: { keep: 'headers' },
          });
        await until(async () => {
          const folders = await engine.call('folders.list', {});
          const here = folders.reduce((sum, folder) => sum + folder.total, 0);
          const { indexed, total } = await engine.call('search.state', {});
          return here >= count && indexed >= total;
        }, FIRST_SYNC_MS);
        say(
          `${count} letters synchronised and indexed in ${((performance.now() - begun) / 1000).toFixed(0)} s`,
        );
        await engine.call('search.save', {
          name: 'Unread estimates',
          view: { scope: { in: 'everywhere' }, query: 'estimate is:unread' },
        });
      } finally {
        await engine.close();
      }
      return await measured(profile, count, say);
    } finally {
      await office.close();
    }
  },
};

async function measured(profile: string, count: number, say: (text: string) => void): Promise<Result[]> {
  // A host that has to build its window keeps the builder's memory: the one that is measured finds it built.
  const builder = await startBrowserHost(`${profile}-none`);
  await builder.close();
  const former = new Set(childrenOf(process.pid));
  const host = await startBrowserHost(profile, ['--lang', 'en']);
  const own = childrenOf(process.pid).filter((pid) => !former.has(pid));
  const browser = await launchChromium({ bare: true });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(host.url);
    const tree = page.getByRole('tree', { name: 'Folders' });
    const grid = page.getByRole('grid', { name: 'Messages' });
    // A morning: the inbox of all accounts and of one, a scroll, a search, and then nothing.
    await tree
      .getByRole('treeitem', { name: /^Inbox/ })
      .first()
      .click();
    await grid.getByRole('row').nth(5).waitFor();
    await tree
      .getByRole('treeitem', { name: /^Inbox/ })
      .last()
      .click();
    await grid.getByRole('row').nth(5).click();
    for (let n = 0; n < 30; n += 1) await page.keyboard.press('PageDown');
    await page.getByRole('searchbox', { name: 'Search' }).fill('estimate');
    await grid.getByRole('row').nth(3).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    const processes = (): Processes => ({
      engine: [...new Set([host.child.pid ?? 0, ...own.filter((pid) => pid !== 0)])],
      window: childrenOf(process.pid).filter((pid) => !former.has(pid) && !own.includes(pid)),
    });
    const sum = () => pss(processes().engine) + pss(processes().window);
    await wait(REST_MS);
    await settled(sum);
    const { engine, window } = processes();
    const all = [...engine, ...window];
    const before = { engine: cpu(engine), window: cpu(window) };
    const start = performance.now();
    await wait(IDLE_S * 1000);
    const share = (pids: readonly number[], from: number) =>
      ((cpu(pids) - from) / (performance.now() - start)) * 100;
    const [busyEngine, busyWindow] = [share(engine, before.engine), share(window, before.window)];
    const [memoryEngine, memoryWindow] = [pss(engine) / 1024, pss(window) / 1024];
    const letters = count.toLocaleString('en');
    say(
      `${letters}: engine ${memoryEngine.toFixed(0)} MB, window ${memoryWindow.toFixed(0)} MB in ${window.length} processes (${all.length} in all); idle: engine ${busyEngine.toFixed(2)} %, window ${busyWindow.toFixed(2)} %`,
    );
    return [
      verdict({ row: '13', what: `memory of all processes, ${letters} letters`, budget: 500, unit: 'MB' }, [
        memoryEngine + memoryWindow,
      ]),
      verdict({ row: '13', what: 'memory of the engine alone', budget: null, unit: 'MB' }, [memoryEngine]),
      verdict({ row: '13', what: `processor when idle, over ${IDLE_S} s`, budget: 1, unit: '%' }, [
        busyEngine + busyWindow,
      ]),
    ];
  } finally {
    await browser.close();
    await host.close();
  }
}
