/** Another person's profile: a program of its own, with its own engine and windows; the one that runs comes to the front. */
import { spawn } from 'node:child_process';
import { app } from 'electron';

/** Switches of the system's own that a second program needs as well. */
const KEPT = /^--(no-sandbox|disable-gpu|ozone-platform|headless)/;

/** @param folder of the profile */
export function openProfileWindow(folder: string): void {
  const program = app.isPackaged ? [] : [app.getAppPath()];
  const kept = process.argv.filter((word) => KEPT.test(word));
  // A second start of the same profile hands its wish to the first and ends (main.ts).
  const child = spawn(process.execPath, [...program, ...kept, `--profile=${folder}`], {
    detached: true,
    stdio: 'ignore',
  });
  child.on('error', (failure) => process.stderr.write(`profile: ${failure.message}\n`));
  child.unref();
}
