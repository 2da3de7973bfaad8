/**
 * `node test/e2e/shots.ts [NAME...]`: pictures of the window with the sample office, in both languages and all themes, into
 * test/.screens. For eyes beside the design's pictures; no test looks at them.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../../scripts/toolchain/run.ts';
import { launchChromium, startBrowserHost } from '../kit/browser.ts';
import { jobsEnded, seedProfile } from './seed.ts';

type Theme = 'light' | 'dark' | 'contrast';
interface Shot {
  readonly name: string;
  readonly language: 'en' | 'ru';
  readonly theme: Theme;
  readonly sample: boolean;
  act(page: Page): Promise<void>;
}

const firstLetter = async (page: Page): Promise<void> => {
  await page.getByRole('grid').getByRole('row').nth(1).click();
  await page.frameLocator('[data-testid="mail-frame"]').getByText(/\S/).first().waitFor();
};
const composer = async (page: Page): Promise<void> => {
  await firstLetter(page);
  await page.keyboard.press('Control+KeyN');
  await page.getByRole('dialog').waitFor();
};
const search = async (page: Page): Promise<void> => {
  await page.keyboard.press('Control+KeyK');
  await page.keyboard.type('бетон');
  await page.getByRole('grid').getByRole('row').nth(1).waitFor();
};
const welcome = async (page: Page): Promise<void> => {
  await page.getByRole('heading').first().waitFor();
};
const settings = async (page: Page): Promise<void> => {
  await page.keyboard.press('Control+Comma');
  await page.getByRole('heading').first().waitFor();
};

const SHOTS: readonly Shot[] = [
  { name: 'main-light-en', language: 'en', theme: 'light', sample: true, act: firstLetter },
  { name: 'main-dark-ru', language: 'ru', theme: 'dark', sample: true, act: firstLetter },
  { name: 'main-contrast-en', language: 'en', theme: 'contrast', sample: true, act: firstLetter },
  { name: 'composer-ru', language: 'ru', theme: 'light', sample: true, act: composer },
  { name: 'search-ru', language: 'ru', theme: 'light', sample: true, act: search },
  { name: 'settings-en', language: 'en', theme: 'light', sample: true, act: settings },
  { name: 'first-run-en', language: 'en', theme: 'light', sample: false, act: welcome },
  { name: 'first-run-ru', language: 'ru', theme: 'dark', sample: false, act: welcome },
];

/** Motion and late pictures settle before the picture is taken. */
const SETTLE_MS = 700;

async function take(shot: Shot, folder: string, page: Page): Promise<void> {
  const profile = join(folder, shot.name);
  await seedProfile(profile, async (ask) => {
    await ask('settings.set', { language: shot.language, theme: shot.theme });
    if (!shot.sample) return;
    await ask('sample.create', {});
    await jobsEnded(ask, 'sample');
  });
  const host = await startBrowserHost(profile);
  try {
    await page.goto(host.url);
    await shot.act(page);
    await new Promise((settled) => setTimeout(settled, SETTLE_MS));
  } finally {
    await page.screenshot({ path: join(root, 'test', '.screens', `${shot.name}.png`) });
    await host.close();
  }
}

const names = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'postroom-shots-'));
mkdirSync(join(root, 'test', '.screens'), { recursive: true });
const browser = await launchChromium();
try {
  for (const shot of SHOTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: shot.theme === 'dark' ? 'dark' : 'light',
      timezoneId: 'Europe/Moscow',
    });
    try {
      await take(shot, folder, await context.newPage());
      console.log(`${shot.name}: test/.screens/${shot.name}.png`);
    } catch (failure) {
      console.log(
        `${shot.name}: ${failure instanceof Error ? failure.message.split('\n')[0] : String(failure)}`,
      );
      process.exitCode = 1;
    }
    await context.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
