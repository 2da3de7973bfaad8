/**
 * A window made slow on purpose, so that a scene which only passes on a quick machine fails at home and not in CI.
 *
 * POSTROOM_SLOW=6 gives the page a sixth of the processor and stretches its animations as much: a menu that closes is
 * there that much longer. POSTROOM_LATE=300 brings each frame of the engine up to 300 ms late, in its order.
 * Both are off unless asked for, and nothing of the program knows of them.
 */
import type { Page } from 'playwright-core';

const times = Number(process.env['POSTROOM_SLOW'] ?? 0);
const late = Number(process.env['POSTROOM_LATE'] ?? 0);

/** Ms from a start to a window that is drawn: several processes begin at once. */
export const OPENING = 60_000;

/**
 * Stands between the page and whatever brings it frames (WebSocket, MessagePort), and hands each to `through`, which lets
 * it go when it likes, in its order: answers may not overtake events, the engine's order is a promise.
 */
const seam = (through: string): string => `(() => {
  const through = ${through};
  const usual = (kind) => Object.getOwnPropertyDescriptor(kind.prototype, 'onmessage');
  const stand = (carrier, { get, set }) => Object.defineProperty(carrier, 'onmessage', {
    configurable: true,
    get,
    set(listener) {
      set.call(this, listener && ((event) => through(() => listener.call(this, event))));
    },
  });
  stand(WebSocket.prototype, usual(WebSocket));
  // Other ports of the page are its own (React draws by one).
  addEventListener('message', ({ data, ports }) => {
    if (data === 'postroom-port' && ports[0]) stand(ports[0], usual(MessagePort));
  });
})()`;

const LATENESS = seam(`(() => {
  let last = 0;
  return (go) => {
    last = Math.max(last, performance.now() + Math.random() * ${late});
    setTimeout(go, last - performance.now());
  };
})()`);

const GATE = seam(`(() => {
  const held = [];
  let shut = false;
  window.postroomGate = (now) => {
    shut = now;
    if (!shut) for (const go of held.splice(0)) go();
  };
  return (go) => void (shut ? held.push(go) : go());
})()`);

/**
 * Loads the page anew with a gate in front of the engine's frames.
 *
 * @returns true: nothing comes in until false is said; then all that waited, in its order
 */
export async function gateAnswers(page: Page): Promise<(shut: boolean) => Promise<void>> {
  await page.addInitScript(GATE);
  await page.reload();
  return (shut) => page.evaluate(`window.postroomGate(${shut})`);
}

/**
 * Makes the page slow when the switches say so.
 *
 * @param isOpen the page has loaded before it could be told; it is loaded again
 */
export async function slowDown(page: Page, isOpen: boolean): Promise<void> {
  if (times > 1) {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: times });
    await session.send('Animation.enable');
    await session.send('Animation.setPlaybackRate', { playbackRate: 1 / times });
  }
  if (late > 0) {
    await page.addInitScript(LATENESS);
    if (!isOpen) return;
    // A page that is still on its way would come in place of the one that is loaded anew.
    await page.getByRole('main').first().waitFor({ timeout: OPENING });
    await page.reload();
  }
}
