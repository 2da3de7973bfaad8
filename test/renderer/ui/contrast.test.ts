import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync(new URL('../../../renderer/ui/tokens.css', import.meta.url), 'utf8');

/** Custom properties of the first rule with this selector that sets colours. */
function tokens(selector: string): Map<string, string> {
  const rules = [...css.matchAll(/(:root[^{,]*)\{([^}]*)\}/g)];
  const rule = rules.find(([, name, body]) => name?.trim() === selector && body?.includes('--chrome'));
  assert.ok(rule, `no rule ${selector}`);
  return new Map(
    [...(rule[2] ?? '').matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1]!, match[2]!.trim()]),
  );
}

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** WCAG 2.2 contrast ratio. */
function ratio(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const SURFACES = ['chrome', 'list', 'surface', 'raised', 'field', 'hover', 'selected', 'selected-idle'];
const TEXT = ['text', 'text-2', 'text-3'];
const PAIRS: [string, string][] = [
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['accent-text', 'accent-soft'],
  ['accent-text', 'surface'],
  ['accent-text', 'list'],
  ['accent-text', 'chrome'],
  ['accent-text', 'selected'],
  ['danger', 'danger-soft'],
  ['danger', 'surface'],
  ['warning', 'warning-soft'],
  ['text', 'warning-soft'],
  ['text-2', 'warning-soft'],
  ['text-2', 'danger-soft'],
  ['success', 'success-soft'],
  ['on-highlight', 'highlight'],
  ['on-toast', 'toast'],
  ['toast-link', 'toast'],
  ...['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'grey'].map((name): [string, string] => [
    `tag-${name}`,
    `tag-${name}-ground`,
  ]),
];
const MARKS: [string, string][] = [
  ['line-strong', 'field'],
  ['line-strong', 'surface'],
  ['unread', 'list'],
  ['unread', 'selected'],
  ['focus', 'surface'],
  ['focus', 'chrome'],
  ['warning-mark', 'list'],
];

for (const [theme, selector] of [
  ['light', ':root'],
  ['dark', ':root[data-theme="dark"]'],
  ['contrast', ':root[data-theme="contrast"]'],
] as const) {
  test(`${theme}: text 4.5:1 on every surface it stands on, marks 3:1`, () => {
    const found = tokens(selector);
    const colour = (name: string) => {
      const value = found.get(name);
      assert.ok(value && /^#[0-9a-f]{6}$/.test(value), `${theme} --${name} is ${value}`);
      return value;
    };
    const check = (front: string, back: string, least: number) => {
      const measured = ratio(colour(front), colour(back));
      assert.ok(measured >= least, `${theme}: ${front} on ${back} is ${measured.toFixed(2)}, needs ${least}`);
    };
    for (const front of TEXT) for (const back of SURFACES) check(front, back, 4.5);
    for (const [front, back] of PAIRS) check(front, back, 4.5);
    for (const [front, back] of MARKS) check(front, back, 3);
  });
}

test('all themes set the same colours', () => {
  const names = [...tokens(':root').keys()].filter(
    (name) => !/^(font|mono|micro|meta|base|r-|control)/.test(name),
  );
  const dark = tokens(':root[data-theme="dark"]');
  const contrast = tokens(':root[data-theme="contrast"]');
  for (const name of names) assert.ok(dark.has(name) && contrast.has(name), name);
});
