/** Finds the host this page runs in and keeps its door supplied with a port. */
import { Door } from './door.ts';
import { messagePort, webSocketPort } from './ports.ts';

declare global {
  interface Window {
    /** Set by the desktop shell's preload: asks for one more port, which arrives as a message. */
    postroom?: { connect(): void };
  }
}

/** Milliseconds between attempts to reach a lost engine: quick first, then calm. */
const RETRY_MS = [250, 500, 1000, 2000, 5000] as const;

function listenForPorts(door: Door): void {
  window.addEventListener('message', (event) => {
    const [port] = event.ports;
    if (event.source !== window || event.data !== 'postroom-port' || !port) return;
    door.attach(messagePort(port));
  });
}

function keepSocket(door: Door): void {
  const url = new URL('/door', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let failures = 0;
  const open = async () => {
    try {
      const port = await webSocketPort(url.href);
      failures = 0;
      door.attach(port);
      port.onClose(again);
    } catch {
      again();
    }
  };
  const again = () => {
    const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 5000;
    setTimeout(open, wait);
  };
  void open();
}

/** The door of this window. Requests may be made at once: they wait for the first port. */
export function connect(): Door {
  const door = new Door();
  listenForPorts(door);
  if (window.postroom) window.postroom.connect();
  else if (location.protocol === 'http:' || location.protocol === 'https:') keepSocket(door);
  return door;
}
