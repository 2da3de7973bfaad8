/** Runs one command on an opened profile. */

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { toFault } from '../../base/errors.ts';
import { openProfile } from '../../client/profile.ts';
import { openVault } from '../../client/security/vault.ts';
import { dataFolder } from '../data-folder.ts';
import { openLogFile } from '../log-file.ts';
import { accountAdd, accountList, accountRemove, send, sync } from './accounts.ts';
import { type Arguments, HELP, readArguments, UsageError } from './arguments.ts';
import { attachment, list, mark, move, raw, remove, search, show } from './letters.ts';
import { openSession, type Session } from './session.ts';
import { bringIn, check, folders, takeOut } from './transfer.ts';

const COMMANDS: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'account add': accountAdd,
  'account list': accountList,
  'account remove': accountRemove,
  sync,
  folders,
  list,
  show,
  attachment,
  raw,
  search,
  flag: (session) => mark(session, true),
  unflag: (session) => mark(session, false),
  move,
  delete: remove,
  import: bringIn,
  export: takeOut,
  send,
  check,
};

async function run(args: Arguments): Promise<number> {
  const command = Object.hasOwn(COMMANDS, args.command) ? COMMANDS[args.command] : undefined;
  if (!command)
    throw new UsageError(
      args.command === '' ? 'a command is missing' : `there is no command "${args.command}"`,
    );
  const dir = resolve(args.profile ?? dataFolder());
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const logFile = openLogFile(join(dir, 'log'));
  try {
    const services = { kind: 'command-line', secrets: await openVault(dir), frameBase: () => '' } as const;
    const profile = await openProfile({ dir, services, log: logFile.log, background: false });
    try {
      const session = openSession(profile, args);
      await command(session);
      return session.exitCode();
    } finally {
      await profile.close();
    }
  } finally {
    await logFile.close();
  }
}

/** @returns the exit code */
export async function postroom(argv: readonly string[]): Promise<number> {
  try {
    const args = readArguments(argv);
    if (args.help || args.command === 'help') {
      process.stdout.write(HELP);
      return 0;
    }
    return await run(args);
  } catch (failure) {
    if (failure instanceof UsageError) {
      process.stderr.write(`postroom: ${failure.message}\nTry: postroom --help\n`);
      return 2;
    }
    const fault = toFault(failure);
    const path = typeof fault.detail?.['path'] === 'string' ? ` (${fault.detail['path']})` : '';
    process.stderr.write(`postroom: ${fault.message}${path}\n`);
    return 1;
  }
}
