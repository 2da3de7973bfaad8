/** How discovery asks the network: documents over HTTPS, and whether a server answers at a port. */
import { Fault } from '../../base/errors.ts';
import { LineReader } from '../../base/lines.ts';
import type { Server } from '../../contract/mail/accounts.ts';
import { dial } from '../../net/dial.ts';
import { SOURCE_MS } from './discovery.ts';

/** A configuration has some kilobytes; more is not one. */
const MAX_DOCUMENT_BYTES = 256 * 1024;
const MAX_GREETING_BYTES = 8192;

const GREETINGS = { imap: '* OK', pop3: '+OK', smtp: '220' } as const;

/** @throws Fault transient `no-route` when nobody answers; a document that is not there is null. */
export async function fetchText(url: string, signal: AbortSignal): Promise<string | null> {
  let response: Response;
  try {
    response = await fetch(url, {
      signal,
      redirect: 'follow',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
  } catch (failure) {
    signal.throwIfAborted();
    throw new Fault('transient', 'no-route', 'There was no answer.', { cause: failure });
  }
  const body = response.body;
  if (!response.ok || !body || !response.url.startsWith('https:')) {
    await body?.cancel();
    return null;
  }
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_DOCUMENT_BYTES) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Whether something that speaks the protocol listens there. No name and no password is sent. */
export async function knock(
  server: Server,
  kind: 'imap' | 'pop3' | 'smtp',
  signal: AbortSignal,
): Promise<boolean> {
  const endpoint = { host: server.host, port: server.port };
  const trust = { endpoint, trusted: () => undefined };
  let socket: Awaited<ReturnType<typeof dial>>;
  try {
    socket = await dial({
      endpoint,
      timeout: SOURCE_MS,
      signal,
      ...(server.security === 'tls' ? { tls: trust } : {}),
    });
  } catch (failure) {
    signal.throwIfAborted();
    // A certificate nobody knows is still a server: the person will be shown it.
    return failure instanceof Fault && failure.code.startsWith('certificate-');
  }
  const giveUp = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    const reader = new LineReader(MAX_GREETING_BYTES);
    for await (const chunk of socket) {
      const [line] = reader.push(chunk as Uint8Array);
      if (line) return Buffer.from(line).toString('latin1').startsWith(GREETINGS[kind]);
    }
    signal.throwIfAborted();
    return false;
  } finally {
    signal.removeEventListener('abort', giveUp);
    socket.on('error', () => {});
    socket.destroy();
  }
}
