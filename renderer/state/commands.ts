/**
 * Everything the window can be told to do, in one registry: the command bar, the menus, the palette, the
 * tooltips and the keyboard all read it. A view registers its commands while it is mounted; two views never
 * register the same id at once (the later one wins and gives it back).
 *
 * Its keys stand in shortcuts.ts, by its id. A command says where they work by the nearest `data-scope` ancestor of the focus:
 * `list`, `tree`, `reader` (together "mail"), `composer`, `dialog`, `search`, `page`. Single keys never work
 * in fields. A command that cannot work now gives a reason instead of hiding.
 */
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import { belongsToFields, chordOf, isMac, keyLabel } from './keys.ts';
import { keysOf } from './shortcuts.ts';

export type Scope = 'list' | 'tree' | 'reader' | 'search' | 'composer' | 'dialog' | 'page';
export const MAIL: readonly Scope[] = ['list', 'tree', 'reader'];

export type CommandGroup =
  | 'message'
  | 'write'
  | 'list'
  | 'go'
  | 'view'
  | 'folder'
  | 'application'
  | 'composer';

export interface Command {
  /** "message.archive" */
  id: string;
  /** In the language of the moment. */
  label: string;
  group: CommandGroup;
  /** Where the keys work; absent: everywhere but in dialogs and composers. "anywhere": really everywhere. */
  where?: readonly Scope[] | 'anywhere';
  icon?: ReactNode;
  /** Why it cannot be done now; undefined: it can. */
  reason?: string | undefined;
  /** A switch's state. */
  checked?: boolean;
  /** Not offered in the palette (arrow keys and the like). */
  hidden?: boolean;
  run: () => void;
}

interface CommandState {
  commands: ReadonlyMap<string, Command>;
  /** Single keys (N, E, J ...) can be switched off. */
  singleKeys: boolean;
}

const owners = new Map<string, Command[]>();

export const useCommandState = create<CommandState>(() => ({ commands: new Map(), singleKeys: true }));

function publish(): void {
  const commands = new Map<string, Command>();
  for (const [id, stack] of owners) {
    const top = stack.at(-1);
    if (top) commands.set(id, top);
  }
  useCommandState.setState({ commands });
}

/** Registers commands until the returned function is called. */
export function registerCommands(commands: readonly Command[]): () => void {
  for (const command of commands) owners.set(command.id, [...(owners.get(command.id) ?? []), command]);
  publish();
  return () => {
    for (const command of commands) {
      owners.set(
        command.id,
        (owners.get(command.id) ?? []).filter((other) => other !== command),
      );
    }
    publish();
  };
}

/**
 * Registers the commands of a component while it is mounted. They are published anew only when what is shown
 * changes (`stamp`, default: labels, reasons and states); `run` is always the newest.
 */
export function useCommands(commands: readonly Command[]): void {
  const newest = useRef(commands);
  newest.current = commands;
  const stamp = commands
    .map((c) => [c.id, c.label, c.reason, c.checked, c.where].join('\u0001'))
    .join('\u0002');
  useEffect(() => registerCommands(newestOf(newest, stamp)), [stamp]);
}

/** The commands as the stamp saw them, each doing what its newest namesake does. */
function newestOf(newest: { current: readonly Command[] }, stamp: string): Command[] {
  const run = (id: string) => () => newest.current.find((other) => other.id === id)?.run();
  return stamp === '' ? [] : newest.current.map((command) => ({ ...command, run: run(command.id) }));
}

/** A command of the moment, to draw a button for it. */
export function useCommand(id: string): Command | undefined {
  return useCommandState((state) => state.commands.get(id));
}

/** Does it, unless it cannot be done now. Says whether it was done. */
export function runCommand(id: string): boolean {
  const command = useCommandState.getState().commands.get(id);
  if (!command || command.reason) return false;
  command.run();
  return true;
}

/** The first key of a command as menus print it. */
export function printedKeys(command: Command | undefined): string | undefined {
  const [first] = command ? keysOf(command.id) : [];
  return first ? keyLabel(first, isMac) : undefined;
}

function isField(target: Element | null): boolean {
  if (!target) return false;
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  if (target instanceof HTMLInputElement)
    return !/^(checkbox|radio|button|submit|range|file)$/.test(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function scopeOf(target: Element | null): string | undefined {
  return target?.closest<HTMLElement>('[data-scope]')?.dataset['scope'];
}

function worksIn(command: Command, scope: string | undefined): boolean {
  if (command.where === 'anywhere') return true;
  if (scope === 'dialog' || scope === 'composer') return command.where?.includes(scope) ?? false;
  if (!command.where) return true;
  return scope === undefined
    ? command.where.some((s) => MAIL.includes(s))
    : command.where.some((s) => s === scope);
}

/** Longer than this nobody types into a letter that does not open, ms. */
const HOLD_MS = 3000;
/** What writes or takes back what was written. */
const WRITES = /^(Shift\+)?(.|Space|Backspace|Delete)$/;
let held = 0;

/**
 * A letter to write in is on its way from the engine: a quick hand types already, and must not archive by its "e" what
 * stands in the list. Such keys do nothing until the returned function is called, for HOLD_MS at most.
 */
export function holdTyping(): () => void {
  held++;
  let over = false;
  const release = () => {
    if (!over) held--;
    over = true;
    clearTimeout(timer);
  };
  const timer = setTimeout(release, HOLD_MS);
  return release;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const chord = chordOf(event, isMac);
  if (!chord) return;
  const target = event.target instanceof Element ? event.target : null;
  const single = !/^(Ctrl|Alt)\+/.test(chord) && /^(Shift\+)?.$/.test(chord);
  const state = useCommandState.getState();
  if (single && !state.singleKeys) return;
  if (target?.closest('[role="menu"], [role="listbox"][data-overlay]')) return;
  // Space and Enter press the button they stand on.
  if (/^(Shift\+)?(Space|Enter)$/.test(chord) && target?.closest('button, a, summary, [role="button"]'))
    return;
  const scope = scopeOf(target);
  const field = isField(target);
  if (held > 0 && !field && WRITES.test(chord)) {
    event.preventDefault();
    return;
  }
  if (field && (single || (belongsToFields(chord) && scope !== 'composer'))) return;
  const matching = [...state.commands.values()].filter(
    (command) => keysOf(command.id).includes(chord) && worksIn(command, scope),
  );
  if (matching.length === 0) return;
  event.preventDefault();
  event.stopPropagation();
  // Holding a key down acts once: nobody wants to delete a folder's worth of letters by resting a finger.
  // Two commands may share a key as long as only one of them can work at a time.
  if (!event.repeat) matching.find((command) => !command.reason)?.run();
}

/** Starts listening for keys; called once by the window. */
export function listenForKeys(): () => void {
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}
