/** Stands between a client and a server and ends the link after so many octets have passed, in either direction. */
import type net from 'node:net';
import { startLinkProxy } from './link-proxy.ts';

export interface OctetProxy {
  readonly port: number;
  /** Octets that still pass, both ways together; then the link is cut. Infinity: all. */
  left: number;
  /** Octets that have passed since this was set to 0. */
  passed: number;
  /** Packets for the client are no longer than this. */
  piece: number;
  /** Connections so far, and those that stand now. */
  readonly links: { made: number; open: number };
  /** What is done in place of cutting, once. */
  instead: (() => void) | null;
  close(): Promise<void>;
}

export async function startOctetProxy(port: number): Promise<OctetProxy> {
  const links = await startLinkProxy(port, ({ client, remote, end }) => {
    proxy.links.made += 1;
    proxy.links.open += 1;
    client.once('close', () => {
      proxy.links.open -= 1;
    });
    const pass = (from: net.Socket, to: net.Socket) => {
      from.on('data', (data: Buffer) => {
        const allowed = data.subarray(0, Math.min(data.length, proxy.left));
        proxy.left -= allowed.length;
        proxy.passed += allowed.length;
        for (let at = 0; at < allowed.length; at += proxy.piece)
          to.write(allowed.subarray(at, at + proxy.piece));
        if (proxy.left > 0) return;
        const { instead } = proxy;
        proxy.instead = null;
        if (instead) return instead();
        // What was let through still arrives.
        to.end(() => setImmediate(end));
        from.pause();
      });
    };
    pass(client, remote);
    pass(remote, client);
  });
  const proxy: OctetProxy = {
    port: links.port,
    left: Number.POSITIVE_INFINITY,
    passed: 0,
    piece: Number.POSITIVE_INFINITY,
    links: { made: 0, open: 0 },
    instead: null,
    close: () => links.close(),
  };
  return proxy;
}
