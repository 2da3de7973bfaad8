/** Theme, text size and density on <html>. `system` follows the system, also while the window is open. */
import { useSyncExternalStore } from 'react';
import type { Settings } from '../../main/contract/mail/profile.ts';

let chosen: Settings['theme'] = 'system';

function resolve(theme: Settings['theme']): 'light' | 'dark' | 'contrast' {
  if (theme !== 'system') return theme;
  if (matchMedia('(prefers-contrast: more)').matches) return 'contrast';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

const root = () => document.documentElement;

const listeners = new Set<() => void>();

function follow(): void {
  root().dataset['theme'] = resolve(chosen);
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The theme in force: a letter's frame is drawn for it, and anew when the system changes it. */
export function useTheme(): 'light' | 'dark' | 'contrast' {
  return useSyncExternalStore(listen, () => resolve(chosen));
}

export function applyAppearance(settings: Pick<Settings, 'theme' | 'textSize' | 'density'>): void {
  chosen = settings.theme;
  follow();
  // 16 px is every browser's 100 %; tokens.css is written in rem.
  root().style.fontSize = `${(16 * settings.textSize) / 100}px`;
  root().dataset['density'] = settings.density;
}

/** Before the settings are known: what the system says. */
export function startAppearance(): void {
  follow();
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
    matchMedia(query).addEventListener('change', follow);
  }
}
