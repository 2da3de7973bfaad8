/** The table of commands. A verb that is not here is not known; a capability is listed only when its verbs are. */
import { appendCommands } from './commands/append.ts';
import type { Command } from './commands/command.ts';
import { copyCommands } from './commands/copy.ts';
import { enableCommands } from './commands/enable.ts';
import { expungeCommands } from './commands/expunge.ts';
import { fetchCommands } from './commands/fetch.ts';
import { idleCommands } from './commands/idle.ts';
import { listCommands } from './commands/list.ts';
import { mailboxCommands } from './commands/mailboxes.ts';
import { notifyCommands } from './commands/notify.ts';
import { quotaCommands } from './commands/quota.ts';
import { searchCommands } from './commands/search.ts';
import { selectCommands } from './commands/select.ts';
import { sessionCommands } from './commands/session-commands.ts';
import { signInCommands } from './commands/sign-in.ts';
import { statusCommands } from './commands/status.ts';
import { storeCommands } from './commands/store.ts';

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [
    ...sessionCommands,
    ...signInCommands,
    ...enableCommands,
    ...mailboxCommands,
    ...listCommands,
    ...statusCommands,
    ...selectCommands,
    ...idleCommands,
    ...quotaCommands,
    ...notifyCommands,
    ...fetchCommands,
    ...storeCommands,
    ...copyCommands,
    ...expungeCommands,
    ...appendCommands,
    ...searchCommands,
  ].map((command) => [command.name, command]),
);

/** @param verb upper case, `UID FETCH` for a UID variant. */
export function commandNamed(verb: string): Command | undefined {
  return COMMANDS.get(verb);
}

export function hasCommand(verb: string): boolean {
  return COMMANDS.has(verb);
}
