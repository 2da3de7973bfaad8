/** Which lines of the tree are closed; remembered on this computer. */
import { create } from 'zustand';

const KEY = 'postroom.tree.collapsed';

interface TreeState {
  collapsed: ReadonlySet<string>;
  showHidden: boolean;
}

function stored(): ReadonlySet<string> {
  try {
    const keys: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return new Set(Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []);
  } catch {
    // Storage is off or holds something else: every folder is open, as on the first day.
    return new Set();
  }
}

export const useTreeState = create<TreeState>(() => ({ collapsed: stored(), showHidden: false }));

export function collapse(key: string, closed: boolean): void {
  const collapsed = new Set(useTreeState.getState().collapsed);
  if (closed) collapsed.add(key);
  else collapsed.delete(key);
  useTreeState.setState({ collapsed });
  try {
    localStorage.setItem(KEY, JSON.stringify([...collapsed]));
  } catch {
    // Remembered for this window only.
  }
}
