/**
 * What a person writes with: identities, signatures, templates, snippets. Filled after every (re)connection, then kept up
 * by events; the engine alone fills their fields and chooses among them.
 */
import { create } from 'zustand';
import type { Identity } from '../../main/contract/mail/identities.ts';
import type { Signature, Snippet, Template } from '../../main/contract/mail/signatures.ts';
import { engine } from './engine.ts';

export interface Writing {
  identities: readonly Identity[];
  signatures: readonly Signature[];
  templates: readonly Template[];
  snippets: readonly Snippet[];
}

export const useWriting = create<Writing>(() => ({
  identities: [],
  signatures: [],
  templates: [],
  snippets: [],
}));

const set = useWriting.setState;

async function load(): Promise<void> {
  const door = engine();
  const [identities, signatures, templates, snippets] = await Promise.all([
    door.request('identities.list', {}),
    door.request('signatures.list', {}),
    door.request('templates.list', {}),
    door.request('snippets.list', {}),
  ]);
  set({ identities, signatures, templates, snippets });
}

/** Begins to listen; called once by the window, after the session. */
export function startWriting(): void {
  const door = engine();
  // A door that is lost meanwhile is opened again, and this with it.
  const again = () => void load().catch(() => undefined);
  door.onState((state) => {
    if (state === 'open') again();
  });
  if (door.state === 'open') again();
  door.on('identities.changed', (identities) => set({ identities }));
  door.on('signatures.changed', (signatures) => set({ signatures }));
  door.on('templates.changed', (templates) => set({ templates }));
  door.on('snippets.changed', (snippets) => set({ snippets }));
}

/** Asks now: an event may still be on its way when a page shows what was just changed. */
export const refreshWriting = load;

const fold = (keyword: string) => keyword.toLocaleLowerCase().replaceAll('ё', 'е');

export function hasSnippet(keyword: string): boolean {
  return useWriting.getState().snippets.some((each) => fold(each.keyword) === fold(keyword));
}

/** How an identity is called where there are several. */
export function identityName({ name, address, label }: Pick<Identity, 'name' | 'address' | 'label'>): string {
  const who = name ? `${name} <${address}>` : address;
  return label ? `${who}, ${label}` : who;
}
