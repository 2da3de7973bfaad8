/**
 * The desktop application's bundles: main process and engine as ES modules with every dependency inside (the packaged
 * application ships no node_modules), the preload as one CommonJS file (a sandboxed preload can be nothing else).
 *
 * Threads are entries of their own. The sources name them in three places (main/store/entries.ts, main/client/entries.ts,
 * main/server/entries.ts) relative to the bundle that runs, so all files of the engine lie in one folder, chunks too, and
 * all of the office in another.
 */
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from './run.ts';

const source = (path: string): string => join(root, path);

const STORE_THREADS = {
  'pool-thread': 'main/store/pool-thread.ts',
  'writer-thread': 'main/store/writer-thread.ts',
  reader: 'main/store/reader.ts',
  keeper: 'main/store/keeper.ts',
  indexer: 'main/store/indexer.ts',
};

/** Thread modules by the path that main/store/entries.ts and main/client/entries.ts ask for. */
export const THREADS: Readonly<Record<string, string>> = {
  ...STORE_THREADS,
  program: 'main/client/program.ts',
  'messages/ingest': 'main/client/messages/ingest.ts',
  'spelling/checker': 'main/client/spelling/checker.ts',
  'rules/thread': 'main/client/rules/thread.ts',
  'import/moving-thread': 'main/client/import/moving-thread.ts',
};

/** The same of the office, which has a program of its own and so a folder of its own. */
export const OFFICE_THREADS: Readonly<Record<string, string>> = {
  ...STORE_THREADS,
  program: 'main/server/program.ts',
  'mailstore/ingest': 'main/server/mailstore/ingest.ts',
};

const PROGRAMS = {
  main: 'app/main.ts',
  engine: 'app/engine.ts',
  'selfcheck-thread': 'app/selfcheck-thread.ts',
  ...THREADS,
};
const OFFICE_PROGRAMS = { office: 'app/office.ts', ...OFFICE_THREADS };

const entries = (all: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(all).map(([name, path]) => [name, source(path)]));

/** CommonJS packages inside an ES module call these; a bundle has neither. */
const BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  "import { dirname as __dirnameOf } from 'node:path';",
  "import { fileURLToPath as __fileOf } from 'node:url';",
  'const require = __createRequire(import.meta.url);',
  'const __filename = __fileOf(import.meta.url);',
  'const __dirname = __dirnameOf(__filename);',
].join('\n');

export async function buildApp(outDir: string): Promise<void> {
  await buildPrograms(PROGRAMS, outDir);
  await buildPrograms(OFFICE_PROGRAMS, join(outDir, 'office'));
  await buildPreload(outDir);
  await copyDictionaries(join(outDir, 'dictionaries'));
}

/** Beside the engine, where main/client/entries.ts looks for them. Their licences go along. */
async function copyDictionaries(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const language of ['en', 'ru']) {
    const from = join(root, 'node_modules', `dictionary-${language}`);
    await copyFile(join(from, 'index.aff'), join(folder, `${language}.aff`));
    await copyFile(join(from, 'index.dic'), join(folder, `${language}.dic`));
    await copyFile(join(from, 'license'), join(folder, `${language}.license.txt`));
  }
}

const COMMONJS = {
  'hunspell-asm': source('node_modules/hunspell-asm/dist/cjs/index.js'),
  'emscripten-wasm-loader': source('node_modules/emscripten-wasm-loader/dist/cjs/index.js'),
};

async function buildPrograms(programs: Readonly<Record<string, string>>, outDir: string): Promise<void> {
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    ssr: { noExternal: true, target: 'node' },
    // Their ES modules call a namespace as if it were a function: only the CommonJS ones run.
    resolve: { alias: COMMONJS },
    build: {
      ssr: true,
      target: 'node24',
      outDir,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        input: entries(programs),
        external: [/^electron(\/|$)/, /^node:/],
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: '[name]-[hash].js',
          banner: BANNER,
        },
      },
    },
  });
}

async function buildPreload(outDir: string): Promise<void> {
  const preload = join(outDir, 'preload');
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    build: {
      target: 'chrome120',
      outDir: preload,
      emptyOutDir: true,
      minify: false,
      lib: { entry: source('app/preload.ts'), formats: ['cjs'], fileName: () => 'preload.cjs' },
      rolldownOptions: { external: ['electron'] },
    },
  });
  await rename(join(preload, 'preload.cjs'), join(outDir, 'preload.cjs'));
  await rm(preload, { recursive: true });
}
