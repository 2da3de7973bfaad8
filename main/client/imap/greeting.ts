/** The greeting, looked at before the library sees it: what is not IMAP is told at once. */
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { Fault } from '../../base/errors.ts';
import { connectionFault, socketFault } from '../../net/failure.ts';
import { commandFault } from './failure.ts';
import { CONNECT_MS, endpointOf, type ServerSettings } from './wire.ts';

/** Looks at the first octets without taking them: what is not IMAP is told at once, not after a time-out. */
export function expectGreeting(socket: Socket, server: ServerSettings, clock: Clock): Promise<void> {
  const endpoint = endpointOf(server);
  return new Promise((resolve, reject) => {
    const stop = clock.after(CONNECT_MS, () => {
      // A server that waits for a TLS hello says nothing by itself.
      const mute = server.security !== 'tls' && server.port === 993;
      end(connectionFault(mute ? 'wrong-port' : 'timed-out', endpoint));
    });
    const end = (fault?: Fault) => {
      stop();
      socket.removeListener('data', look);
      socket.removeListener('error', failed);
      socket.removeListener('close', closed);
      if (fault) reject(fault);
      else resolve();
    };
    const failed = (failure: unknown) => end(socketFault(failure, endpoint));
    const closed = () => end(connectionFault('server-error', endpoint));
    const look = (data: Buffer) => {
      socket.pause();
      const said = data.toString('latin1', 0, 200);
      if (/^\* BYE/i.test(said)) {
        const reply = said.slice(6).trim();
        return end(commandFault({ status: 'BYE', code: '', text: reply }, endpoint, 'sign-in'));
      }
      if (!/^\*/.test(said)) return end(connectionFault('wrong-port', endpoint, { detail: { reply: said } }));
      socket.removeListener('data', look);
      socket.unshift(data);
      end();
    };
    socket.on('data', look);
    socket.once('error', failed);
    socket.once('close', closed);
  });
}
