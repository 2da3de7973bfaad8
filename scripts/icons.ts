/**
 * `node scripts/icons.ts`: draws resources/icons/mark.svg in every size that the three systems want (PNG), and packs them
 * into icon.ico (Windows) and icon.icns (macOS). The results are kept in the tree; run it again when the mark changes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from './toolchain/chromium.ts';
import { root } from './toolchain/run.ts';

const folder = join(root, 'resources', 'icons');
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const ICO_SIZES = [16, 24, 32, 48, 64, 256];
/** Types of an icns file and the pixels of each. */
const ICNS_TYPES: readonly [type: string, size: number][] = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
  ['ic13', 256],
  ['ic14', 512],
];

async function draw(svg: string): Promise<Map<number, Buffer>> {
  const images = new Map<number, Buffer>();
  const browser = await launchChromium();
  try {
    for (const size of SIZES) {
      const page = await browser.newPage({ viewport: { width: size, height: size } });
      const sized = svg.replace(/width="\d+" height="\d+"/, `width="${size}" height="${size}"`);
      await page.setContent(`<style>*{margin:0}svg{display:block}</style>${sized}`);
      images.set(size, await page.screenshot({ omitBackground: true }));
      await page.close();
    }
  } finally {
    await browser.close();
  }
  return images;
}

/** ICONDIR, ICONDIRENTRY for each, then the PNG files as they are. */
export function packIco(images: readonly { size: number; png: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ size, png }, at) => {
    const entry = 6 + 16 * at;
    // 0 stands for 256.
    head.writeUInt8(size % 256, entry);
    head.writeUInt8(size % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(png.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(({ png }) => png)]);
}

/** "icns", length, then type, length and PNG for each. */
export function packIcns(images: readonly { type: string; png: Buffer }[]): Buffer {
  const parts = images.map(({ type, png }) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 4);
  return Buffer.concat([head, ...parts]);
}

if (import.meta.main) {
  const images = await draw(readFileSync(join(folder, 'mark.svg'), 'utf8'));
  const png = (size: number): Buffer => images.get(size) ?? Buffer.alloc(0);
  for (const size of SIZES) writeFileSync(join(folder, `${size}x${size}.png`), png(size));
  writeFileSync(join(folder, 'icon.ico'), packIco(ICO_SIZES.map((size) => ({ size, png: png(size) }))));
  writeFileSync(
    join(folder, 'icon.icns'),
    packIcns(ICNS_TYPES.map(([type, size]) => ({ type, png: png(size) }))),
  );
}
