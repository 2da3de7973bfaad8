/**
 * One window of Postroom for a test, in Chromium over the browser host or in Electron (env POSTROOM_HOST). The
 * tests know neither: they get a page, can end the program kindly or by force, and open it again.
 *
 * Whatever happened in the window is held against the test when it ends: an error in the page's console, a
 * request that left this machine, a host that did not close its store.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { canRunApp, launchApp } from '../kit/app.ts';
import { chromiumProgram, type HostProcess, launchChromium, startBrowserHost } from '../kit/browser.ts';
import type { Language } from './names.ts';
import { type Ask, seedProfile } from './seed.ts';
import { OPENING, slowDown } from './slowness.ts';

export type HostName = 'browser' | 'electron';
export const hostName: HostName = process.env['POSTROOM_HOST'] === 'electron' ? 'electron' : 'browser';
/**
 * The languages of scenes that say the same in each host. A host adds windows, menus and files, not words: in Electron one
 * language is enough. POSTROOM_EVERY_LANGUAGE=1 runs both there, too.
 */
export const languages: readonly ('en' | 'ru')[] =
  hostName === 'browser' || process.env['POSTROOM_EVERY_LANGUAGE'] ? ['en', 'ru'] : ['ru'];

/** Why this host cannot be used here, for node:test's `skip`; false: it can. */
export const hostMissing: string | false =
  hostName === 'electron'
    ? !canRunApp() && 'no Electron here (ELECTRON_OVERRIDE_DIST_PATH), or the application is not built'
    : !chromiumProgram() && 'no Chromium here (POSTROOM_CHROMIUM)';

/**
 * Why scenes in which the host takes no part are passed over here, for `skip`; false: they are not. What they show is shown in
 * Chromium; POSTROOM_EVERY_HOST=1 runs them in Electron, too.
 */
export const withoutHost: string | false =
  hostMissing ||
  (hostName === 'electron' &&
    !process.env['POSTROOM_EVERY_HOST'] &&
    'the host takes no part: POSTROOM_EVERY_HOST=1');

/** Pictures of failures; never tracked. */
const screens = join(import.meta.dirname, '..', '.screens');

/** Ms that anything in a window may take on a machine that others use, too; how long it does take is for benchmarks. */
export const PATIENCE = 30_000;

interface Size {
  width: number;
  height: number;
}

export interface WindowOptions {
  language?: Language;
  theme?: 'light' | 'dark' | 'contrast' | 'system';
  /** A folder that outlives the window; default: one of its own. */
  profile?: string;
  /** Done with the profile before the window opens. */
  seed?: (ask: Ask, profile: string) => Promise<void>;
  size?: Size;
  /** Starts another browser host than the usual one; Electron knows no other. */
  startHost?: (profile: string) => Promise<HostProcess>;
}

export interface TestWindow {
  readonly host: HostName;
  /** Another one after every restart. */
  readonly page: Page;
  readonly profile: string;
  /** Addresses that were asked for outside this machine. */
  readonly left: readonly string[];
  /** Every address that was asked for; a test may begin it anew. */
  readonly asked: string[];
  /** Errors of the page so far; a test that expects one takes it out. */
  readonly errors: string[];
  /** Ends the program (kindly, or by SIGKILL) and opens it again on the same profile. */
  restart(how?: 'stop' | 'kill'): Promise<Page>;
  close(): Promise<void>;
}

interface Opened {
  page: Page;
  /** Where the page has to go first; undefined: it is there. */
  url?: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

let chromium: Promise<Browser> | undefined;
let windows = 0;

async function openChromium(
  profile: string,
  size: Size,
  startHost: (profile: string) => Promise<HostProcess> = startBrowserHost,
): Promise<Opened> {
  // Launched twice, as the application is: a busy machine closes a fresh browser now and then.
  chromium ??= launchChromium().catch(() => launchChromium());
  const [browser, host] = await Promise.all([chromium, startHost(profile)]);
  const context = await browser.newContext({
    viewport: size,
    locale: 'en-GB',
    timezoneId: 'Europe/Moscow',
    acceptDownloads: true,
    serviceWorkers: 'block',
  });
  return {
    page: await context.newPage(),
    url: host.url,
    async stop() {
      await context.close();
      const code = await host.close();
      assert.equal(code, 0, `the host ended with ${code}: ${host.said()}`);
    },
    async kill() {
      const ended = once(host.child, 'exit');
      host.child.kill('SIGKILL');
      await ended;
      await context.close();
    },
  };
}

/** The browser goes with its last window, or the test would never end. */
async function leaveChromium(): Promise<void> {
  windows -= 1;
  if (windows > 0 || !chromium) return;
  const last = chromium;
  chromium = undefined;
  await (await last).close();
}

async function openElectron(profile: string, size: Size): Promise<Opened> {
  const electron = await launchApp({ userData: join(profile, 'desktop'), profile });
  const page = await electron.firstWindow();
  await page.setViewportSize(size);
  return {
    page,
    stop: () => electron.close(),
    async kill() {
      const program = electron.process();
      const helpers = await childrenOf(program.pid);
      const ended = once(program, 'exit');
      program.kill('SIGKILL');
      await ended;
      // Windows of a killed program end by themselves in Electron; what stands for it leaves them behind.
      for (const helper of helpers) endProcess(helper);
      await electron.close().catch(() => {});
    },
  };
}

/** Processes that this one started (Linux; elsewhere none are known). */
async function childrenOf(pid: number | undefined): Promise<number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return list.split(' ').filter(Boolean).map(Number);
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

const LOCAL = /^(127\.0\.0\.1|\[::1\]|localhost)$/;

/** true: the address names another machine. What stands for Electron maps its schemes to names that end so. */
export function leaves(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return /^(https?|wss?):$/.test(protocol) && !LOCAL.test(hostname) && !hostname.endsWith('.standin');
}

/** Opens Postroom on a profile and waits until it has drawn itself. Closed when the test ends. */
export async function openWindow(t: TestContext, options: WindowOptions = {}): Promise<TestWindow> {
  const { language = 'en', theme = 'light', size = { width: 1440, height: 900 } } = options;
  const own = options.profile === undefined;
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), 'postroom-e2e-')));
  const asked: string[] = [];
  const left: string[] = [];
  const errors: string[] = [];
  let opened: Opened | undefined;
  /** A page whose host was killed: it says that nobody answers, and is right. */
  let orphan: Page | undefined;
  const show = async () => {
    opened = await (hostName === 'browser' ? openChromium : openElectron)(profile, size, options.startHost);
    const { page } = opened;
    page.setDefaultTimeout(PATIENCE);
    page.on('request', (request) => {
      asked.push(request.url());
      if (leaves(request.url())) left.push(request.url());
    });
    page.on('pageerror', (failure) => errors.push(failure.stack ?? failure.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && page !== orphan)
        errors.push(`${message.text()} (${message.location().url})`);
    });
    await slowDown(page, opened.url === undefined);
    if (opened.url) await page.goto(opened.url);
    await page
      .getByRole('main')
      .first()
      .waitFor({ timeout: OPENING })
      .catch((cause: unknown) => {
        throw new Error(`nothing is drawn; the page said: ${errors.join('\n') || 'nothing'}`, { cause });
      });
    return page;
  };
  const close = async () => {
    const former = opened;
    opened = undefined;
    await former?.stop();
  };
  windows += 1;
  t.after(async () => {
    await close().finally(leaveChromium);
    if (own) await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    assert.deepEqual(left, [], 'nothing but this machine is asked');
    assert.deepEqual(errors, [], 'the page has no error in its console');
  });
  await seedProfile(profile, async (ask) => {
    await ask('settings.set', { language, theme });
    await options.seed?.(ask, profile);
  });
  await show();
  return {
    host: hostName,
    profile,
    asked,
    left,
    errors,
    get page() {
      if (!opened) throw new Error('the window is closed');
      return opened.page;
    },
    async restart(how = 'stop') {
      const former = opened;
      opened = undefined;
      if (how === 'kill') orphan = former?.page;
      await former?.[how]();
      return show();
    },
    close,
  };
}

/** A part of a test in a window; when it fails, a picture of the window is kept beside the failure. */
export async function scene(
  t: TestContext,
  name: string,
  window: () => TestWindow,
  play: (page: Page, window: TestWindow) => Promise<void>,
): Promise<void> {
  await t.test(name, async () => {
    try {
      await play(window().page, window());
    } catch (failure) {
      mkdirSync(screens, { recursive: true });
      const path = join(screens, `failed-${hostName}-${name.replace(/[^\p{L}\d]+/gu, '-')}.png`);
      const { page } = window();
      await page.screenshot({ path }).catch(() => {});
      // The next scene begins in the window itself, not in a dialog that this one left open.
      for (let n = 0; n < 3; n++) await page.keyboard.press('Escape').catch(() => {});
      throw failure;
    }
  });
}

/** Asks again until the answer passes, at most `limit` ms; then the last failure counts. */
export async function eventually<T>(ask: () => Promise<T> | T, limit = PATIENCE): Promise<T> {
  const deadline = performance.now() + limit;
  for (;;) {
    try {
      return await ask();
    } catch (failure) {
      if (performance.now() > deadline) throw failure;
      await new Promise((again) => setTimeout(again, 40));
    }
  }
}
