/** A real profile in a temporary folder, asked through the contract as a window asks. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openProfile, type Profile, type ProfileOptions } from '../../../main/client/profile.ts';
import type { EntryName, Input, Output } from '../../../main/contract/contract.ts';
import { callHandler, type EngineEvent } from '../../../main/contract/door.ts';
import type { View, ViewInput } from '../../../main/contract/mail/views.ts';

export interface TestProfile {
  readonly dir: string;
  readonly profile: Profile;
  readonly events: EngineEvent[];
  call<N extends EntryName>(
    name: N,
    input: Input<N>,
    chunk?: (bytes: Uint8Array) => void,
  ): Promise<Output<N>>;
  /** Folder id by its path in the local account. */
  folder(path: string): Promise<number>;
  /** Puts letters into a folder of the local account, in order; ids. */
  put(path: string, ...letters: string[]): Promise<number[]>;
  /** Rows of a whole folder, newest first. */
  rows(path: string, view?: Partial<View>): Promise<Output<'messages.window'>['rows']>;
}

const noSecrets = {
  get: async () => null,
  set: async () => {},
  remove: async () => {},
};

export async function openTestProfile(
  t: TestContext,
  options: Partial<ProfileOptions> = {},
): Promise<TestProfile> {
  const base = await mkdtemp(join(tmpdir(), 'postroom-profile-'));
  const dir = join(base, 'profile');
  const services = { kind: 'browser', secrets: noSecrets, frameBase: () => 'http://frames.test' } as const;
  const profile = await openProfile({ dir, services, ...options });
  const events: EngineEvent[] = [];
  profile.events((event) => events.push(event));
  t.after(async () => {
    await profile.close();
    await rm(base, { recursive: true, force: true });
  });
  const call: TestProfile['call'] = (name, input, chunk = () => {}) =>
    callHandler(profile.handlers, name, input, { signal: new AbortController().signal, chunk });
  const folder = async (path: string): Promise<number> => {
    const account = await profile.store.write('folders.ensureLocal');
    return profile.store.write('folders.ensurePath', { account, path });
  };
  return {
    dir: base,
    profile,
    events,
    call,
    folder,
    async put(path, ...letters) {
      const id = await folder(path);
      const made = await profile.pool.call('ingestMany', {
        letters: letters.map((letter) => new TextEncoder().encode(letter)),
      });
      const written = await profile.store.write('messages.insert', {
        unique: false,
        letters: made.map(({ facts, blob: prepared }) => ({
          folder: id,
          uid: null,
          received: Date.UTC(2026, 10, 1),
          flags: 0,
          keywords: [],
          facts,
          prepared,
        })),
      });
      return written.map((each) => each?.id ?? 0);
    },
    async rows(path, view = {}) {
      const whole: ViewInput = { scope: { in: 'folder', folder: await folder(path) }, ...view };
      return (await call('messages.window', { view: whole, from: 0, count: 500 })).rows;
    },
  };
}

let serial = 0;

/** An ordinary letter; every one is another. */
export function letter(
  fields: {
    subject?: string;
    from?: string;
    to?: string;
    id?: string;
    re?: string;
    date?: string;
    text?: string;
  } = {},
): string {
  serial++;
  const lines = [
    `From: ${fields.from ?? 'Irina <irina@north.example>'}`,
    `To: ${fields.to ?? 'me@constr.example'}`,
    `Subject: ${fields.subject ?? `Letter ${serial}`}`,
    `Message-ID: <${fields.id ?? `m${serial}@test.example`}>`,
    `Date: ${fields.date ?? new Date(Date.UTC(2026, 9, 1) + serial * 60_000).toUTCString()}`,
  ];
  if (fields.re) lines.push(`In-Reply-To: <${fields.re}>`, `References: <${fields.re}>`);
  return `${lines.join('\r\n')}\r\n\r\n${fields.text ?? `Text ${serial}`}\r\n`;
}
