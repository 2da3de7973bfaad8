/** What an installer would hold: packages the built application around a stand-in of Electron and looks inside. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { node, root, run, tool } from '../../scripts/toolchain/run.ts';

const built =
  existsSync(join(root, 'out', 'app', 'main.js')) &&
  existsSync(join(root, 'out', 'renderer', 'desktop.html'));
const skip =
  process.platform !== 'linux'
    ? 'the stand-in is a shell script'
    : !built && 'the application is not built (npm run build)';

/** Marks the place of the fuses inside Electron's program; nine follow, "0" and "1". */
const FUSES = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\u0001\u0009100011011';

let folder: string;
let files: string[];

before(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), 'postroom-package-'));
  const electron = join(folder, 'electron');
  await mkdir(join(electron, 'locales'), { recursive: true });
  await writeFile(join(electron, 'electron'), `#!/bin/sh\nexit 0\n${FUSES}`);
  await chmod(join(electron, 'electron'), 0o755);
  for (const locale of ['en-US', 'ru', 'de']) await writeFile(join(electron, 'locales', `${locale}.pak`), '');
  const args = ['--config', 'electron-builder.yml', '--publish', 'never', '--dir', '--linux'];
  const places = [`-c.electronDist=${electron}`, `-c.directories.output=${join(folder, 'dist')}`];
  const packed = await run(node, [tool('electron-builder/cli.js'), ...args, ...places]);
  assert.equal(packed.code, 0, packed.output);
  const archive = join(folder, 'dist', 'linux-unpacked', 'resources', 'app.asar');
  const listed = await run(node, [tool('@electron/asar/bin/asar.js'), 'list', archive]);
  assert.equal(listed.code, 0, listed.output);
  files = listed.output.trim().split('\n');
});
after(async () => {
  if (!skip) await rm(folder, { recursive: true, force: true });
});

test('the package holds the bundles, the icons and nothing else', { skip }, () => {
  for (const file of ['/package.json', '/out/app/main.js', '/out/app/engine.js', '/out/app/preload.cjs'])
    assert.ok(files.includes(file), file);
  assert.ok(files.includes('/out/renderer/desktop.html'));
  const known =
    /^\/(package\.json|out|out\/(app|renderer)(\/.*)?|resources|resources\/icons(\/.*\.(png|ico))?)$/;
  assert.deepEqual(
    files.filter((file) => !known.test(file)),
    [],
  );
  assert.deepEqual(
    files.filter((file) => /node_modules|\.map$|\.ts$/.test(file)),
    [],
  );
});

test('every thread that the engine starts is in the package', { skip }, async () => {
  const { OFFICE_THREADS, THREADS } = await import('../../scripts/toolchain/app-bundles.ts');
  for (const name of Object.keys(THREADS)) assert.ok(files.includes(`/out/app/${name}.js`), name);
  for (const name of ['office', ...Object.keys(OFFICE_THREADS)])
    assert.ok(files.includes(`/out/app/office/${name}.js`), `office/${name}`);
});

test('the fuses are set and only our languages are kept', { skip }, async () => {
  const place = join(folder, 'dist', 'linux-unpacked');
  const program = await readFile(join(place, 'postroom'), 'latin1');
  // Run as Node, cookies, NODE_OPTIONS, inspect, integrity, only asar, own snapshot, file protocol; the ninth stays.
  assert.equal(program.split(FUSES.slice(0, 34))[1]?.slice(0, 9), '010011001');
  assert.ok(existsSync(join(place, 'locales', 'ru.pak')));
  assert.ok(!existsSync(join(place, 'locales', 'de.pak')));
});
