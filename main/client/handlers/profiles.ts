/** Profiles of other people on this computer: the contract's names over what the host can do. */
import { Fault } from '../../base/errors.ts';
import type { Handlers } from '../../contract/door.ts';
import type { ProfileEntry } from '../../contract/mail/profiles.ts';

/** The list of profiles as a host keeps it; an engine knows only its own. */
export interface ProfilesHost {
  list(): Promise<ProfileEntry[]>;
  /** @throws Fault user `profile-exists`, `no-access` */
  add(name: string): Promise<ProfileEntry>;
  /** @throws Fault user `no-such-profile`, `profile-exists` */
  rename(id: string, name: string): Promise<void>;
  /** @throws Fault user `no-such-profile`, `profile-open`, `not-allowed` */
  remove(id: string): Promise<void>;
  /** @throws Fault user `no-such-profile` */
  start(id: string): Promise<void>;
  /** Opens its window; absent: this host cannot. */
  open?(id: string): Promise<void>;
}

type Served = Extract<keyof Handlers, `profiles.${string}`>;

export function profilesHandlers(host: ProfilesHost | undefined): Pick<Handlers, Served> {
  const known = (): ProfilesHost => {
    if (!host) throw new Fault('user', 'not-allowed', 'Profiles are not kept here.');
    return host;
  };
  return {
    async 'profiles.list'() {
      return { profiles: host ? await host.list() : [], canOpen: host?.open !== undefined };
    },
    'profiles.add': async ({ name }) => known().add(name),
    async 'profiles.rename'({ id, name }) {
      await known().rename(id, name);
      return {};
    },
    async 'profiles.remove'({ id }) {
      await known().remove(id);
      return {};
    },
    async 'profiles.start'({ id }) {
      await known().start(id);
      return {};
    },
    async 'profiles.open'({ id }) {
      const { open } = known();
      if (!open) throw new Fault('user', 'not-allowed', 'This host opens one profile only.');
      await open(id);
      return {};
    },
  };
}
