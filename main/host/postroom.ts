/**
 * The command line: the same engine and the same contract as the window, one command at a time. With --json standard output
 * is one JSON value and nothing else; sentences go to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
import { warmStart } from './warm-start.ts';

warmStart();
const { postroom } = await import('./command-line/run.ts');
process.exitCode = await postroom(process.argv.slice(2));
