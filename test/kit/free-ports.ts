/**
 * Ports for servers that are told theirs before they start, stop and come back on them: Dovecot, Postfix, slapd, an office.
 *
 * A port that the system lends (`listen(0)`) and that is given back may be lent to another test before the server has it:
 * dozens of tests ask for one each second. These come from below what is lent (32768 on Linux), where nobody else looks.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const FIRST = 20_000;
const END = 32_000;
/** Given out by this process. */
const given = new Set<number>();

function isFree(port: number): Promise<boolean> {
  return new Promise((told) => {
    const server = createServer();
    server.once('error', () => told(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => told(true)));
  });
}

/** A port of loopback that nobody listens on and nobody is lent. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** Several of them. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}
