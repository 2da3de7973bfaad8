/** Makes a profile what a test needs before its window opens: through the engine and its contract, without a host. */
import { mkdir } from 'node:fs/promises';
import { silentLog } from '../../main/base/log.ts';
import { openVault } from '../../main/client/security/vault.ts';
import type { EntryName, Input, Output } from '../../main/contract/contract.ts';
import { callHandler } from '../../main/contract/door.ts';
import { openEngine } from '../../main/host/engine.ts';

export type Ask = <N extends EntryName>(name: N, input: Input<N>) => Promise<Output<N>>;

/** Opens the profile, lets `fill` work on it, closes it. The engine's own background work runs meanwhile. */
export async function seedProfile(profile: string, fill: (ask: Ask) => Promise<void>): Promise<void> {
  await mkdir(profile, { recursive: true, mode: 0o700 });
  const secrets = await openVault(profile);
  const host = { kind: 'browser', secrets, frameBase: () => '' } as const;
  const engine = await openEngine({ dir: profile, host, log: silentLog });
  try {
    const { signal } = new AbortController();
    await fill((name, input) =>
      callHandler(engine.profile.handlers, name, input, { signal, chunk: () => {} }),
    );
  } finally {
    await engine.close();
  }
}

/** Waits for the jobs of a kind to end; throws what one failed with. */
export async function jobsEnded(ask: Ask, kind: Output<'jobs.list'>[number]['kind']): Promise<void> {
  for (;;) {
    const jobs = (await ask('jobs.list', {})).filter((job) => job.kind === kind);
    const failed = jobs.find((job) => job.state === 'failed');
    if (failed) throw new Error(`${kind} failed: ${failed.problem?.message}`);
    if (jobs.length > 0 && jobs.every((job) => job.endedAt !== null)) return;
    await new Promise((again) => setTimeout(again, 20));
  }
}
