/**
 * The client in a browser: one engine in this process, its window over loopback HTTP. For machines on which Electron cannot
 * be had, and for every end-to-end test.
 *
 * It is one person's program on one person's machine: the address works once, on this machine alone. It must close the
 * store cleanly whenever it is told to end.
 */
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { Closers } from '../base/disposable.ts';
import { callHandler } from '../contract/door.ts';
import { type Engine, openEngine } from './engine.ts';
import { launchBrowser } from './launch-browser.ts';
import { openLogFile } from './log-file.ts';
import { forkOffice } from './office-fork.ts';
import { OfficeKeeper, officeFolder } from './office-keeper.ts';
import { openProfiles, rootOf } from './profiles.ts';
import { openOwnSecrets } from './secrets.ts';
import { readWindowFiles } from './window-files.ts';
import { openWindowServer } from './window-server.ts';

export interface OpenOptions {
  /** The profile's folder. */
  readonly profile: string;
  /** 0: any free port. */
  readonly port: number;
  /** The built window. */
  readonly files: string;
  readonly language?: 'en' | 'ru' | undefined;
  /** The engine's; default: the system's. */
  readonly clock?: Clock;
}

export interface Opened {
  /** With the one-time token. */
  readonly url: string;
  readonly engine: Engine;
  /** Opens the address in the person's browser; false when there is no program to do it. */
  launch(): Promise<boolean>;
  close(): Promise<void>;
}

/** Throws what a person has to know: `store-in-use`, `store-too-new`, `port-in-use`, `window-not-built`, `no-access`. */
export async function openInBrowser(options: OpenOptions): Promise<Opened> {
  const { profile, port } = options;
  const closers = new Closers();
  try {
    const files = await readWindowFiles(options.files);
    const { log } = closers.add(openLogFile(join(profile, 'log')));
    let frameBase = '';
    const secrets = await openOwnSecrets(profile);
    // Closed after the engine, whose connections it serves.
    const office = closers.add(
      new OfficeKeeper({ dir: officeFolder(profile), clock: systemClock, launch: forkOffice }),
    );
    const profiles = openProfiles({ root: rootOf(profile), own: profile });
    const host = { kind: 'browser', secrets, frameBase: () => frameBase, office, profiles } as const;
    const clock = options.clock ?? systemClock;
    const engine = closers.add(await openEngine({ dir: profile, host, log, clock }));
    if (options.language) await setLanguage(engine, options.language);
    const { door, serveFrame } = engine;
    const server = closers.add(await openWindowServer({ port, files, serveFrame, onDoor: door, log }));
    frameBase = server.frameBase;
    log.info('opened', { port: server.port });
    return {
      url: server.url,
      engine,
      launch: () => launchBrowser(server.url, log),
      close: () => closers.close(),
    };
  } catch (failure) {
    await closers.close();
    throw failure;
  }
}

async function setLanguage({ profile }: Engine, language: 'en' | 'ru'): Promise<void> {
  const { signal } = new AbortController();
  await callHandler(profile.handlers, 'settings.set', { language }, { signal, chunk: () => {} });
}
