/** The Chromium of this machine, for tests and for drawing icons. Nothing of it reaches the network by itself. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's Chromium or the one that POSTROOM_CHROMIUM names; undefined: none here, tests skip. */
export function chromiumProgram(): string | undefined {
  const named = process.env['POSTROOM_CHROMIUM'];
  const places = named ? [named] : ['/usr/bin/chromium', '/usr/bin/chromium-browser'];
  return places.find((file) => existsSync(file));
}

export function launchChromium(options: { lang?: string } = {}): Promise<Browser> {
  const executablePath = chromiumProgram();
  if (!executablePath) throw new Error('there is no Chromium here');
  const args = options.lang ? [...CHROMIUM_ARGUMENTS, `--lang=${options.lang}`] : CHROMIUM_ARGUMENTS;
  return chromium.launch({ executablePath, args });
}
