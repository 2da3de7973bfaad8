import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../../main/base/clock.ts';
import { silentLog } from '../../../main/base/log.ts';
import { secretName } from '../../../main/client/accounts/rows.ts';
import { openTrust, type Trust } from '../../../main/client/accounts/trust.ts';
import { ingestModule } from '../../../main/client/entries.ts';
import { accountHandlers } from '../../../main/client/handlers/accounts.ts';
import { createImapEngine, type ImapEngine } from '../../../main/client/imap/engine.ts';
import { Jobs } from '../../../main/client/jobs.ts';
import { readLetter } from '../../../main/client/messages/facts.ts';
import type { IngestCalls } from '../../../main/client/messages/ingest.ts';
import { Pop3Engine } from '../../../main/client/pop3/engine.ts';
import { openVault, type Secrets } from '../../../main/client/security/vault.ts';
import type { EngineEvent } from '../../../main/contract/door.ts';
import type { Server } from '../../../main/contract/mail/accounts.ts';
import { openPool, type Pool } from '../../../main/store/threads.ts';
import { certificates } from '../../kit/certificates.ts';
import { letterBytes, type OutboxKit, openOutboxKit } from '../../kit/outbox.ts';
import { type KitSmtpServer, startSmtpServer } from '../../kit/smtp-server.ts';

let kit: OutboxKit;
let pool: Pool<IngestCalls>;
let imap: ImapEngine;
let pop3: Pop3Engine;
let trust: Trust;
let secrets: Secrets;
let handlers: ReturnType<typeof accountHandlers>;
let tlsServer: KitSmtpServer;
let plainServer: KitSmtpServer;
const events: EngineEvent[] = [];
const resumed: number[] = [];
const jobs = new Jobs(systemClock);
const call = { signal: new AbortController().signal, chunk: () => {} };

/** Nobody listens there: a port that was free a moment ago is as good as any, port 1 always is. */
const NOWHERE: Server = { host: '127.0.0.1', port: 1, security: 'none', user: 'anna', auth: 'auto' };
const at = (port: number, more: Partial<Server> = {}): Server => ({ ...NOWHERE, port, ...more });

before(async () => {
  tlsServer = await startSmtpServer({ security: 'tls', certificate: certificates.localhost });
  plainServer = await startSmtpServer();
  kit = await openOutboxKit(plainServer.port);
  pool = await openPool<IngestCalls>({ module: ingestModule, size: 1, log: silentLog });
  secrets = await openVault(kit.dir);
  trust = await openTrust(kit.client);
  const parts = {
    store: kit.client,
    pool,
    secrets,
    trusted: trust.trusted,
    clock: systemClock,
    log: silentLog,
    jobs,
    everyMinutes: () => 5,
    notify: { states: () => {}, arrived: () => {}, notice: () => {} },
  };
  imap = createImapEngine(parts);
  pop3 = new Pop3Engine(parts);
  await Promise.all([imap.setOffline(true), pop3.setOffline(true)]);
  handlers = accountHandlers({
    store: kit.client,
    secrets,
    trust,
    imap,
    pop3,
    jobs,
    outbox: { resume: (account) => resumed.push(account), setOffline: () => {}, wake: () => {} },
    clock: systemClock,
    log: silentLog,
    emit: (event) => events.push(event),
    discovery: {
      dns: { mx: async () => [], srv: async () => [], addresses: async () => [], exists: async () => false },
      fetchText: async () => null,
      knock: async () => false,
    },
  });
});
after(async () => {
  await imap.close();
  await pop3.close();
  jobs.close();
  await pool.close();
  await kit.close();
  await tlsServer.close();
  await plainServer.close();
});

const setup = (incoming: Server, outgoing: Server | null, password = 'correct horse') => ({
  address: 'boris@office.example',
  name: 'Boris',
  kind: 'imap' as const,
  incoming,
  outgoing,
  password,
});

describe('testing both servers', () => {
  test('each has its own answer', async () => {
    const result = await handlers['accounts.test'](setup(NOWHERE, at(plainServer.port)), call);
    assert.deepEqual([result.incoming.ok, result.incoming.code], [false, 'connection-refused']);
    assert.deepEqual([result.outgoing.ok, result.outgoing.code], [true, '']);
  });

  test('a wrong password, in the words of the server', async () => {
    const result = await handlers['accounts.test'](
      setup(NOWHERE, at(plainServer.port, { auth: 'plain' }), 'wrong'),
      call,
    );
    assert.equal(result.outgoing.code, 'wrong-password');
    assert.match(String(result.outgoing.detail?.['reply']), /invalid/i);
  });

  test('an unknown certificate is shown, kept, and then accepted at that port only', async () => {
    const outgoing = at(tlsServer.port, { security: 'tls' });
    const first = await handlers['accounts.test'](setup(NOWHERE, outgoing), call);
    assert.equal(first.outgoing.code, 'certificate-unknown');
    const { fingerprint256, reason } = first.outgoing.certificate!;
    assert.equal(reason, 'self-signed');
    assert.equal(fingerprint256, new X509Certificate(certificates.localhost.cert).fingerprint256);
    await handlers['accounts.trust']({ host: outgoing.host, port: outgoing.port, fingerprint256 }, call);
    const second = await handlers['accounts.test'](setup(NOWHERE, outgoing), call);
    assert.equal(second.outgoing.ok, true);
    const again = await openTrust(kit.client);
    assert.equal(again.trusted(outgoing.host, outgoing.port), fingerprint256, 'it survives a restart');
    assert.equal(again.trusted(outgoing.host, outgoing.port + 1), undefined);
  });

  test('a plain server behind a TLS setting, and no server at all', async () => {
    const wrong = await handlers['accounts.test'](
      setup(NOWHERE, at(plainServer.port, { security: 'tls' })),
      call,
    );
    assert.equal(wrong.outgoing.code, 'wrong-port');
    const none = await handlers['accounts.test'](setup(NOWHERE, null), call);
    assert.equal(none.outgoing.ok, true);
  });
});

describe('keeping accounts', () => {
  test('added, listed, changed, removed, and its password with it', async () => {
    const added = await handlers['accounts.add'](setup(NOWHERE, at(plainServer.port), 'пароль'), call);
    assert.deepEqual([added.kind, added.address, added.saveSent], ['imap', 'boris@office.example', true]);
    assert.equal(await secrets.get(secretName(added.id)), 'пароль');
    assert.doesNotMatch(JSON.stringify(await handlers['accounts.list']({}, call)), /пароль/);

    const outgoing = at(plainServer.port, { auth: 'plain' });
    const kept = await handlers['accounts.test']({ ...setup(NOWHERE, outgoing, ''), id: added.id }, call);
    assert.equal(
      kept.outgoing.code,
      'wrong-password',
      "the kept password was tried, and it is not this server's",
    );
    await secrets.set(secretName(added.id), 'correct horse');
    const right = await handlers['accounts.test']({ ...setup(NOWHERE, outgoing, ''), id: added.id }, call);
    assert.equal(right.outgoing.ok, true);
    await secrets.set(secretName(added.id), 'пароль');

    await assert.rejects(handlers['accounts.add'](setup(NOWHERE, null), call), { code: 'account-exists' });

    resumed.length = 0;
    const changed = await handlers['accounts.update'](
      { id: added.id, name: 'Boris B.', policy: { keep: 'months', months: 3 }, password: 'new' },
      call,
    );
    assert.deepEqual(
      [changed.name, changed.policy, changed.outgoing?.port],
      ['Boris B.', { keep: 'months', months: 3 }, plainServer.port],
    );
    assert.equal(await secrets.get(secretName(added.id)), 'new');
    assert.deepEqual(resumed, [added.id], 'its queue goes on');

    const folder = await kit.store.write('kit.folder', {
      account: added.id,
      path: 'INBOX',
      serverPath: 'INBOX',
      name: 'INBOX',
      role: 'inbox',
      subscribed: true,
      selectable: true,
    });
    const { facts } = readLetter(letterBytes());
    for (let uid = 1; uid <= 450; uid += 1)
      await kit.store.write('kit.letter', { folder, uid, facts, blob: null });
    await handlers['accounts.remove']({ id: added.id }, call);
    for (const table of ['messages', 'folders']) {
      const left = await kit.store.read('kit.all', {
        sql: `SELECT 1 FROM ${table} WHERE account = ?`,
        values: [added.id],
      });
      assert.equal(left.length, 0, table);
    }
    assert.equal(await secrets.get(secretName(added.id)), null);
    await assert.rejects(handlers['accounts.remove']({ id: added.id }, call), { code: 'no-such-account' });
  });

  test('a number is never used again: another account does not find an old password', async () => {
    const first = await handlers['accounts.add'](setup(NOWHERE, null), call);
    await handlers['accounts.remove']({ id: first.id }, call);
    const second = await handlers['accounts.add'](setup(NOWHERE, null), call);
    assert.ok(second.id > first.id);
    await handlers['accounts.remove']({ id: second.id }, call);
  });

  test('a provider that files sent letters itself gets no second copy', async () => {
    const gmail: Server = { ...NOWHERE, host: 'smtp.gmail.com', port: 465, security: 'tls' };
    const added = await handlers['accounts.add'](setup(NOWHERE, gmail), call);
    assert.equal(added.saveSent, false);
    await handlers['accounts.remove']({ id: added.id }, call);
  });

  test('the search for settings tells its steps while it runs', async () => {
    events.length = 0;
    const { steps, found } = await handlers['accounts.discover'](
      { address: 'anna@office.example', run: 'r1' },
      call,
    );
    assert.deepEqual(found, []);
    assert.equal(steps.length, 6);
    const told = events.filter((each) => each.name === 'discovery' && each.data.run === 'r1');
    assert.equal(told.length, 12, 'asking and answer of each');
  });
});
