import { type Command, printedKeys } from '../../state/commands.ts';
import type { MenuAction } from '../../ui/menu.tsx';

/** Commands as menu lines, in the order given; those that are not there now are left out. */
export function commandEntries(commands: ReadonlyMap<string, Command>, ids: readonly string[]): MenuAction[] {
  const entries: MenuAction[] = [];
  for (const id of ids) {
    const command = commands.get(id);
    if (!command) continue;
    entries.push({
      id,
      label: command.label,
      icon: command.icon,
      keys: printedKeys(command),
      reason: command.reason,
      ...(command.checked === undefined ? {} : { checked: command.checked }),
      run: command.run,
    });
  }
  return entries;
}
