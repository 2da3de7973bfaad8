import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalDomain, parseMailbox, requireMailbox } from '../../../main/server/directory/addresses.ts';
import { Derivations } from '../../../main/server/directory/derivations.ts';
import { DOMAIN, openTestOffice, secureContext } from '../../kit/office-directory.ts';

test('so many derivations at once, the rest in turn, and a full queue says come back', async () => {
  const derivations = new Derivations(2, 3);
  const begun: number[] = [];
  const finish: (() => void)[] = [];
  const start = (n: number) =>
    derivations.run(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => finish.push(resolve));
      return n;
    });
  const all = [0, 1, 2, 3, 4].map(start);
  assert.deepEqual(begun, [0, 1]);
  await assert.rejects(start(5), { kind: 'transient', code: 'sign-in-later', detail: { seconds: 10 } });
  for (let n = 0; n < 5; n++) {
    finish[n]!();
    assert.equal(await all[n], n);
  }
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  // One that fails gives its place back too.
  await assert.rejects(
    derivations.run(() => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await derivations.run(async () => 7), 7);
});

test('a crowd that signs in at once is let in without holding up the event loop', async (t) => {
  const office = await openTestOffice(t);
  const people = Array.from({ length: 20 }, (_, n) => ({
    address: `p${n}@${DOMAIN}`,
    password: `word ${n}`,
  }));
  await office.admin.addPeople(people);
  let turns = 0;
  let over = false;
  const tick = () => {
    turns++;
    if (!over) setImmediate(tick);
  };
  tick();
  const signed = await Promise.all(
    people.map(({ address, password }, n) =>
      office.authenticator.password(address, password, { ...secureContext, ip: `192.0.2.${n}` }),
    ),
  );
  over = true;
  assert.deepEqual(
    signed.map(({ id }) => id),
    people.map((_, n) => n + 1),
  );
  assert.ok(turns > 20, 'each derivation on the loop itself would be one turn');
});

test('no text makes the reading of addresses throw, and a key is its own key', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.emailAddress()), (text) => {
      const mailbox = parseMailbox(text);
      if (mailbox?.local.includes('"') === false && !mailbox.local.includes('\\')) {
        const again = parseMailbox(mailbox.key);
        // Lower case may need a second round where a letter has several lower forms.
        if (again) assert.equal(parseMailbox(again.key)?.key, again.key);
      }
      const domain = canonicalDomain(text);
      if (domain !== undefined) assert.equal(canonicalDomain(domain), domain);
    }),
    { numRuns: 2000 },
  );
  const longest = `${'a'.repeat(64)}@${`${'b'.repeat(61)}.`.repeat(3)}cc`;
  assert.equal(requireMailbox(longest).local.length, 64);
  assert.throws(() => requireMailbox(`a${longest}`), { code: 'bad-address' });
  assert.equal(parseMailbox(`${'a'.repeat(2000)}@b.example`), undefined);
});
