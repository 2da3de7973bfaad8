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

/**
 * Stands between the page and whatever brings it frames (WebSocket, MessagePort). A frame waits for those before it, as on
 * a line: answers may not overtake events, the engine's order is a promise.
 */
const LATENESS = `(() => {
  const usual = (kind) => Object.getOwnPropertyDescriptor(kind.prototype, 'onmessage');
  const hold = (carrier, { get, set }) => Object.defineProperty(carrier, 'onmessage', {
    configurable: true,
    get,
    set(listener) {
      let last = 0;
      set.call(this, listener && ((event) => {
        last = Math.max(last, performance.now() + Math.random() * ${late});
        setTimeout(() => listener.call(this, event), last - performance.now());
      }));
    },
  });
  hold(WebSocket.prototype, usual(WebSocket));
  // Other ports of the page are its own (React draws by one).
  addEventListener('message', ({ data, ports }) => {
    if (data === 'postroom-port' && ports[0]) hold(ports[0], usual(MessagePort));
  });
})()`;

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
    if (isOpen) await page.reload();
  }
}
