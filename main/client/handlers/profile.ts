/** Settings, jobs, people, the check: the contract's names over the profile itself. */
import type { Handlers } from '../../contract/door.ts';
import type { Hello, Settings } from '../../contract/mail/profile.ts';
import type { Jobs } from '../jobs.ts';
import type { ClientStore } from '../program.ts';
import { readSettings, writeSettings } from '../settings.ts';

export interface ProfileDeps {
  store: ClientStore;
  jobs: Jobs;
  name: string;
  version: string;
  host: Hello['host'];
  /** True once after the engine was restarted. */
  takeRestarted(): boolean;
  isOffline(): Promise<boolean>;
}

type Served =
  | 'session.hello'
  | `settings.${'get' | 'set'}`
  | Extract<keyof Handlers, `jobs.${string}`>
  | 'people.suggest'
  | 'check.run';

export function profileHandlers(deps: ProfileDeps): Pick<Handlers, Served> {
  const { store, jobs } = deps;
  const settings = (): Promise<Settings> => readSettings(store);
  return {
    async 'session.hello'() {
      const facts = await store.read('profile.hello');
      return {
        version: deps.version,
        profileName: deps.name,
        firstRun:
          facts.accounts === 0 || (facts.accounts === 1 && !facts.letters && !facts.sample && !facts.server),
        sample: facts.sample,
        offline: await deps.isOffline(),
        host: deps.host,
        restarted: deps.takeRestarted(),
        settings: await settings(),
      };
    },
    'settings.get': settings,
    'settings.set': (input) => writeSettings(store, input as Partial<Settings>),
    'jobs.list': async () => jobs.list(),
    async 'jobs.pause'({ id, paused }) {
      jobs.pause(id, paused);
      return {};
    },
    async 'jobs.cancel'({ id }) {
      jobs.cancel(id);
      return {};
    },
    async 'jobs.dismiss'({ id }) {
      jobs.dismiss(id);
      return {};
    },
    'people.suggest': (input) => store.read('people.suggest', input),
    async 'check.run'() {
      const job = jobs.start('check', '', 'letters', { canCancel: false });
      try {
        const report = await store.check();
        const rows = await store.read('profile.check');
        job.done();
        const problems = [
          ...report.problems.map(({ code, message }) => ({ code, message })),
          ...rows.problems,
        ];
        return { ok: problems.length === 0, messages: rows.messages, blobs: report.blobs, problems };
      } catch (failure) {
        job.failed(failure);
        throw failure;
      }
    },
  };
}
