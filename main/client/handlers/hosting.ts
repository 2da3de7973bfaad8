/**
 * The office server's switches: contract -> whoever runs its process. The settings are what a person wants, the
 * state is what is; this file carries the one to the other and tells windows of both.
 */
import { Fault } from '../../base/errors.ts';
import type { EngineEvent, Handlers } from '../../contract/door.ts';
import type { HostingState } from '../../contract/mail/hosting.ts';
import type { Settings } from '../../contract/mail/profile.ts';
import { NO_OFFICE, type OfficeHost } from '../hosting.ts';

export interface HostingDeps {
  readonly office: OfficeHost | undefined;
  settings(): Promise<Settings>;
  change(settings: Partial<Settings>): Promise<Settings>;
  emit(event: EngineEvent): void;
  onFailure(failure: unknown): void;
}

export interface Hosting {
  readonly handlers: Pick<Handlers, Extract<keyof Handlers, `hosting.${string}`>>;
  /** Carries the settings to the office's process; also at the start. */
  apply(): Promise<void>;
  close(): void;
}

export function openHosting(deps: HostingDeps): Hosting {
  const { office } = deps;
  let restarts = 0;
  const tell = (state: HostingState): void => {
    deps.emit({ name: 'hosting.changed', data: state });
    const note = (level: 'warning' | 'error', code: string) =>
      deps.emit({ name: 'notice', data: { level, code, detail: { name: state.office?.name ?? '' } } });
    // The status bar keeps it until it is read: an office that stumbles at night is seen in the morning.
    if (state.restarts > restarts) note('warning', 'office-restarted');
    if (state.problem?.code === 'office-lost') note('error', 'office-lost');
    restarts = state.restarts;
  };
  const stop = office?.changed.on(tell);
  const served = (): OfficeHost => {
    if (office) return office;
    throw new Fault('user', 'no-hosting', 'An office can be run by the desktop program only.');
  };
  const apply = async (): Promise<HostingState> => {
    const { hostOffice: on, shareOffice: sharing } = await deps.settings();
    return served().order({ do: 'apply', on, sharing });
  };
  return {
    handlers: {
      'hosting.state': async () => (office ? office.order({ do: 'look' }) : NO_OFFICE),
      async 'hosting.setUp'(setup) {
        await served().order({ do: 'prepare', setup });
        await deps.change({ hostOffice: true });
        return apply();
      },
      'hosting.again': async ({ ports }) => served().order({ do: 'again', ports }),
    },
    async apply() {
      if (!office) return;
      await apply().catch(deps.onFailure);
    },
    close: () => stop?.(),
  };
}
