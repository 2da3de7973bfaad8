/**
 * The one thing a window gets from the shell: `postroom.connect()` asks for a port to the engine, which arrives as a message
 * of the window itself. Nothing of Electron and nothing of Node reaches the page.
 *
 * Built as one CommonJS file: a sandboxed preload can be nothing else.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { CONNECT_CHANNEL, PORT_CHANNEL, SHELL_CHANNEL } from './wire.ts';

/** The page that this script stands beside; the rest of the application has no window and no types of one. */
interface Page {
  postMessage(message: unknown, target: string, ports?: readonly unknown[]): void;
}
const page = globalThis as unknown as Page;

ipcRenderer.on(PORT_CHANNEL, (event) => {
  page.postMessage(PORT_CHANNEL, '*', event.ports);
});

ipcRenderer.on(SHELL_CHANNEL, (_event, message: unknown) => {
  page.postMessage(message, '*');
});

contextBridge.exposeInMainWorld('postroom', {
  connect: (): void => ipcRenderer.send(CONNECT_CHANNEL),
});
