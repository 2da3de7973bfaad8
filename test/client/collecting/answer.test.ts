/** An answer to a letter whose text stands on the server: it is written to the right people and fetches nothing. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { openProfile } from '../../../main/client/profile.ts';
import { openVault } from '../../../main/client/security/vault.ts';
import { callHandler } from '../../../main/contract/door.ts';
import type { Ask } from '../../e2e/seed.ts';
import { addDrop, DROP_ADDRESS } from '../../kit/maildrop-letters.ts';
import { openPop3Office } from '../../kit/pop3.ts';
import { letter, until } from '../pop3/harness.ts';

it('an answer to a header quotes nothing and fetches nothing', async (t) => {
  const office = await openPop3Office(t);
  await office.deliver('kcope', letter('drawings', { from: 'Pavel Orlov <p.orlov@otd2.constr.org>' }));
  const dir = await mkdtemp(join(tmpdir(), 'postroom-answer-'));
  const services = { kind: 'command-line', secrets: await openVault(dir), frameBase: () => '' } as const;
  const profile = await openProfile({ dir, services, background: false });
  t.after(async () => {
    await profile.close();
    await rm(dir, { recursive: true, force: true });
  });
  const call = { signal: new AbortController().signal, chunk: () => {} };
  const ask: Ask = (name, input) => callHandler(profile.handlers, name, input, call);
  const account = await addDrop(ask, office.port);
  const view = { scope: { in: 'account', account } } as const;
  const row = async () => (await ask('messages.window', { view, from: 0, count: 5 })).rows[0];
  await until('the header is here', async () => (await row()) !== undefined);
  const found = (await row()) ?? assert.fail('no row');
  assert.deepEqual(found.server, { mark: null, gone: false });
  const draft = await ask('drafts.create', { kind: 'reply', of: [found.id] });
  assert.deepEqual(
    draft.to.map((each) => each.address),
    ['p.orlov@otd2.constr.org'],
  );
  assert.equal(draft.subject, 'Re: drawings');
  assert.deepEqual([draft.quoteHtml, draft.quoteText], [null, '']);
  assert.equal(draft.from?.address, DROP_ADDRESS);
  assert.equal((await row())?.body, 'header', 'it was not fetched');
  // A forward needs the whole letter.
  const forward = await ask('drafts.create', { kind: 'forward', of: [found.id] });
  assert.match(forward.quoteText, /The text of drawings/);
  assert.equal((await row())?.body, 'full');
});
