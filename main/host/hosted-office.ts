/**
 * An office with its certificates, provisioned and listening: what the headless service and the desktop's utility
 * process both start.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../base/clock.ts';
import { Closers } from '../base/disposable.ts';
import { toFault } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type Certificates, openCertificates } from '../net/certificates.ts';
import type { TlsSource } from '../net/listener.ts';
import type { Listen, Ports } from '../server/listeners.ts';
import { type Office, openOffice } from '../server/office.ts';
import { type Config, readConfig } from '../server/provision.ts';
import { makeDataFolder } from './data-folder.ts';
import { callOffice, openControl } from './office-control.ts';

export interface HostedOptions {
  readonly dir: string;
  readonly log: Log;
  /** The file of a silent installation; its listen part is used when `listen` is absent. */
  readonly configFile?: string;
  /** The same, checked already. */
  readonly config?: Config;
  readonly listen?: Listen;
}

export interface HostedOffice {
  readonly office: Office;
  readonly ports: Ports;
  readonly certificates: Certificates;
  close(graceMs: number): Promise<void>;
}

/** @throws Fault user: of the file (provision.ts), the store, the certificates (certificates.ts) and the ports. */
export async function openHostedOffice(options: HostedOptions): Promise<HostedOffice> {
  const { dir, log } = options;
  // The file first: a mistake in it must leave no trace in the data folder.
  const config = options.configFile === undefined ? options.config : await readConfig(options.configFile);
  await makeDataFolder(dir);
  const closers = new Closers();
  let certificates: Certificates | undefined;
  const tls: TlsSource = { secureContext: () => certificates!.secureContext() };
  const office = await onceFree(dir, () =>
    openOffice({ dir, log, tls, authority: () => certificates?.authority ?? null }),
  );
  try {
    if (config) await office.provision(config);
    certificates = await openOfficeCertificates(office, dir, log, config);
    closers.add(certificates);
    const ports = await office.listen(options.listen ?? config?.listen ?? {});
    closers.add(await openControl(dir, office, certificates, log));
    log.info('listening', { ports });
    return {
      office,
      ports,
      certificates,
      async close(graceMs) {
        await closers.close();
        await office.close(graceMs);
      },
    };
  } catch (failure) {
    await closers.close();
    await office.close(0);
    throw failure;
  }
}

/** Ms that a command which has the office of a folder for a moment is waited for. */
const PATIENCE_MS = 10_000;
const AGAIN_MS = 200;

/** @throws what `open` throws; `store-in-use` at once where another office answers, else when patience is at its end. */
async function onceFree<T>(dir: string, open: () => Promise<T>): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await open();
    } catch (failure) {
      if (toFault(failure).code !== 'store-in-use' || Date.now() > until) throw failure;
      const other = await callOffice(dir).catch(() => undefined);
      await other?.close();
      if (other) throw failure;
      await sleep(AGAIN_MS);
    }
  }
}

/** The certificates of an office, also of one that does not listen (`office ca export`). */
export function openOfficeCertificates(
  office: Office,
  dir: string,
  log: Log,
  config?: Config,
): Promise<Certificates> {
  return office.admin.office().then(({ name }) =>
    openCertificates({
      dir: join(dir, 'tls'),
      clock: systemClock,
      log,
      officeName: name,
      names: async () => {
        const { hostname, domains } = await office.admin.office();
        return { hostname, names: domains };
      },
      ...(config?.tls ? { own: config.tls } : {}),
    }),
  );
}
