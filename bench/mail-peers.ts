/** The mail servers we measure the office against, each private, on loopback, with the settings they come with. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Dovecot, dovecotMissing, startDovecot } from '../test/kit/dovecot.ts';
import { type Postfix, postfixMissing, startPostfix } from '../test/kit/postfix.ts';
import { freePort } from './office-server.ts';

export interface DovecotPeer extends Dovecot {
  /** Undefined where that part of Dovecot is not installed. */
  readonly lmtpPort: number | undefined;
  readonly pop3Port: number | undefined;
  /** Letters in everybody's INBOX that have not been looked at. */
  arrived(): number;
}

const lmtpService = (port: number) => `
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}
`;

const pop3Service = (port: number) => `
service pop3-login {
  inet_listener pop3 {
    port = ${port}
  }
  inet_listener pop3s {
    port = 0
  }
}
`;

/** Dovecot with IMAP, POP3 and LMTP, writing to disk as carefully as it does by default. */
export async function dovecotPeer(users: readonly string[]): Promise<DovecotPeer | undefined> {
  if (dovecotMissing()) return undefined;
  const extra = ['pop3', 'lmtp'].filter((each) => existsSync(`/usr/lib/dovecot/${each}`));
  const lmtpPort = await freePort();
  const pop3Port = await freePort();
  const dovecot = await startDovecot({
    users: [...users],
    config: `
protocols = ${['imap', ...extra].join(' ')}
auth_username_format = %Ln
mail_fsync = optimized
default_process_limit = 1200
default_client_limit = 5000
${extra.includes('lmtp') ? lmtpService(lmtpPort) : ''}
${extra.includes('pop3') ? pop3Service(pop3Port) : ''}
service imap {
  process_limit = 1200
}
protocol imap {
  mail_max_userip_connections = 2000
}
`,
  });
  const boxes = users.map((user) => join(dovecot.mailDir(user), 'new'));
  return {
    ...dovecot,
    lmtpPort: extra.includes('lmtp') ? lmtpPort : undefined,
    pop3Port: extra.includes('pop3') ? pop3Port : undefined,
    arrived: () => boxes.reduce((sum, box) => sum + (existsSync(box) ? readdirSync(box).length : 0), 0),
  };
}

/** A Postfix that takes letters over and keeps them: its queue file is all that is written. */
export async function postfixQueue(): Promise<Postfix | undefined> {
  if (postfixMissing) return undefined;
  return startPostfix({ config: 'smtpd_data_restrictions = check_client_access static:HOLD' });
}

/** A Postfix that hands every letter to Dovecot's LMTP. */
export async function postfixTo(dovecot: DovecotPeer | undefined): Promise<Postfix | undefined> {
  if (postfixMissing || !dovecot?.lmtpPort) return undefined;
  return startPostfix({
    config: `virtual_transport = lmtp:inet:127.0.0.1:${dovecot.lmtpPort}\nlmtp_destination_concurrency_limit = 20`,
    services: ['lmtp unix - - n - - lmtp'],
  });
}

/** Waits until so many letters more lie in the Maildirs. */
export async function filed(dovecot: DovecotPeer, wanted: number): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (dovecot.arrived() < wanted) {
    if (performance.now() > deadline) throw new Error(`${dovecot.arrived()} of ${wanted} letters were filed`);
    await wait(10);
  }
}
