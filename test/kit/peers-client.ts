/** Our own client, whole, with an account at a served office: asked through the contract as a window asks. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProfile, type Profile } from '../../main/client/profile.ts';
import type { EntryName, Input, Output } from '../../main/contract/contract.ts';
import { callHandler, type EngineEvent } from '../../main/contract/door.ts';
import type { KeepPolicy, Security } from '../../main/contract/mail/accounts.ts';
import type { Row } from '../../main/contract/mail/views.ts';
import { PASSWORDS, type PeersOffice, until } from './peers-office.ts';

export interface PeerClient {
  readonly profile: Profile;
  readonly events: EngineEvent[];
  readonly account: number;
  call<N extends EntryName>(
    name: N,
    input: Input<N>,
    chunk?: (bytes: Uint8Array) => void,
  ): Promise<Output<N>>;
  folder(path: string): Promise<number>;
  /** Rows of a folder, oldest first. */
  rows(path: string): Promise<Row[]>;
  /** Octets of a letter, fetched if need be. */
  source(id: number): Promise<string>;
  act(ids: readonly number[], action: Input<'messages.act'>['action']): Promise<string | null>;
  /** Writes a letter and sends it at once; its place in the outbox. */
  send(to: readonly string[], subject: string, text: string): Promise<number>;
  /** Waits until this computer says it. */
  folderHolds(path: string, subjects: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface PeerClientOptions {
  readonly security?: Security;
  readonly auth?: 'auto' | 'plain' | 'login' | 'cram-md5' | 'scram-sha-256';
  readonly policy?: KeepPolicy;
  readonly authorities?: readonly string[];
}

export function openPeerClient(
  office: PeersOffice,
  address: string,
  options: PeerClientOptions = {},
): Promise<PeerClient> {
  return open(office, address, options);
}

async function open(office: PeersOffice, address: string, options: PeerClientOptions): Promise<PeerClient> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-client-'));
  const secrets = new Map<string, string>();
  const profile = await openProfile({
    dir: join(dir, 'profile'),
    authorities: options.authorities ?? [office.authorityPem],
    services: {
      kind: 'browser',
      secrets: {
        get: async (name) => secrets.get(name) ?? null,
        set: async (name, value) => void secrets.set(name, value),
        remove: async (name) => void secrets.delete(name),
      },
      frameBase: () => 'http://frames.test',
    },
  });
  const events: EngineEvent[] = [];
  profile.events((event) => events.push(event));
  const call: PeerClient['call'] = (name, input, chunk = () => {}) =>
    callHandler(profile.handlers, name, input, { signal: new AbortController().signal, chunk });
  const close = async () => {
    await profile.close();
    await rm(dir, { recursive: true, force: true });
  };
  const { security = 'starttls', auth = 'auto' } = options;
  const server = (port: number) => ({ host: 'localhost', port, security, user: address, auth });
  const tls = security === 'tls';
  const setup = {
    address,
    name: 'Пётр Петров',
    password: PASSWORDS[address]!,
    incoming: server(office.port(tls ? 'imaps' : 'imap')),
    outgoing: server(office.port(tls ? 'submissions' : 'submission')),
    policy: options.policy ?? { keep: 'everything' as const },
  };
  try {
    const tested = await call('accounts.test', setup);
    assert.ok(tested.incoming.ok && tested.outgoing.ok, JSON.stringify(tested));
    const { id: account } = await call('accounts.add', setup);
    const folder = async (path: string): Promise<number> => {
      const found = (await call('folders.list', {})).find(
        (each) => each.account === account && each.path === path,
      );
      if (!found) throw new Error(`no folder ${path}`);
      return found.id;
    };
    const rows = async (path: string) => {
      const view = { scope: { in: 'folder' as const, folder: await folder(path) }, descending: false };
      return (await call('messages.window', { view, from: 0, count: 500 })).rows;
    };
    return {
      profile,
      events,
      account,
      call,
      folder,
      rows,
      async source(id) {
        const pieces: Uint8Array[] = [];
        await call('messages.source', { id }, (piece) => void pieces.push(piece));
        return Buffer.concat(pieces).toString('latin1');
      },
      async act(ids, action) {
        return (await call('messages.act', { selection: { ids: [...ids] }, action })).undo;
      },
      async send(to, subject, text) {
        const draft = await call('drafts.create', { kind: 'new', account });
        const content = {
          ...draft,
          to: to.map((each) => ({ name: '', address: each })),
          subject,
          html: null,
          text,
        };
        return (await call('drafts.send', { id: draft.id, base: draft.version, content, delay: 0 })).id;
      },
      async folderHolds(path, subjects) {
        const wanted = JSON.stringify([...subjects].sort());
        let found = '';
        await until(`${path} with ${wanted}`, async () => {
          found = JSON.stringify((await rows(path).catch(() => [])).map((each) => each.subject).sort());
          return found === wanted;
        }).catch((failure: Error) => assert.fail(`${failure.message}; there was ${found}`));
      },
      close,
    };
  } catch (failure) {
    await close();
    throw failure;
  }
}
