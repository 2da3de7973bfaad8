/** The table of commands. A verb that is not here is not known; a capability is listed only when its verbs are. */
import type { Command } from './commands/command.ts';
import { sessionCommands } from './commands/session-commands.ts';

const COMMANDS: ReadonlyMap<string, Command> = new Map(
  [...sessionCommands].map((command) => [command.name, command]),
);

/** @param verb upper case, `UID FETCH` for a UID variant. */
export function commandNamed(verb: string): Command | undefined {
  return COMMANDS.get(verb);
}

export function hasCommand(verb: string): boolean {
  return COMMANDS.has(verb);
}
