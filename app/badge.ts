/** The number of unread letters on the program's icon: a badge on macOS and Linux, a dot over the button on Windows. */
import { app, BrowserWindow, nativeImage } from 'electron';

/** Pixels of the dot, and its colour as blue, green, red (the accent of renderer/ui/tokens.css). */
const SIDE = 16;
const ACCENT = [0xc4, 0x55, 0x2b] as const;

/** A round dot with a soft edge, as premultiplied BGRA. Pure. */
export function dot(side = SIDE): Buffer {
  const pixels = Buffer.alloc(side * side * 4);
  const middle = (side - 1) / 2;
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const cover = Math.min(1, Math.max(0, side / 2 - Math.hypot(x - middle, y - middle)));
      const at = (y * side + x) * 4;
      ACCENT.forEach((part, n) => {
        pixels[at + n] = Math.round(part * cover);
      });
      pixels[at + 3] = Math.round(255 * cover);
    }
  }
  return pixels;
}

/** @param words said by a screen reader for the dot */
export function setBadge(unread: number, words: string): void {
  if (process.platform !== 'win32') {
    app.setBadgeCount(unread);
    return;
  }
  const image = unread > 0 ? nativeImage.createFromBitmap(dot(), { width: SIDE, height: SIDE }) : null;
  for (const window of BrowserWindow.getAllWindows()) window.setOverlayIcon(image, image ? words : '');
}
