/** Keys as another keyboard layout sends them: the letter of the layout, the place of the key. */
import type { Page } from 'playwright-core';

const RUSSIAN: Record<string, string> = Object.fromEntries(
  [...'QWERTYUIOPASDFGHJKLZXCVBNM'].map((letter, at) => [
    `Key${letter}`,
    'йцукенгшщзфывапролдячсмить'[at] ?? '',
  ]),
);
const BITS = { Alt: 1, Control: 2, Meta: 4, Shift: 8 } as const;

/** A key of the Russian layout: "KeyS" types «ы». */
export async function onRussianLayout(
  page: Page,
): Promise<(code: string, ...held: (keyof typeof BITS)[]) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  return async (code, ...held) => {
    const letter = RUSSIAN[code];
    if (!letter) throw new Error(`${code} has no letter`);
    const modifiers = held.reduce((sum, name) => sum + BITS[name], 0);
    const key = held.includes('Shift') ? letter.toUpperCase() : letter;
    const types = !held.some((name) => name !== 'Shift');
    const common = { modifiers, key, code, windowsVirtualKeyCode: code.charCodeAt(3) };
    await session.send('Input.dispatchKeyEvent', {
      type: types ? 'keyDown' : 'rawKeyDown',
      ...common,
      ...(types ? { text: key, unmodifiedText: key } : {}),
    });
    await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...common });
  };
}
