/** An IMAP account that fetches everything asks the rules first: one of them may say that a letter stays on the server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RuleDraft } from '../../../main/contract/mail/rules.ts';
import { dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { addAccount, letter, openProfile, rows } from '../imap/harness.ts';

test('a letter that rules have not seen is not fetched by itself', { skip: dovecotMissing() }, async (t) => {
  const server = await startDovecot();
  t.after(() => server.close());
  let asked = 0;
  let answer = true;
  const profile = await openProfile({
    ruled: async () => {
      asked += 1;
      return answer;
    },
  });
  t.after(() => profile.close());
  await server.save('anna', 'INBOX', letter('old'));
  const account = await addAccount(profile, server.port, { keep: 'everything' });
  const pass = async () => {
    const [report] = await profile.engine.sync(account, { once: true });
    assert.equal(report?.error, null);
    return Object.fromEntries(
      (await rows(profile, account, 'INBOX')).map((each) => [each.subject, each.body]),
    );
  };
  assert.deepEqual(await pass(), { old: 1 }, 'what was there before is no business of rules');
  const rule = RuleDraft.parse({
    name: 'Stays',
    when: { match: 'all', of: [{ field: 'subject', test: 'is', value: 'plan' }] },
    actions: [{ do: 'plan', mark: 'keep' }],
  });
  await profile.store.write('rules.save', { rule });
  await server.save('anna', 'INBOX', letter('plan'));
  asked = 0;
  assert.deepEqual(await pass(), { old: 1, plan: 0 }, 'its mark says that nobody has looked yet');
  assert.ok(asked > 0);
  // Rules that cannot look hold nobody up.
  answer = false;
  assert.deepEqual(await pass(), { old: 1, plan: 1 });
});
