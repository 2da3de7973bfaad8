/**
 * Runs measurements and says what they mean. Ours and the peers' rounds are interleaved, so that a busy
 * machine slows both; medians and ratios are the result, milliseconds only an illustration.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Contestant {
  name: string;
  /** One round; answers the measured milliseconds (its own clock, so that preparation does not count). */
  round(): Promise<number>;
}

export interface Budget {
  /** Row of the budget table, e.g. "3". */
  row: string;
  what: string;
  /** Upper bound in ms for our median; null where only the ratio counts. */
  budget: number | null;
  /** Our median may be at most this many times the peer's, each of them. */
  ratio?: Rival | readonly Rival[];
  note?: string;
  /** What the numbers count; default milliseconds. */
  unit?: 'ms' | 'rows' | 'KB' | 'MB' | '%';
  /** What one round does, to say milliseconds as a rate, too: 5,000 letters, 260 MB. */
  amount?: { count: number; unit: 'letters' | 'messages' | 'MB' } | undefined;
}

export interface Rival {
  peer: string;
  atMost: number;
}

export interface Result extends Budget {
  median: number;
  worst: number;
  rounds: number;
  peers: { name: string; median: number; ratio: number }[];
  met: boolean;
}

export interface Bench {
  name: string;
  run(context: { quick: boolean; scratch: string; say(text: string): void }): Promise<Result[]>;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Interleaves the contestants' rounds; the first contestant is ours. */
export async function race(
  budget: Budget,
  rounds: number,
  contestants: readonly Contestant[],
): Promise<Result> {
  const times = contestants.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) times[i]!.push(await contestants[i]!.round());
  }
  return verdict(
    budget,
    times[0]!,
    contestants.slice(1).map((each, i) => ({ name: each.name, times: times[i + 1]! })),
  );
}

export function verdict(
  budget: Budget,
  ours: readonly number[],
  peers: readonly { name: string; times: readonly number[] }[] = [],
): Result {
  const mine = median(ours);
  const compared = peers.map(({ name, times }) => ({
    name,
    median: median(times),
    ratio: mine / median(times),
  }));
  const rivals = budget.ratio ? [budget.ratio].flat() : [];
  const met =
    (budget.budget === null || mine <= budget.budget) &&
    rivals.every(({ peer, atMost }) => {
      const rival = compared.find(({ name }) => name === peer);
      return !rival || rival.ratio <= atMost;
    });
  return { ...budget, median: mine, worst: Math.max(...ours), rounds: ours.length, peers: compared, met };
}

export function installed(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

export async function timed(action: () => unknown): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** Runs a peer to its end; throws with its last words when it fails. */
export function runPeer(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): void {
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: 900_000,
    ...options,
  });
  if (done.status !== 0)
    throw new Error(`${command} ended with ${done.status}: ${String(done.stderr).slice(-400)}`);
}

/** A value with its unit, and as a rate where a round is so many of something. */
function amount(value: number, { unit, amount: done }: Budget): string {
  if (unit === 'rows') return `${value} rows`;
  if (unit === 'KB' || unit === 'MB' || unit === '%') return `${value.toFixed(unit === '%' ? 2 : 1)} ${unit}`;
  const rate = done && (done.count / value) * 1000;
  return rate ? `${number(value)} = ${rate.toFixed(rate < 100 ? 1 : 0)} ${done.unit}/s` : number(value);
}
const number = (ms: number) => (ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(1)} ms`);

export function table(results: readonly Result[]): string {
  const rows = results.map((each) => [
    each.row,
    each.what,
    each.budget === null ? '-' : amount(each.budget, each),
    amount(each.median, each),
    amount(each.worst, { ...each, amount: undefined }),
    each.peers
      .map((peer) => `${peer.name} ${amount(peer.median, each)} (x${peer.ratio.toFixed(2)})`)
      .join(', ') || '-',
    each.met ? 'met' : 'MISSED',
  ]);
  const head = ['#', 'what', 'budget', 'median', 'worst', 'peers (ours / theirs)', ''];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)].join('\n');
}

export async function main(benches: readonly Bench[], args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick');
  const names = args.filter((each) => !each.startsWith('-'));
  const unknown = names.filter((name) => !benches.some((each) => each.name === name));
  if (unknown.length > 0) {
    console.error(
      `No benchmark is called ${unknown.join(', ')}. There are: ${benches.map((each) => each.name).join(', ')}.`,
    );
    process.exitCode = 2;
    return;
  }
  const results: Result[] = [];
  for (const bench of benches.filter((each) => names.length === 0 || names.includes(each.name))) {
    const scratch = mkdtempSync(join(tmpdir(), `postroom-bench-${bench.name}-`));
    try {
      console.error(`${bench.name} ...`);
      results.push(...(await bench.run({ quick, scratch, say: (text) => console.error(`  ${text}`) })));
    } catch (failure) {
      console.error(`  failed: ${failure instanceof Error ? failure.stack : String(failure)}`);
      process.exitCode = 1;
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  console.log(table(results));
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
  writeFileSync(
    file,
    JSON.stringify(
      {
        at: new Date().toISOString(),
        quick,
        cores: cpus().length,
        memory: totalmem(),
        node: process.version,
        results,
      },
      null,
      2,
    ),
  );
  console.error(`Written to bench/results/${file.split('/').at(-1)}`);
}
