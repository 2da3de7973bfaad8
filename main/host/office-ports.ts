/** Where an office listens when nobody has said otherwise. */
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
  web: 8025,
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
  web: 8025,
};

/** -1 everywhere: any that nobody uses. */
export const FREE_PORTS = Object.fromEntries(
  Object.keys(STANDARD).map((name) => [name, -1]),
) as unknown as HostingPorts;

/** On Linux ports below 1024 need rights that a person's programs do not have. */
export function usualPorts(platform: NodeJS.Platform = process.platform): HostingPorts {
  return platform === 'linux' ? UNPRIVILEGED : STANDARD;
}
