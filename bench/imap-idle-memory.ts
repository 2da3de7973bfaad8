/**
 * Row 11: what one idle IMAP session costs: growth of the server's PSS with 500 sessions that have signed in, selected
 * INBOX and sent IDLE. Dovecot's figure is the same of its processes, with fewer sessions.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type Bench, verdict } from './harness.ts';
import { openPair, type Reader } from './office-and-dovecot.ts';
import type { ImapBenchClient } from './wire-client.ts';

/** Sessions at a time while many are opened: signing in costs a password hash each. */
const AT_ONCE = 8;
/** Ms without a change of more than one percent before memory counts as settled. */
const QUIET_MS = 1500;

/** Proportional set size in KB of one process; 0 when it has ended. */
function pssOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** All processes of the Dovecot on this port: they carry the name of its instance. */
function dovecotPss(port: number): number {
  let sum = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1');
      if (command.includes(`dovecot-postroom-${port}/`)) sum += pssOf(Number(name));
    } catch {
      // It has ended since the folder was read.
    }
  }
  return sum;
}

async function settled(measure: () => number): Promise<number> {
  let before = measure();
  for (let looks = 0; looks < 10; looks += 1) {
    await wait(QUIET_MS);
    const now = measure();
    if (Math.abs(now - before) < before / 100) return now;
    before = now;
  }
  return before;
}

async function idleSessions(reader: Reader, count: number): Promise<ImapBenchClient[]> {
  const open: ImapBenchClient[] = [];
  const one = async () => {
    while (open.length < count) {
      const at = open.length;
      open.length += 1;
      const client = await reader.imap();
      open[at] = client;
      await client.command('SELECT INBOX');
      await client.idle();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return open;
}

async function perSession(reader: Reader, count: number, measure: () => number): Promise<number> {
  // The first sessions make what all share: code, statements, threads.
  for (const client of await idleSessions(reader, 20)) client.close();
  const before = await settled(measure);
  const sessions = await idleSessions(reader, count);
  const after = await settled(measure);
  for (const client of sessions) client.close();
  await settled(measure);
  return (after - before) / count;
}

export const imapIdleMemoryBench: Bench = {
  name: 'imap-idle-memory',
  async run({ quick, say }) {
    const count = 500;
    const pair = await openPair({ count: 5000, profile: 'light' }, say);
    try {
      const [ours, theirs] = pair.readers;
      const mine: number[] = [];
      for (let round = 0; round < (quick ? 1 : 3); round += 1)
        mine.push(await perSession(ours as Reader, count, () => pssOf(pair.office.pid)));
      const { dovecot } = pair;
      const peer = dovecot && theirs ? [await perSession(theirs, 100, () => dovecotPss(dovecot.port))] : [];
      return [
        verdict(
          { row: '11', what: `memory of one idle IMAP session, ${count} open`, budget: 60, unit: 'KB' },
          mine,
          peer.length > 0 ? [{ name: 'Dovecot', times: peer }] : [],
        ),
      ];
    } finally {
      await pair.close();
    }
  },
};
