/** Run as a process of its own: one complete pass over account 1 of the profile argv[2], to be killed at any moment. */
import { openProfile } from './harness.ts';

const profile = await openProfile({ dir: process.argv[2] as string, keep: true });
process.send?.('open');
const [report] = await profile.engine.sync(1, { once: true });
await profile.close();
process.exitCode = report?.error ? 1 : 0;
process.disconnect?.();
