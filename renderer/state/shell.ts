/** What the desktop shell tells the window: menu commands, addresses to write to, a letter that a notification named. */
import { runCommand } from './commands.ts';
import { compose } from './compose.ts';
import { closeSearch, go } from './place.ts';

/** The same shapes as in the shell's own list; anything else that arrives as a message is not for us. */
type ShellMessage =
  | { postroom: 'command'; id: string }
  | { postroom: 'mailto'; url: string }
  | { postroom: 'letter' | 'reply'; id: number; folder: number };

function shellMessage(data: unknown): ShellMessage | null {
  if (typeof data !== 'object' || data === null || !('postroom' in data)) return null;
  const { postroom, id, url, folder } = data as Record<string, unknown>;
  if (postroom === 'command' && typeof id === 'string') return { postroom, id };
  if (postroom === 'mailto' && typeof url === 'string') return { postroom, url };
  if ((postroom !== 'letter' && postroom !== 'reply') || typeof id !== 'number' || typeof folder !== 'number')
    return null;
  return { postroom, id, folder };
}

/** Opens a letter in its folder, wherever the window stands. */
export function showLetter({ id, folder }: { id: number; folder: number }): void {
  closeSearch();
  go({
    section: 'mail',
    outbox: null,
    view: { scope: { in: 'folder', folder } },
    letter: id,
    letterOpen: true,
  });
}

/** Starts listening; called once by the window. A browser has no shell and sends nothing. */
export function listenToShell(): void {
  window.addEventListener('message', (event) => {
    // Only the preload speaks with the window's own voice; a letter's frame has another.
    if (event.source !== window) return;
    const message = shellMessage(event.data);
    if (message?.postroom === 'command') runCommand(message.id);
    else if (message?.postroom === 'mailto') {
      compose({ open: 'create', input: { kind: 'new', mailto: message.url } });
    } else if (message?.postroom === 'letter' || message?.postroom === 'reply') {
      showLetter(message);
      if (message.postroom === 'reply') {
        compose({ open: 'create', input: { kind: 'reply', of: [message.id] } });
      }
    }
  });
}
