import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Server } from '../../../main/contract/mail/accounts.ts';
import {
  emptyForm,
  formOf,
  formProblems,
  policyOf,
  serverOf,
  withKind,
  withSecurity,
} from '../../../renderer/views/accounts/server-form.ts';

const form = { ...emptyForm('incoming'), host: ' mail.constr.org ' };

test('security brings its usual port, a port chosen by hand stays', () => {
  assert.equal(withSecurity(form, 'starttls', 'incoming').port, '143');
  assert.equal(withSecurity(emptyForm('outgoing'), 'starttls', 'outgoing').port, '587');
  assert.equal(withSecurity({ ...form, port: '10993' }, 'starttls', 'incoming').port, '10993');
  assert.equal(withSecurity({ ...form, port: '' }, 'tls', 'incoming').port, '993');
});

test('a maildrop has ports of its own, and changing to it and back is no choice by hand', () => {
  assert.equal(emptyForm('incoming', 'pop3').port, '995');
  assert.equal(withKind(form, 'imap', 'pop3').port, '995');
  assert.equal(withSecurity(withKind(form, 'imap', 'pop3'), 'starttls', 'incoming', 'pop3').port, '110');
  assert.equal(withKind(withKind(form, 'imap', 'pop3'), 'pop3', 'imap').port, '993');
  assert.equal(withKind({ ...form, port: '10993' }, 'imap', 'pop3').port, '10993');
});

test('a form becomes a server that the contract takes; no user name means the address', () => {
  const server = serverOf(form, 'o@constr.org ');
  assert.deepEqual(Server.parse(server), {
    host: 'mail.constr.org',
    port: 993,
    security: 'tls',
    user: 'o@constr.org',
    auth: 'auto',
  });
  assert.deepEqual(serverOf(formOf(server), 'other@constr.org'), server);
});

test('host and port are asked for', () => {
  assert.equal(formProblems(form), null);
  assert.deepEqual(formProblems({ ...form, host: ' ' }), { host: true, port: false });
  for (const port of ['0', '65536', '', 'x', '1.5'])
    assert.deepEqual(formProblems({ ...form, port }), { host: false, port: true }, port);
  assert.equal(formProblems({ ...form, port: '65535' }), null);
});

test('months are kept inside their bounds', () => {
  assert.deepEqual(policyOf('months', '3'), { keep: 'months', months: 3 });
  assert.deepEqual(policyOf('months', '0'), { keep: 'months', months: 12 });
  assert.deepEqual(policyOf('months', '-5'), { keep: 'months', months: 1 });
  assert.deepEqual(policyOf('months', '9999'), { keep: 'months', months: 600 });
  assert.deepEqual(policyOf('headers', 'x'), { keep: 'headers' });
});
