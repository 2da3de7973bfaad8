/** Where an office listens when nobody has said otherwise, and where it can when somebody else is there. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { Fault } from '../base/errors.ts';
import type { HostingPorts } from '../contract/mail/hosting.ts';

/** What other people's programs try by themselves. */
const STANDARD: HostingPorts = {
  smtp: 25,
  submission: 587,
  submissions: 465,
  pop3: 110,
  pop3s: 995,
  imap: 143,
  imaps: 993,
  web: 8180,
};

/** Above 1023, where a program without more rights may listen on every system. */
const UNPRIVILEGED: HostingPorts = {
  smtp: 2525,
  submission: 2587,
  submissions: 2465,
  pop3: 2110,
  pop3s: 2995,
  imap: 2143,
  imaps: 2993,
  web: 8180,
};

/** On Linux ports below 1024 need rights that a person's programs do not have. */
export function usualPorts(platform: NodeJS.Platform = process.platform): HostingPorts {
  return platform === 'linux' ? UNPRIVILEGED : STANDARD;
}

/**
 * Thousands to begin at: above what systems keep for themselves, below what they lend to outgoing connections (from
 * 32768 on Linux, 49152 elsewhere), so that ports found free today are free tomorrow.
 */
const FIRST = 10;
const LAST = 31;

/**
 * The standard ports behind a thousand of their own (21993 for 993), all of which nobody uses now.
 * @param host where they are to be opened.
 * @param begin the thousand that is tried first.
 * @throws Fault user `no-free-ports`.
 */
export async function freePorts(
  host: string,
  begin: number = randomInt(FIRST, LAST + 1),
): Promise<HostingPorts> {
  const count = LAST - FIRST + 1;
  for (let n = 0; n < count; n += 1) {
    const thousand = (FIRST + ((begin - FIRST + n) % count)) * 1000;
    const ports = Object.fromEntries(
      Object.entries(STANDARD).map(([name, port]) => [name, thousand + (port % 1000)]),
    ) as unknown as HostingPorts;
    const free = await Promise.all(Object.values(ports).map((port) => isFree(host, port)));
    if (free.every(Boolean)) return ports;
  }
  throw new Fault('user', 'no-free-ports', 'There are no free ports left.');
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
