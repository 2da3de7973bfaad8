/**
 * `npm run build`: the bundles under out/. `window` is the renderer, `app` the desktop application (main process, preload,
 * engine and its threads). Each is built only when something that it is made from has changed, by content.
 *
 * A build is made beside the old one and put in its place at the end: a host that runs meanwhile never sees half a window.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { root } from './toolchain/run.ts';

interface Bundle {
  readonly name: 'window' | 'app';
  /** Folder under out/. */
  readonly folder: string;
  /** What it is made from. */
  readonly sources: readonly string[];
  build(outDir: string): Promise<void>;
}

const COMMON = ['package-lock.json', 'scripts/build.ts'];

const BUNDLES: readonly Bundle[] = [
  {
    name: 'window',
    folder: 'renderer',
    sources: [...COMMON, 'vite.config.ts', 'renderer/**/*', 'main/contract/**/*', 'main/base/**/*'],
    async build(outDir) {
      const { build } = await import('vite');
      await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir } });
    },
  },
  {
    name: 'app',
    folder: 'app',
    sources: [...COMMON, 'scripts/toolchain/app-bundles.ts', 'app/**/*', 'main/**/*', 'package.json'],
    async build(outDir) {
      const { buildApp } = await import('./toolchain/app-bundles.ts');
      await buildApp(outDir);
    },
  },
];

/** A digest over names and contents, so that neither a checkout's times nor its order matter. */
function digest(patterns: readonly string[]): string {
  const hash = createHash('sha256');
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
  for (const file of files) {
    const path = join(root, file);
    if (!statSync(path).isFile()) continue;
    hash.update(`${file}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

/** Builds what is stale. Says what it does by `say`; throws what the bundler says. */
export async function buildStale(
  names: readonly Bundle['name'][],
  say: (text: string) => void,
): Promise<void> {
  for (const bundle of BUNDLES) {
    if (!names.includes(bundle.name)) continue;
    const place = join(root, 'out', bundle.folder);
    const stamp = join(root, 'out', `.${bundle.name}`);
    const now = digest(bundle.sources);
    if (existsSync(place) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) continue;
    const began = performance.now();
    mkdirSync(join(root, 'out'), { recursive: true });
    const fresh = `${place}.${process.pid}`;
    try {
      await bundle.build(fresh);
      rmSync(stamp, { force: true });
      rmSync(place, { recursive: true, force: true });
      renameSync(fresh, place);
    } finally {
      rmSync(fresh, { recursive: true, force: true });
    }
    writeFileSync(stamp, now);
    say(`built the ${bundle.name} in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
}

if (import.meta.main) {
  const named = process.argv
    .slice(2)
    .filter((name): name is Bundle['name'] => name === 'window' || name === 'app');
  await buildStale(named.length > 0 ? named : ['window', 'app'], (text) => console.log(text));
}
