/** A line-by-line server for what no honest server does: the script answers each line, or cuts the line. */
import net, { type AddressInfo, type Socket } from 'node:net';
import { LineReader } from '../../main/base/lines.ts';

export interface Script {
  /** Sent at once; null: silence. */
  greeting: string | null;
  /** The reply to one line (without CRLF); null: none; 'cut': the connection is destroyed. */
  answer(line: string, socket: Socket): string | null | Promise<string | null>;
}

export interface ScriptedServer {
  readonly port: number;
  readonly lines: string[];
  close(): Promise<void>;
}

export async function startScriptedServer(script: () => Script): Promise<ScriptedServer> {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    const { greeting, answer } = script();
    const reader = new LineReader(1024 * 1024);
    let queue = Promise.resolve();
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    if (greeting !== null) socket.write(`${greeting}\r\n`);
    socket.on('data', (chunk) => {
      for (const line of reader.push(chunk)) {
        const text = Buffer.from(line).toString('utf8');
        lines.push(text);
        queue = queue.then(async () => {
          const reply = await answer(text, socket);
          if (reply === 'cut') socket.destroy();
          else if (reply !== null && !socket.destroyed) socket.write(`${reply}\r\n`);
        });
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
