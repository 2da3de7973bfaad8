/**
 * `npm run -s office -- COMMAND --data DIR [--json]`: everything an administrator can click, scripted, on a running or a
 * stopped office. With --json standard output is one JSON value; sentences go to standard error. Exit codes: 0 done,
 * 1 failed, 2 wrong usage.
 */
import { warmStart } from './warm-start.ts';

warmStart();
const { runOffice } = await import('./office-command/run.ts');
process.exitCode = await runOffice(process.argv.slice(2));
