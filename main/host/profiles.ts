/**
 * The profiles of the people who use this computer: a list in the first profile's folder, the others in folders below it.
 *
 * It must never look into another profile than to ask whether a Postroom has it open, nor remove one that is open. The list
 * is written whole and put in place by renaming, so that it is never half there; a profile whose folder has gone is left out.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { Fault } from '../base/errors.ts';
import { MAX_PROFILES } from '../base/limits.ts';
import type { ProfilesHost } from '../client/handlers/profiles.ts';
import type { ProfileEntry } from '../contract/mail/profiles.ts';
import { inTurn, lockStore } from '../store/lock.ts';
import { makeDataFolder } from './data-folder.ts';

const LIST = 'profiles.json';
const FOLDER = 'profiles';
/** Held while the list is changed. */
const TURN = 'profiles.lock';
/** The first profile: the folder that holds the list. */
const FIRST = 'first';

const Stored = z.object({
  start: z.string().default(FIRST),
  profiles: z
    .array(z.object({ id: z.string().regex(/^[a-z0-9-]{1,64}$/), name: z.string().max(80) }))
    .max(MAX_PROFILES)
    .default([]),
});
type Stored = z.infer<typeof Stored>;

/** The folder that holds the list for this profile: its own, unless it stands below one that has a list. */
export function rootOf(profile: string): string {
  const folder = resolve(profile);
  const above = dirname(folder);
  const root = dirname(above);
  return basename(above) === FOLDER && existsSync(join(root, LIST)) ? root : folder;
}

function read(root: string): Stored {
  let text: string;
  try {
    text = readFileSync(join(root, LIST), 'utf8');
  } catch {
    // Nobody has added a profile yet.
    return { start: FIRST, profiles: [] };
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    data = {};
  }
  const stored = Stored.safeParse(data);
  // A list that nobody can read must not keep anybody from their mail.
  return stored.success ? stored.data : { start: FIRST, profiles: [] };
}

/** Reads, changes and writes the list while no other Postroom does: two at once would lose one's profile. */
async function change(root: string, work: (stored: Stored) => Stored): Promise<Stored> {
  await makeDataFolder(root);
  return inTurn(join(root, TURN), () => {
    const stored = work(read(root));
    const file = join(root, LIST);
    const fresh = `${file}.${randomBytes(4).toString('hex')}`;
    writeFileSync(fresh, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600 });
    renameSync(fresh, file);
    return stored;
  });
}

const folderOf = (root: string, id: string): string => (id === FIRST ? root : join(root, FOLDER, id));

/** The profile to open when nobody names one. @param root the platform's place */
export function startProfile(root: string): string {
  const { start } = read(root);
  const folder = folderOf(root, start);
  return start === FIRST || existsSync(folder) ? folder : root;
}

/** Has a Postroom the profile open? Tried by its own lock, which is given back at once. */
export function isOpen(folder: string): boolean {
  if (!existsSync(join(folder, 'lock.db'))) return false;
  try {
    lockStore(folder).close();
    return false;
  } catch (failure) {
    if (failure instanceof Fault && failure.code === 'store-in-use') return true;
    throw failure;
  }
}

const noSuchProfile = (id: string): Fault =>
  new Fault('user', 'no-such-profile', 'There is no such profile.', { detail: { id } });

export interface ProfilesOptions {
  /** Where the list is. */
  readonly root: string;
  /** The profile that asks; undefined: none (the command line). */
  readonly own?: string;
  /** Opens a profile's window. */
  readonly open?: (folder: string) => Promise<void>;
}

export function openProfiles({ root, own, open }: ProfilesOptions): ProfilesHost {
  const mine = own === undefined ? undefined : resolve(own);
  let turn: Promise<unknown> = Promise.resolve();
  /** One change at a time. */
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work, work);
    turn = next.catch(() => {});
    return next;
  };
  const entryOf = (stored: Stored, id: string, name: string): ProfileEntry => {
    const folder = folderOf(root, id);
    const isOwn = resolve(folder) === mine;
    return {
      id,
      name,
      folder,
      own: isOwn,
      open: isOwn || isOpen(folder),
      start: stored.start === id,
      first: id === FIRST,
    };
  };
  const all = (stored: Stored): { id: string; name: string }[] => {
    const first = stored.profiles.find(({ id }) => id === FIRST) ?? { id: FIRST, name: '' };
    const others = stored.profiles.filter(({ id }) => id !== FIRST && existsSync(folderOf(root, id)));
    return [first, ...others];
  };
  const find = (stored: Stored, id: string): { id: string; name: string } => {
    const found = all(stored).find((each) => each.id === id);
    if (!found) throw noSuchProfile(id);
    return found;
  };
  const free = (stored: Stored, name: string, except?: string): void => {
    const same = all(stored).find(
      (each) => each.id !== except && each.name.toLocaleLowerCase() === name.toLocaleLowerCase(),
    );
    if (same)
      throw new Fault('user', 'profile-exists', 'There is a profile of this name already.', {
        detail: { name },
      });
  };
  return {
    async list() {
      const stored = read(root);
      return all(stored).map(({ id, name }) => entryOf(stored, id, name));
    },
    add: (name) =>
      alone(async () => {
        const id = randomBytes(6).toString('hex');
        const more = (stored: Stored): Stored => {
          free(stored, name);
          if (stored.profiles.length >= MAX_PROFILES)
            throw new Fault('user', 'too-many-profiles', 'There are too many profiles on this computer.', {
              detail: { limit: MAX_PROFILES },
            });
          return { ...stored, profiles: [...stored.profiles, { id, name }] };
        };
        more(read(root));
        await makeDataFolder(folderOf(root, id));
        try {
          return entryOf(await change(root, more), id, name);
        } catch (failure) {
          await rm(folderOf(root, id), { recursive: true, force: true });
          throw failure;
        }
      }),
    rename: (id, name) =>
      alone(async () => {
        await change(root, (stored) => {
          find(stored, id);
          free(stored, name, id);
          const others = stored.profiles.filter((each) => each.id !== id);
          return { ...stored, profiles: [...others, { id, name }] };
        });
      }),
    remove: (id) =>
      alone(async () => {
        find(read(root), id);
        const folder = folderOf(root, id);
        if (id === FIRST) throw new Fault('user', 'not-allowed', 'The first profile cannot be removed.');
        if (resolve(folder) === mine || isOpen(folder))
          throw new Fault('user', 'profile-open', 'This profile is open in another window.', {
            detail: { id },
          });
        // Off the list first: a removal that is cut off leaves a folder, not a profile with half its letters.
        await change(root, (stored) => ({
          start: stored.start === id ? FIRST : stored.start,
          profiles: stored.profiles.filter((each) => each.id !== id),
        }));
        const going = `${folder}.removed`;
        await rm(going, { recursive: true, force: true });
        await rename(folder, going);
        await rm(going, { recursive: true, force: true, maxRetries: 3 });
      }),
    start: (id) =>
      alone(async () => {
        await change(root, (stored) => {
          find(stored, id);
          return { ...stored, start: id };
        });
      }),
    ...(open
      ? {
          async open(id: string) {
            find(read(root), id);
            const folder = folderOf(root, id);
            await mkdir(folder, { recursive: true, mode: 0o700 });
            await open(folder);
          },
        }
      : {}),
  };
}
