/**
 * The inside of an office's process beside the client: opens the office that it is told to, answers when every port is
 * open, closes it in order when told to or when nobody is left to tell it. What carries the messages is its host's matter.
 *
 * It ends with 0 after an orderly end, with 1 when it could not be opened (and said why), with another code otherwise,
 * which makes its host start it again.
 */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { Closers } from '../base/disposable.ts';
import { faultData } from '../base/errors.ts';
import { HostingPorts, type HostingSetup } from '../contract/mail/hosting.ts';
import { lanAddresses } from '../net/certificates.ts';
import { type Config, checkConfig } from '../server/provision.ts';
import { openHostedOffice } from './hosted-office.ts';
import { openLogFile } from './log-file.ts';
import type { FromOffice, OfficeChannel, ToOffice } from './office-wire.ts';

/** Ms that running transactions get at the end (rule G15). */
const GRACE_MS = 10_000;

/** The short form as the file of a silent installation would say it. */
export function configOf({ office, domain, user, name, password }: HostingSetup): Config {
  const address = `${user}@${domain}`;
  return checkConfig(
    {
      office: { name: office, domains: [domain], hostname: `mail.${domain}` },
      people: [{ address, password, ...(name === '' ? {} : { name }) }],
    },
    '',
  );
}

/** Addresses that other computers can use for this one, nearest networks first; none of loopback. */
function addresses(): string[] {
  return lanAddresses().filter((each) => each !== '::1' && !each.startsWith('127.'));
}

/** Serves until the process ends. */
export function runOffice(channel: OfficeChannel, end: (code: number) => void): { close(): void } {
  const closers = new Closers();
  let opening: Promise<unknown> | undefined;
  let ending = false;

  async function open({ dir, host, ports, setup }: Extract<ToOffice, { t: 'open' }>): Promise<FromOffice> {
    const config = setup ? configOf(setup) : undefined;
    const { log } = closers.add(openLogFile(join(dir, 'log')));
    const office = await openHostedOffice({
      dir,
      log,
      listen: { ...ports, host },
      ...(config ? { config } : {}),
    });
    closers.defer(() => office.close(GRACE_MS));
    const { authority } = office.certificates;
    return {
      t: 'ready',
      ports: HostingPorts.parse(office.ports),
      addresses: addresses(),
      fingerprint: authority === null ? null : new X509Certificate(authority).fingerprint256,
    };
  }

  async function close(): Promise<void> {
    if (ending) return;
    ending = true;
    try {
      await opening?.catch(() => {});
      await closers.close();
      end(0);
    } catch {
      end(70);
    }
  }

  channel.onMessage((message) => {
    if (message.t === 'close') void close();
    else if (!opening) {
      const opened = open(message);
      opening = opened;
      opened.then(
        (ready) => channel.send(ready),
        async (failure: unknown) => {
          channel.send({ t: 'failed', error: faultData(failure) });
          await closers.close().catch(() => {});
          if (!ending) end(1);
        },
      );
    }
  });
  return { close: () => void close() };
}
