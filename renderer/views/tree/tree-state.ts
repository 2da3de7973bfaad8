/** Which lines of the tree are closed; the profile remembers it. */
import { create } from 'zustand';
import { sayFailure } from '../../state/actions.ts';
import { changeSettings, useSession } from '../../state/session.ts';

interface TreeState {
  showHidden: boolean;
}

export const useTreeState = create<TreeState>(() => ({ showHidden: false }));

const NONE: readonly string[] = [];

export function useCollapsed(): readonly string[] {
  return useSession((state) => state.settings?.treeCollapsed ?? NONE);
}

/** Lines that are remembered as closed; more than a person has. */
const KEPT = 2000;

export function collapse(key: string, closed: boolean): void {
  const present = useSession.getState().settings?.treeCollapsed ?? NONE;
  if (present.includes(key) === closed) return;
  const treeCollapsed = closed ? [...present, key].slice(-KEPT) : present.filter((other) => other !== key);
  changeSettings({ treeCollapsed }).catch(sayFailure);
}
