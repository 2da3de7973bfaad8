/**
 * A real SMTP server for tests (npm's smtp-server on a loopback port), with the ways in which servers and
 * networks let a client down: refusals, delays, and a line cut before, at and after the final dot.
 */
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { certificates, type ServerCertificate } from './certificates.ts';

/** What the server took; `bytes` are the octets after dot-unstuffing. */
export interface ReceivedLetter {
  from: string;
  to: string[];
  bytes: Buffer;
  user: string | undefined;
  method: string | undefined;
  secure: boolean;
  /** Parameters of MAIL, upper case. */
  parameters: Record<string, string | true>;
  notify: string[][];
}

export interface SmtpBehaviour {
  /** Reply to a recipient instead of 250. */
  recipient?: (address: string) => { code: number; text: string } | undefined;
  /** Reply to the letter instead of 250. */
  data?: (letter: ReceivedLetter) => { code: number; text: string } | undefined;
  /**
   * Where the line is cut: in the middle of the letter; after the final dot, the letter not taken; after
   * the final dot, the letter taken and the reply lost.
   */
  cut?: 'before-dot' | 'at-dot' | 'after-dot';
  /** Awaited before the reply to the letter. */
  hold?: (letter: ReceivedLetter) => Promise<void>;
  /** Reply to any sign-in. */
  signIn?: { code: number; text: string };
}

export interface KitSmtpOptions {
  security?: 'tls' | 'starttls' | 'none';
  user?: string;
  password?: string;
  authMethods?: string[];
  certificate?: ServerCertificate;
  size?: number;
  hideStartTls?: boolean;
  server?: SMTPServerOptions;
}

export interface KitSmtpServer {
  readonly port: number;
  readonly received: ReceivedLetter[];
  /** Connections made so far. */
  readonly connections: number;
  /** Sign-ins tried so far, by mechanism. */
  readonly signIns: string[];
  /** Changed between letters at will. */
  behaviour: SmtpBehaviour;
  /** Cuts every line at once. */
  cutAll(): void;
  close(): Promise<void>;
}

export async function startSmtpServer(options: KitSmtpOptions = {}): Promise<KitSmtpServer> {
  const { security = 'none', user = 'anna', password = 'correct horse' } = options;
  const received: ReceivedLetter[] = [];
  const signIns: string[] = [];
  let connections = 0;
  const state: { behaviour: SmtpBehaviour } = { behaviour: {} };
  const failure = ({ code, text }: { code: number; text: string }) =>
    Object.assign(new Error(text), { responseCode: code });
  /**
   * Connections of smtp-server itself: its socket is the TLS one where there is TLS. Destroying the plain
   * socket under a TLS one brings Node 24 down.
   */
  const live = () => [
    ...(server as unknown as { connections: Set<{ id: string; _socket: Socket }> }).connections,
  ];
  const destroy = (sessionId: string) => {
    for (const each of live()) if (each.id === sessionId) each._socket.destroy();
  };
  const cutAll = () => {
    for (const each of live()) each._socket.destroy();
  };
  const server = new SMTPServer({
    secure: security === 'tls',
    ...(options.certificate ?? certificates.localhost),
    minVersion: 'TLSv1.2',
    disabledCommands: security === 'starttls' || options.hideStartTls === false ? [] : ['STARTTLS'],
    authMethods: options.authMethods ?? ['PLAIN', 'LOGIN', 'CRAM-MD5'],
    authOptional: true,
    allowInsecureAuth: security === 'none',
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    hideDSN: false,
    size: options.size ?? 50 * 1024 * 1024,
    logger: false,
    closeTimeout: 100,
    onAuth(auth, _session, done) {
      signIns.push(auth.method);
      if (state.behaviour.signIn) return done(failure(state.behaviour.signIn));
      const right =
        auth.method === 'CRAM-MD5'
          ? auth.username === user && auth.validatePassword(password)
          : auth.method === 'XOAUTH2'
            ? auth.username === user && auth.accessToken === password
            : auth.username === user && auth.password === password;
      if (right) return done(null, { user: auth.username! });
      done(failure({ code: 535, text: 'Authentication credentials invalid' }));
    },
    onRcptTo(address, _session, done) {
      const refusal = state.behaviour.recipient?.(address.address);
      done(refusal ? failure(refusal) : null);
    },
    onData(stream, session, done) {
      const { behaviour } = state;
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (behaviour.cut === 'before-dot') destroy(session.id);
      });
      stream.once('end', async () => {
        if (behaviour.cut === 'before-dot') return;
        if (behaviour.cut === 'at-dot') return destroy(session.id);
        const from = session.envelope.mailFrom;
        const letter: ReceivedLetter = {
          from: from ? from.address : '',
          to: session.envelope.rcptTo.map((each) => each.address),
          bytes: Buffer.concat(chunks),
          user: session.user as string | undefined,
          method: signIns.at(-1),
          secure: session.secure,
          parameters: from ? from.args || {} : {},
          notify: session.envelope.rcptTo.map((each) => each.dsn?.notify ?? []),
        };
        await behaviour.hold?.(letter);
        const refusal = behaviour.data?.(letter);
        if (refusal) return done(failure(refusal));
        received.push(letter);
        if (behaviour.cut === 'after-dot') return destroy(session.id);
        done(null, 'taken as kit-1');
      });
    },
    ...options.server,
  });
  server.on('error', () => {});
  server.server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    signIns,
    get connections() {
      return connections;
    },
    get behaviour() {
      return state.behaviour;
    },
    set behaviour(behaviour) {
      state.behaviour = behaviour;
    },
    cutAll,
    async close() {
      cutAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
