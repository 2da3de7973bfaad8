/**
 * A mail engine as a host sees it: one profile, any number of doors, the documents of letters. The three hosts (Electron's
 * utility process, the browser host, the command line) differ in what they give to it and in how frames travel.
 *
 * Invariant: after close() has resolved, the store is closed and no thread runs.
 */

import packageFile from '../../package.json' with { type: 'json' };
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type HostServices, openProfile, type Profile } from '../client/profile.ts';
import { serveDoor } from '../contract/door.ts';
import type { FramePort } from '../contract/frames.ts';

const { version: packageVersion } = packageFile;

export interface Engine {
  readonly profile: Profile;
  /** Serves a window until its port closes. */
  door(port: FramePort): void;
  /** A document of a letter or a picture in it; null: there is no such path. */
  serveFrame(path: string): ReturnType<Profile['frames']['serve']>;
  close(): Promise<void>;
}

export interface EngineOptions {
  /** The profile's folder; made when missing. */
  readonly dir: string;
  readonly host: HostServices;
  readonly log: Log;
  /** The host had to start the engine again; the window says so once. */
  readonly restarted?: boolean;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Throws `store-in-use`, `store-too-new`, `no-access` and `disk-full`, each with its sentence. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { dir, host, log, clock } = options;
  const doors = new Set<() => void>();
  let closed = false;
  let restarted = options.restarted ?? false;
  // A host that can start its engine's process anew does that; here the profile is opened again in this one.
  const services: HostServices = { ...host, restart: host.restart ?? (() => again()) };
  const open = (): Promise<Profile> =>
    openProfile({ dir, services, log, version: packageVersion, restarted, ...(clock ? { clock } : {}) });
  let profile = await open();
  let opening: Promise<void> | null = null;

  function again(): void {
    opening ??= (async () => {
      for (const close of doors) close();
      doors.clear();
      await profile.close();
      restarted = true;
      if (!closed) profile = await open();
    })()
      .catch((failure: unknown) => log.error('restart-failed', { failure }))
      .finally(() => {
        opening = null;
      });
  }

  function serve(port: FramePort): void {
    const close = serveDoor(port, profile.handlers, profile.events, log);
    doors.add(close);
    port.onClose(() => doors.delete(close));
  }
  return {
    get profile() {
      return profile;
    },
    door(port) {
      // What a window sends meanwhile would be lost; it comes back by itself.
      if (opening) port.close();
      else serve(port);
    },
    serveFrame: (path) => profile.frames.serve(path),
    async close() {
      closed = true;
      await opening;
      for (const close of doors) close();
      await profile.close();
    },
  };
}
