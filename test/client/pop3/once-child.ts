/** Run as a process of its own: one pass over account 1 of the profile argv[2] with the password argv[3], to be killed at any moment. */
import { openProfile } from './harness.ts';

const profile = await openProfile({ dir: process.argv[2] as string, keep: true });
profile.secrets.set('account:1:password', process.argv[3] as string);
const [report] = await profile.engine.sync(1, { once: true });
await profile.close();
process.exitCode = report?.error ? 1 : 0;
process.disconnect?.();
