/**
 * `npm run package -- [--dir] [--linux|--win|--mac] ...`: builds the bundles and hands them to electron-builder. Arguments
 * are electron-builder's own. With Electron's program at hand (ELECTRON_OVERRIDE_DIST_PATH or the installed package)
 * nothing of it is downloaded.
 */
import { spawn } from 'node:child_process';
import { buildStale } from './build.ts';
import { electronForTests } from './toolchain/electron.ts';
import { node, root, tool } from './toolchain/run.ts';

await buildStale(['window', 'app'], (text) => process.stderr.write(`postroom: ${text}\n`));
const electron = electronForTests();
const args = [
  tool('electron-builder/cli.js'),
  '--config',
  'electron-builder.yml',
  '--publish',
  'never',
  ...(electron ? [`-c.electronDist=${electron}`] : []),
  ...process.argv.slice(2),
];
const child = spawn(node, args, { cwd: root, stdio: 'inherit' });
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
