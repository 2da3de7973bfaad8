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

/**
 * What a browser keeps ready for itself, each in a process of its own: the page of its address bar, a process for the page
 * to come. An Electron application has none of it. Chromium takes the last list of this kind, so what would go to the
 * network, which Playwright's own list turns off, is named again.
 */
const OF_A_BROWSER = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
  'AimEnabled',
  'HttpsUpgrades',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PreconnectToSearch',
];

/** Debian's Chromium or the one that POSTROOM_CHROMIUM names; undefined: none here, tests skip. */
export function chromiumProgram(): string | undefined {
  const named = process.env['POSTROOM_CHROMIUM'];
  const places = named ? [named] : ['/usr/bin/chromium', '/usr/bin/chromium-browser'];
  return places.find((file) => existsSync(file));
}

export interface ChromiumOptions {
  readonly lang?: string;
  /** Only the processes that an Electron application would have, too: for measuring memory. */
  readonly bare?: boolean;
}

export function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
  const executablePath = chromiumProgram();
  if (!executablePath) throw new Error('there is no Chromium here');
  const args = [
    ...CHROMIUM_ARGUMENTS,
    ...(options.lang ? [`--lang=${options.lang}`] : []),
    ...(options.bare ? [`--disable-features=${OF_A_BROWSER.join(',')}`] : []),
  ];
  return chromium.launch({ executablePath, args });
}
