/** Stands between a client and a server without TLS and changes what the server says; what the client says is kept. */
import { startLinkProxy } from './link-proxy.ts';

export interface RewritingProxy {
  readonly port: number;
  /** Everything that clients said. */
  said(): string;
  /** Keeps back, once, what a client says in a piece of this form and whatever it says after it. */
  hold(form: RegExp): { held: Promise<void>; release(): void };
  close(): Promise<void>;
}

/** @param rewrite of one piece of the server's words, octet by octet as latin1 */
export async function startRewritingProxy(
  port: number,
  rewrite: (piece: string) => string,
): Promise<RewritingProxy> {
  let said = '';
  let holding: { form: RegExp; caught(): void; free: Promise<void> } | null = null;
  const links = await startLinkProxy(port, ({ client, remote }) => {
    let free: Promise<void> | null = null;
    client.on('data', (data) => {
      const piece = data.toString('latin1');
      said += piece;
      if (holding?.form.test(piece)) {
        free = holding.free;
        holding.caught();
        holding = null;
      }
      if (free) free = free.then(() => void remote.write(data));
      else remote.write(data);
    });
    // Whole lines, so that nothing to be changed stands on both sides of a cut.
    let rest = '';
    remote.on('data', (data) => {
      rest += data.toString('latin1');
      const end = rest.lastIndexOf('\n') + 1;
      client.write(Buffer.from(rewrite(rest.slice(0, end)), 'latin1'));
      rest = rest.slice(end);
    });
  });
  return {
    port: links.port,
    said: () => said,
    hold(form) {
      const caught = Promise.withResolvers<void>();
      const free = Promise.withResolvers<void>();
      holding = { form, caught: caught.resolve, free: free.promise };
      return { held: caught.promise, release: free.resolve };
    },
    close: () => links.close(),
  };
}
