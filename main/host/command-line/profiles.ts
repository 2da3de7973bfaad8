/** Commands on the profiles of this computer. They open none of them: `--profile` names the folder that holds the list. */

import type { ProfilesHost } from '../../client/handlers/profiles.ts';
import type { ProfileEntry } from '../../contract/mail/profiles.ts';
import { openProfiles, rootOf } from '../profiles.ts';
import type { Arguments } from './arguments.ts';
import { CommandError, UsageError } from './arguments.ts';

export const PROFILE_COMMANDS: Readonly<
  Record<string, (host: ProfilesHost, args: Arguments) => Promise<unknown>>
> = {
  'profiles list': (host) => host.list(),
  'profiles add': (host, { words }) => host.add(nameOf(words[0])),
  async 'profiles rename'(host, { words }) {
    const { id } = await named(host, words[0]);
    await host.rename(id, nameOf(words[1]));
    return find(host, id);
  },
  async 'profiles remove'(host, { words }) {
    const { id, name } = await named(host, words[0]);
    await host.remove(id);
    return { removed: id, name };
  },
  async 'profiles start'(host, { words }) {
    const { id } = await named(host, words[0]);
    await host.start(id);
    return find(host, id);
  },
};

function nameOf(word: string | undefined): string {
  const name = word?.trim() ?? '';
  if (name === '' || name.length > 80) throw new UsageError((words) => words.profileName);
  return name;
}

async function find(host: ProfilesHost, id: string): Promise<ProfileEntry | undefined> {
  return (await host.list()).find((each) => each.id === id);
}

/** By its id, its name or its folder. */
async function named(host: ProfilesHost, word: string | undefined): Promise<ProfileEntry> {
  if (word === undefined) throw new UsageError((words) => words.profileName);
  const all = await host.list();
  const found =
    all.find(({ id, folder }) => id === word || folder === word) ??
    all.find(({ name }) => name.toLocaleLowerCase() === word.toLocaleLowerCase());
  if (!found) throw new CommandError((words) => words.noProfile(word));
  return found;
}

const line = ({ id, name, folder, open, start }: ProfileEntry): string =>
  [id, name || '-', open ? 'open' : '', start ? 'start' : '', folder].join('\t');

/** Runs one of them and prints what came of it. */
export async function runProfiles(args: Arguments, dir: string): Promise<void> {
  const command = PROFILE_COMMANDS[args.command];
  if (!command) throw new UsageError((words) => words.noCommand(args.command));
  const result = await command(openProfiles({ root: rootOf(dir) }), args);
  const text = args.json
    ? JSON.stringify(result)
    : Array.isArray(result)
      ? result.map((each: ProfileEntry) => line(each)).join('\n')
      : 'folder' in (result as object)
        ? line(result as ProfileEntry)
        : JSON.stringify(result);
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(`${text}\n`, (failure) => (failure ? reject(failure) : resolve()));
  });
}
