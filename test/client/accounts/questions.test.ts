import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { knock } from '../../../main/client/accounts/questions.ts';
import type { Server } from '../../../main/contract/mail/accounts.ts';
import { startScriptedServer } from '../../kit/scripted-server.ts';
import { startSmtpServer } from '../../kit/smtp-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const { signal } = new AbortController();
const at = (port: number, security: Server['security']): Server => ({
  host: '127.0.0.1',
  port,
  security,
  user: 'anna',
  auth: 'auto',
});

async function greeting(text: string | null): Promise<number> {
  const server = await startScriptedServer(() => ({ greeting: text, answer: () => null }));
  closing.push(() => server.close());
  return server.port;
}

test('a server of the protocol is known by its greeting, and nothing is said to it', async () => {
  const server = await startScriptedServer(() => ({
    greeting: '220 mail.example ESMTP',
    answer: () => null,
  }));
  closing.push(() => server.close());
  assert.equal(await knock(at(server.port, 'starttls'), 'smtp', signal), true);
  assert.equal(await knock(at(server.port, 'starttls'), 'imap', signal), false);
  assert.deepEqual(server.lines, []);
  assert.equal(await knock(at(await greeting('* OK IMAP4rev1'), 'starttls'), 'imap', signal), true);
});

test('a TLS server whose certificate nobody knows is still a server: the person will be shown it', async () => {
  const server = await startSmtpServer({ security: 'tls' });
  closing.push(() => server.close());
  assert.equal(await knock(at(server.port, 'tls'), 'smtp', signal), true);
  assert.deepEqual(server.signIns, []);
});

test('nobody there, another service, and a plain server behind TLS are no', async () => {
  assert.equal(await knock(at(1, 'tls'), 'imap', signal), false);
  const web = await greeting('HTTP/1.1 400 Bad Request');
  assert.equal(await knock(at(web, 'starttls'), 'imap', signal), false);
  assert.equal(await knock(at(web, 'tls'), 'imap', signal), false);
});

test('a silent one is given up with the search', async () => {
  const silent = await greeting(null);
  await assert.rejects(knock(at(silent, 'starttls'), 'imap', AbortSignal.timeout(100)), {
    name: 'TimeoutError',
  });
});
