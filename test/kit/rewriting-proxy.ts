/** Stands between a client and a server without TLS and changes what the server says; what the client says is kept. */
import net from 'node:net';

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
  const sockets = new Set<net.Socket>();
  let said = '';
  let holding: { form: RegExp; caught(): void; free: Promise<void> } | null = null;
  const server = net.createServer((client) => {
    const remote = net.connect(port, '127.0.0.1');
    const end = () => {
      client.destroy();
      remote.destroy();
    };
    for (const socket of [client, remote]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    said: () => said,
    hold(form) {
      const caught = Promise.withResolvers<void>();
      const free = Promise.withResolvers<void>();
      holding = { form, caught: caught.resolve, free: free.promise };
      return { held: caught.promise, release: free.resolve };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
