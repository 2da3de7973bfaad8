/**
 * `npm run imports`: the house rules that a program can hold. Who may import whom; circles; files that have grown too long;
 * time that is taken from the wall instead of the injected clock. Exit code 1 when one is broken.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkImports, type Source, type Violation } from './toolchain/imports.ts';
import { root } from './toolchain/run.ts';

/** Lines: over the first it wants a reason, over the second it must be split. */
const LONG = 400;
const TOO_LONG = 700;

/** Rooms where the outcome may not hang on the machine's clock. */
const CLOCKED = /^main\/(client|store|net|mail|server)\//;
const WALL_CLOCK = /\b(Date\.now|setTimeout|setInterval|performance\.now)\s*\(/;
/** Places where real time is what is meant. */
const REAL_TIME: readonly RegExp[] = [
  // Rates, group windows and slow-query lines are about this machine, not about mail.
  /^main\/store\//,
  // Deadlines of real sockets.
  /^main\/net\//,
];

/** Tables: data, not behaviour. */
const TABLE = /(^|\/)(tables?|codepages|strings|names|words|letters|fixtures)[a-z-]*\.ts$|\/i18n\//;

/** Files of the tree that git would keep, also those not added yet. */
export function trackedFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  return list
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)));
}

function readSources(): Source[] {
  return trackedFiles()
    .filter((path) => /\.(ts|tsx|mts)$/.test(path) && !path.endsWith('.d.ts'))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

export function checkLengths(sources: readonly Source[]): { errors: Violation[]; warnings: Violation[] } {
  const errors: Violation[] = [];
  const warnings: Violation[] = [];
  for (const { path, text } of sources) {
    const lines = text.split('\n').length - 1;
    if (lines > TOO_LONG && !TABLE.test(path))
      errors.push({ path, rule: `${lines} lines; ${TOO_LONG} is the end` });
    else if (lines > LONG) warnings.push({ path, rule: `${lines} lines; ${LONG} needs a reason` });
  }
  return { errors, warnings };
}

export function checkClocks(sources: readonly Source[]): Violation[] {
  return sources.flatMap(({ path, text }) => {
    if (!CLOCKED.test(path) || REAL_TIME.some((place) => place.test(path))) return [];
    return text.split('\n').flatMap((line, at) => {
      const used = /^\s*(\*|\/\/)/.test(line) ? null : WALL_CLOCK.exec(line);
      return used ? [{ path, rule: `line ${at + 1} uses ${used[1]} instead of the injected clock` }] : [];
    });
  });
}

if (import.meta.main) {
  const sources = readSources();
  const lengths = checkLengths(sources);
  for (const { path, rule } of [...lengths.warnings, ...checkClocks(sources)])
    process.stdout.write(`warning: ${path}: ${rule}\n`);
  const errors = [...checkImports(sources), ...lengths.errors];
  for (const { path, rule } of errors) process.stdout.write(`${path}: ${rule}\n`);
  process.stdout.write(`${sources.length} files, ${errors.length} violations\n`);
  process.exitCode = errors.length > 0 ? 1 : 0;
}
