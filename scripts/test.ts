/**
 * `npm test`: everything that has to hold, in one command, ending with one line `N passed, N failed, N skipped`.
 * `npm test -- NAME...` runs a part: a step (types, lint, imports, unit, interop, build, e2e, e2e-electron), or a folder
 * or file of test/ (`client/imap`, `test/store/words.test.ts`).
 *
 * It shows failures in full and everything else in one line a step. It never goes on the network and never leaves a
 * process behind: each step is a process group of its own with a time limit.
 */
import { globSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { electronForTests } from './toolchain/electron.ts';
import type { TestLine } from './toolchain/reporter.ts';
import { node, root, run, tool } from './toolchain/run.ts';
import { checkTypes, PROJECTS } from './types.ts';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

interface Step {
  readonly name: string;
  readonly about: string;
  run(): Promise<Tally>;
}

/** CI has two cores; the third file works while the others wait for disks, clocks and servers of their own. */
const CONCURRENCY = 3;
const MINUTE = 60_000;
/** One test; the longest import the sample of a mailbox. */
const TEST_LIMIT = 5 * MINUTE;
const STEP_LIMIT = 20 * MINUTE;
/** Files slower than this are named, so that nobody has to search for the minutes. */
const SLOW = 20_000;

/** Hundreds of processes and threads read the same sources: stripped and compiled once, they cost half. */
const COMPILED = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled') };

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const tallyOf = (passed: boolean): Tally => ({ passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 });
const posix = (path: string): string => path.split(sep).join('/');

/** A program that says yes or no by its exit code. */
async function program(name: string, args: readonly string[]): Promise<Tally> {
  const { code, output, tooLong } = await run(node, args, { limit: STEP_LIMIT });
  if (code === 0) return tallyOf(true);
  print(`\n✖ ${name}${tooLong ? ' (took too long)' : ''}\n${output.trimEnd()}`);
  return tallyOf(false);
}

async function types(): Promise<Tally> {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  const results = await Promise.all(
    PROJECTS.map(async (project) => [project, await checkTypes(project)] as const),
  );
  for (const [project, { code, output }] of results) {
    add(total, tallyOf(code === 0));
    if (code !== 0) print(`\n✖ types of ${project}\n${output.trimEnd()}`);
  }
  return total;
}

function add(total: Tally, more: Tally): void {
  total.passed += more.passed;
  total.failed += more.failed;
  total.skipped += more.skipped;
}

function testFiles(pattern: string): string[] {
  return globSync(pattern, { cwd: root }).map(posix).sort();
}

const SEPARATE = ['test/e2e/', 'test/interop/'];
/** Minutes long: begun first, so that the short ones fill the other processors meanwhile. */
const LONG = [
  'test/server/faults/kill.test.ts',
  'test/server/faults/load.test.ts',
  'test/host/faults.test.ts',
];
const unitFiles = (): string[] => {
  const files = testFiles('test/**/*.test.ts').filter(
    (file) => !SEPARATE.some((folder) => file.startsWith(folder)),
  );
  return [...files.filter((file) => LONG.includes(file)), ...files.filter((file) => !LONG.includes(file))];
};

/** Runs test files and prints what failed. A file that dies counts as one failure. */
async function tests(
  files: readonly string[],
  options: { env?: Record<string, string>; concurrency?: number } = {},
): Promise<Tally> {
  const total: Tally = { passed: 0, failed: 0, skipped: 0 };
  if (files.length === 0) return total;
  const said = new Map<string, string>();
  const shown = new Set<string>();
  const reasons = new Map<string, number>();
  const times = new Map<string, number>();
  const onLine = (text: string): void => {
    const line = parseLine(text);
    if (!line) return;
    if ('said' in line) {
      // Enough to understand a failure; a chatty test must not fill the memory.
      said.set(line.file, ((said.get(line.file) ?? '') + line.said).slice(-20_000));
      return;
    }
    total[line.outcome] += 1;
    if (line.depth === 0) times.set(line.file, (times.get(line.file) ?? 0) + line.ms);
    if (line.outcome === 'skipped') reasons.set(line.why, (reasons.get(line.why) ?? 0) + 1);
    if (line.outcome !== 'failed') return;
    print(`\n✖ ${line.name}\n  ${posix(relative(root, line.file))}:${line.line}\n${line.why}`);
    if (said.has(line.file)) shown.add(line.file);
  };
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-concurrency=${options.concurrency ?? CONCURRENCY}`,
    `--test-timeout=${TEST_LIMIT}`,
    `--test-reporter=${join(import.meta.dirname, 'toolchain', 'reporter.ts')}`,
    '--test-reporter-destination=stdout',
    ...files,
  ];
  const ran = await run(node, args, {
    onLine,
    limit: STEP_LIMIT,
    env: { ...COMPILED, ...options.env },
  });
  for (const file of shown) print(`\n  ${posix(relative(root, file))} said:\n${said.get(file)}`);
  if (ran.tooLong) {
    total.failed += 1;
    print(`\n✖ the tests took longer than ${STEP_LIMIT / MINUTE} minutes and were ended`);
  } else if (ran.code !== 0 && total.failed === 0) {
    total.failed += 1;
    print(`\n✖ the test runner failed\n${ran.output}`);
  }
  for (const [file, ms] of [...times].sort((one, other) => other[1] - one[1]))
    if (ms > SLOW) print(`  slow: ${posix(relative(root, file))} ${Math.round(ms / 1000)} s`);
  for (const [why, count] of reasons) print(`  skipped ${count}: ${why || 'no reason given'}`);
  return total;
}

function parseLine(text: string): TestLine | { said: string; file: string } | undefined {
  try {
    return JSON.parse(text) as TestLine | { said: string; file: string };
  } catch {
    return undefined;
  }
}

async function e2eElectron(): Promise<Tally> {
  const files = testFiles('test/e2e/**/*.test.ts');
  const electron = electronForTests();
  if (electron) {
    const env = { POSTROOM_HOST: 'electron', ELECTRON_OVERRIDE_DIST_PATH: electron };
    return tests(files, { concurrency: 2, env });
  }
  print('  skipped: no Electron here (ELECTRON_OVERRIDE_DIST_PATH names one)');
  return { passed: 0, failed: 0, skipped: files.length };
}

const STEPS: readonly Step[] = [
  { name: 'types', about: 'types hold', run: types },
  {
    name: 'lint',
    about: 'lint and format',
    run: () =>
      program('lint', [tool('@biomejs/biome/bin/biome'), 'ci', '--colors=off', '--max-diagnostics=50', '.']),
  },
  {
    name: 'imports',
    about: 'who may import whom',
    run: () => program('imports', ['scripts/check-imports.ts']),
  },
  { name: 'build', about: 'the bundles build', run: () => program('build', ['scripts/build.ts']) },
  { name: 'unit', about: 'units, store, client, server', run: () => tests(unitFiles()) },
  {
    name: 'interop',
    about: 'real servers',
    run: () => tests(testFiles('test/interop/**/*.test.ts'), { concurrency: 2 }),
  },
  {
    name: 'e2e',
    about: 'the window in Chromium',
    run: () =>
      tests(testFiles('test/e2e/**/*.test.ts'), { concurrency: 2, env: { POSTROOM_HOST: 'browser' } }),
  },
  { name: 'e2e-electron', about: 'the window in Electron', run: e2eElectron },
];

/** A step's name, or a folder or file of test/. */
function chosen(name: string): Step {
  const step = STEPS.find((each) => each.name === name);
  if (step) return step;
  const path = posix(name)
    .replace(/^test\//, '')
    .replace(/\/$/, '');
  const files = path.endsWith('.ts') ? testFiles(`test/${path}`) : testFiles(`test/${path}/**/*.test.ts`);
  if (files.length === 0) {
    print(`There is no step and no test named ${name}. Steps: ${STEPS.map((each) => each.name).join(', ')}`);
    process.exit(2);
  }
  const concurrency = SEPARATE.some((folder) => `test/${path}/`.startsWith(folder)) ? 1 : CONCURRENCY;
  return { name, about: `${files.length} files`, run: () => tests(files, { concurrency }) };
}

const names = process.argv.slice(2);
const steps = names.length > 0 ? names.map(chosen) : STEPS;
const total: Tally = { passed: 0, failed: 0, skipped: 0 };
for (const step of steps) {
  const began = performance.now();
  const tally = await step.run();
  add(total, tally);
  const mark = tally.failed > 0 ? '✖' : '✔';
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { passed, failed, skipped } = tally;
  print(
    `${mark} ${step.name} (${step.about}): ${passed} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`,
  );
}
print(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
