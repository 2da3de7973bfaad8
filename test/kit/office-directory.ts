/** The office's program with directory, guard and authenticator on it, in a throw-away folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Clock, systemClock } from '../../main/base/clock.ts';
import { silentLog } from '../../main/base/log.ts';
import type { DirectoryAdmin } from '../../main/server/directory/admin.ts';
import type { SignInContext } from '../../main/server/directory/authenticator.ts';
import { openAdmin } from '../../main/server/directory/office-admin.ts';
import { type OfficeDirectory, openDirectory } from '../../main/server/directory/office-directory.ts';
import { openSecretBox, type SecretBox } from '../../main/server/directory/secret-box.ts';
import { type OfficeAuthenticator, openAuthenticator } from '../../main/server/directory/sign-in.ts';
import { programModule } from '../../main/server/entries.ts';
import type { Guard } from '../../main/server/guard/guard.ts';
import { openGuard } from '../../main/server/guard/office-guard.ts';
import { DEFAULT_GUARD_POLICY, type GuardPolicy } from '../../main/server/guard/policy.ts';
import type { OfficeProgram, OfficeStore } from '../../main/server/program.ts';
import { openStore } from '../../main/store/store.ts';

export interface Office {
  readonly dir: string;
  readonly store: OfficeStore;
  readonly directory: OfficeDirectory;
  readonly admin: DirectoryAdmin;
  readonly guard: Guard;
  readonly box: SecretBox;
  readonly authenticator: OfficeAuthenticator;
}

export interface OfficeOptions {
  readonly dir?: string;
  readonly clock?: Clock;
  readonly policy?: Partial<GuardPolicy>;
}

export const DOMAIN = 'comp3.otd2.constr.org';

export function officeFolder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-office-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** An office with one domain and nobody in it. */
export async function openTestOffice(t: TestContext, options: OfficeOptions = {}): Promise<Office> {
  const dir = options.dir ?? officeFolder(t);
  const clock = options.clock ?? systemClock;
  const store = await openStore<OfficeProgram>({ dir, program: programModule, log: silentLog, readers: 1 });
  t.after(() => store.close());
  const policy = { ...DEFAULT_GUARD_POLICY, ...options.policy };
  const box = await openSecretBox(dir);
  const directory = openDirectory(store);
  const guard = await openGuard({ store, clock, log: silentLog, policy: () => policy });
  const admin = openAdmin(store, directory, box);
  const authenticator = openAuthenticator({ store, directory, guard, box, clock, log: silentLog });
  if ((await admin.domains()).length === 0) {
    await admin.addDomain(DOMAIN);
    await admin.setOffice({ name: 'Department 2', hostname: DOMAIN });
  }
  return { dir, store, directory, admin, guard, box, authenticator };
}

export const secureContext: SignInContext = {
  service: 'imap',
  ip: '192.0.2.7',
  encrypted: true,
  hostname: DOMAIN,
};
