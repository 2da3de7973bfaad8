/** axe-core over what is on the screen. Every rule it has on by default holds; none is switched off. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { eventually } from './hosts.ts';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary: string }[];
}

/** A button that has just come to life is on its way from one colour to the other for 120 ms; what it comes to counts. */
const STILL = `Promise.all(document.getAnimations()
  .filter((each) => each.playState === 'running' && each.effect?.getComputedTiming().endTime !== Infinity)
  .map((each) => each.finished.catch(() => {})))`;

/** What a system says of the theme it wants. */
const THEMES = {
  light: { colorScheme: 'light', contrast: 'no-preference' },
  dark: { colorScheme: 'dark', contrast: 'no-preference' },
  contrast: { colorScheme: 'dark', contrast: 'more' },
} as const;

/** The system changes its theme; Postroom has followed when this ends. */
export async function wear(page: Page, theme: keyof typeof THEMES): Promise<void> {
  await page.emulateMedia(THEMES[theme]);
  await eventually(async () =>
    assert.equal(await page.evaluate('document.documentElement.dataset.theme'), theme),
  );
}

/** Fails with each violation, its rule and the first elements. The letter's own document is not Postroom's. */
export async function assertAccessible(page: Page, screen: string): Promise<void> {
  await page.evaluate(`${STILL}.then(() => {})`);
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(source);
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, { iframes: false, resultTypes: ['violations'] }).then((found) => found.violations)`,
  );
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help} (${nodes.length})\n${nodes
        .slice(0, 4)
        .map(
          ({ html, failureSummary }) =>
            `    ${html.slice(0, 240)}\n    ${failureSummary.replace(/\n\s*/g, ' ')}`,
        )
        .join('\n')}`,
  );
  assert.equal(told.length, 0, `${screen}:\n  ${told.join('\n  ')}`);
}

/** Words are as wide as they are when their font is here. */
const LETTERS = 'document.fonts.ready.then(() => {})';

/** No command may be cut off: every button's words fit into it, and it is inside the window. */
export async function assertNothingCut(page: Page, screen: string): Promise<void> {
  await page.evaluate(LETTERS);
  const cut = await page.evaluate<
    string[]
  >(`[...document.querySelectorAll('button, [role="menuitem"], label, h1')]
    .filter((element) => element.checkVisibility() && !element.closest('[role="grid"], [role="treeitem"], iframe'))
    .flatMap((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      const name = element.getAttribute('aria-label') ?? element.textContent.trim();
      // A person's name may be cut with an ellipsis, words of ours may not.
      if (width < 2 || /^(Reply to|Ответить:) /.test(name)) return [];
      if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible')
        return [name + ': its words are cut (' + element.scrollWidth + ' > ' + element.clientWidth + ')'];
      if (left < -1 || right > innerWidth + 1) return [name + ': outside the window (' + Math.round(left) + '..' + Math.round(right) + ')'];
      return [];
    })`);
  assert.deepEqual(cut, [], screen);
}

/** The page itself never scrolls sideways. */
export async function assertNoSidewaysScrolling(page: Page, screen: string): Promise<void> {
  await page.evaluate(LETTERS);
  const [inner, outer] = await page.evaluate<[number, number]>(
    '[Math.max(document.documentElement.scrollWidth, document.body.scrollWidth), innerWidth]',
  );
  assert.ok(inner <= outer, `${screen}: ${inner} px of page in ${outer} px of window`);
}
