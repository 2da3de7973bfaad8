/** The links of a proxy on loopback: what passes between the two ends is the caller's. Either end that goes takes the other with it. */
import net from 'node:net';

export interface Link {
  readonly client: net.Socket;
  readonly remote: net.Socket;
  /** Ends both at once. */
  end(): void;
}

export interface LinkProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** @param port of the server on loopback; @param join of what is said on a new link */
export async function startLinkProxy(port: number, join: (link: Link) => void): Promise<LinkProxy> {
  const sockets = new Set<net.Socket>();
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
    join({ client, remote, end });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
