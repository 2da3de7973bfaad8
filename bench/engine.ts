/** The engine as a benchmark uses it: opened in this process, asked through its handlers as a window would ask. */
import { silentLog } from '../main/base/log.ts';
import { openProfile, type Profile } from '../main/client/profile.ts';
import type { EntryName, Input, Output } from '../main/contract/contract.ts';
import { callHandler } from '../main/contract/door.ts';

export interface Engine {
  profile: Profile;
  call<N extends EntryName>(name: N, input: Input<N>): Promise<Output<N>>;
  close(): Promise<void>;
}

export async function openEngine(dir: string, options: { background?: boolean } = {}): Promise<Engine> {
  const secrets = new Map<string, string>();
  const profile = await openProfile({
    dir,
    log: silentLog,
    background: options.background ?? true,
    services: {
      kind: 'command-line',
      frameBase: () => '',
      secrets: {
        get: async (name) => secrets.get(name) ?? null,
        set: async (name, value) => void secrets.set(name, value),
        remove: async (name) => void secrets.delete(name),
      },
    },
  });
  const signal = new AbortController().signal;
  return {
    profile,
    call: (name, input) => callHandler(profile.handlers, name, input, { signal, chunk: () => {} }),
    close: () => profile.close(),
  };
}

/** Imports paths into the local Inbox and waits for the end; the index is complete when this returns. */
export async function importInto(
  engine: Engine,
  paths: string[],
): Promise<{ imported: number; duplicates: number }> {
  let id = '';
  const ended = new Promise<NonNullable<Output<'jobs.list'>[number]['result']>>((resolve, reject) => {
    const stop = engine.profile.events((event) => {
      if (event.name !== 'jobs.changed') return;
      const job = event.data.find((each) => each.id === id);
      if (!job || job.state === 'running' || job.state === 'paused') return;
      stop();
      if (job.result) resolve(job.result);
      else reject(new Error(`import ended as ${job.state}: ${job.problem?.message ?? ''}`));
    });
  });
  ({ job: id } = await engine.call('import.start', { paths, folder: null }));
  const result = await ended;
  for (;;) {
    const { indexed, total } = await engine.call('search.state', {});
    if (indexed >= total) return result;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
