/** The mailbox of this computer's own office as an account of this window: encrypted, over loopback, by its authority. */
import type { HostingState } from '../../../main/contract/mail/hosting.ts';
import { engine } from '../../state/engine.ts';
import { refreshFolders, refreshHello } from '../../state/session.ts';
import { DoorFault } from '../../transport/fault.ts';

const HERE = '127.0.0.1';

/**
 * Keeps the authority that the office itself has told us of, tries both ways, adds the account.
 * @throws DoorFault why a way does not work.
 */
export async function connectMailbox(
  { ports, fingerprint }: HostingState,
  person: { address: string; name: string; password: string },
): Promise<void> {
  if (!ports) throw new DoorFault({ kind: 'transient', code: 'no-route', message: '', retryable: true });
  const server = (port: number) =>
    ({ host: HERE, port, security: 'tls', user: person.address, auth: 'auto' }) as const;
  const incoming = server(ports.imaps);
  const outgoing = server(ports.submissions);
  if (fingerprint !== null)
    for (const { host, port } of [incoming, outgoing])
      await engine().request('accounts.trust', { host, port, fingerprint256: fingerprint });
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
