/**
 * The command line: the same engine and the same contract as the window, one command at a time. With --json standard output
 * is one JSON value and nothing else; sentences go to standard error. Exit codes: 0 done, 1 failed, 2 wrong usage.
 */

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toFault } from '../base/errors.ts';
import { openProfile } from '../client/profile.ts';
import { openVault } from '../client/security/vault.ts';
import { accountAdd, accountList, accountRemove, send, sync } from './command-line/accounts.ts';
import { type Arguments, HELP, readArguments, UsageError } from './command-line/arguments.ts';
import { attachment, list, mark, move, raw, remove, search, show } from './command-line/letters.ts';
import { openSession, type Session } from './command-line/session.ts';
import { bringIn, check, folders, takeOut } from './command-line/transfer.ts';
import { dataFolder } from './data-folder.ts';
import { openLogFile } from './log-file.ts';

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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await postroom(process.argv.slice(2));
}
