/** The mailbox of this computer's own office as an account of this window: encrypted, over loopback, by its authority. */
import type { Account } from '../../../main/contract/mail/accounts.ts';
import type { HostingPorts, HostingState } from '../../../main/contract/mail/hosting.ts';
import { engine } from '../../state/engine.ts';
import { refreshFolders, refreshHello } from '../../state/session.ts';
import { DoorFault } from '../../transport/fault.ts';

const HERE = '127.0.0.1';

const serversOf = (ports: HostingPorts, user: string) => {
  const server = (port: number) => ({ host: HERE, port, security: 'tls', user, auth: 'auto' }) as const;
  return { incoming: server(ports.imaps), outgoing: server(ports.submissions) };
};

async function trust(
  servers: readonly { host: string; port: number }[],
  fingerprint256: string | null,
): Promise<void> {
  if (fingerprint256 === null) return;
  for (const { host, port } of servers)
    await engine().request('accounts.trust', { host, port, fingerprint256 });
}

/** True when the account is the office's mailbox, connected as we connect it, on ports that the office has left. */
export function hasMoved(
  { kind, incoming, address }: Account,
  { office, ports, state }: HostingState,
): boolean {
  if (state !== 'running' || !ports || kind !== 'imap' || incoming?.host !== HERE) return false;
  return address.toLowerCase() === office?.address.toLowerCase() && incoming.port !== ports.imaps;
}

/** Leads the account to the office's present ports; its letters stay. @throws DoorFault. */
export async function followOffice(account: Account, { ports, fingerprint }: HostingState): Promise<void> {
  if (!ports) return;
  const servers = serversOf(ports, account.incoming?.user ?? account.address);
  await trust([servers.incoming, servers.outgoing], fingerprint);
  await engine().request('accounts.update', { id: account.id, ...servers });
}

/**
 * Keeps the authority that the office itself has told us of, tries both ways, adds the account.
 * @throws DoorFault why a way does not work.
 */
export async function connectMailbox(
  { ports, fingerprint }: HostingState,
  person: { address: string; name: string; password: string },
): Promise<void> {
  if (!ports) throw new DoorFault({ kind: 'transient', code: 'no-route', message: '', retryable: true });
  const { incoming, outgoing } = serversOf(ports, person.address);
  await trust([incoming, outgoing], fingerprint);
  const setup = { ...person, incoming, outgoing, policy: { keep: 'everything' }, saveSent: true } as const;
  const tested = await engine().request('accounts.test', setup);
  for (const side of ['incoming', 'outgoing'] as const) {
    const { ok, code, message, detail } = tested[side];
    if (ok) continue;
    const { host, port } = setup[side];
    throw new DoorFault({
      kind: 'remote',
      code,
      message,
      retryable: true,
      detail: { host, port, ...detail },
    });
  }
  await engine().request('accounts.add', setup);
  await Promise.all([refreshFolders(), refreshHello()]);
}
