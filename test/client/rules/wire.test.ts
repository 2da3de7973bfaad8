/**
 * What rules send, on the wire: people of a real office with a real client each, the letters looked at octet by octet on the
 * other side. Nobody is answered by two machines for ever, and a ring of forwards ends.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { RuleDraft, type RuleDraftInput } from '../../../main/contract/mail/rules.ts';
import { type Message, readContent, readMessage } from '../../../main/mail/message.ts';
import { openSendingOffice } from '../../kit/sending-office.ts';
import { openTestProfile, type TestProfile } from '../kit/profile.ts';

async function openPerson(t: TestContext): Promise<TestProfile> {
  const secrets = new Map<string, string>();
  return openTestProfile(t, {
    background: false,
    services: {
      kind: 'browser',
      frameBase: () => '',
      secrets: {
        get: async (name) => secrets.get(name) ?? null,
        set: async (name, value) => void secrets.set(name, value),
        remove: async (name) => void secrets.delete(name),
      },
    },
  });
}

const field = (letter: Message, name: string): string[] =>
  letter.headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value.trim());

test('what rules send, between people of an office', async (t) => {
  const office = await openSendingOffice(t, ['anna', 'boris', 'victor']);
  const [anna, boris, victor] = ['anna', 'boris', 'victor'].map(office.address) as [string, string, string];
  const people = [await openPerson(t), await openPerson(t)];
  const [annas, boriss] = people as [TestProfile, TestProfile];
  await office.connect(annas.call, 'anna');
  await office.connect(boriss.call, 'boris');
  /** Each sends what is due, collects and rules: until it is there, and so many times more for what must not come. */
  const settle = async (more: number, there: () => Promise<boolean> = async () => true) => {
    for (let left = more, most = 40; left > 0 && most > 0; most--) {
      if (await there()) left--;
      for (const person of people) {
        const signal = new AbortController().signal;
        for (const report of await person.profile.sync({ account: undefined, once: true, signal }))
          assert.equal(report.error, null);
        await person.profile.rules.arrivals.settled();
      }
    }
  };
  const rule = (person: TestProfile, name: string, actions: RuleDraftInput['actions']) =>
    person.call('rules.save', {
      rule: RuleDraft.parse({
        name,
        when: { match: 'all', of: [{ field: 'subject', test: 'contains', value: name }] },
        actions,
      }),
    });
  const letter = (id: string, subject: string, fields = '', from = `Victor Lvov <${victor}>`) =>
    `${fields}From: ${from}\r\nTo: ${anna}\r\nSubject: ${subject}\r\nMessage-ID: <${id}@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nTwo trucks at eight.\r\n`;
  const at = async (local: string, subject: RegExp) =>
    (await office.letters(local))
      .map((octets) => ({ octets, letter: readMessage(octets) }))
      .filter((each) => subject.test(each.letter.subject));
  await settle(1);

  await t.test('a template answers once, a machine that answers is not answered', async () => {
    const paper = { background: '', font: '' } as const;
    const content = { to: [], cc: [], bcc: [], html: '<p>Dear {{recipient}}</p>', text: '', paper };
    const { id } = await annas.call('templates.save', {
      name: 'Away',
      kind: 'template',
      content: { ...content, subject: 'Away: {{subject}}' },
    });
    await rule(annas, 'plan', [{ do: 'reply', template: id }]);
    await rule(boriss, 'plan', [{ do: 'reply', text: '{me} is away too.' }]);
    const toBoth = `Boris Lvov <${boris}>`;
    await office.deliver('anna', letter('p1', 'The plan', '', toBoth));
    await office.deliver('anna', letter('p2', 'The plan again', '', toBoth));
    for (const [n, fields] of [
      'List-Id: <all.x.example>\r\n',
      'Precedence: bulk\r\n',
      'Auto-Submitted: auto-generated\r\n',
      'Return-Path: <>\r\n',
      'Reply-To: all@x.example\r\nX-Auto-Response-Suppress: OOF\r\n',
    ].entries())
      await office.deliver('anna', letter(`n${n}`, 'The plan', fields));
    await office.deliver('anna', letter('pm', 'The plan', '', `postmaster@${victor.split('@')[1]}`));
    await settle(3, async () => (await at('boris', /^Away/)).length > 0);
    const answers = await at('boris', /plan/i);
    assert.equal(answers.length, 1, 'once, whatever came');
    const [{ letter: answer, octets }] = answers as [(typeof answers)[number]];
    assert.equal(answer.subject, 'Away: The plan');
    assert.deepEqual(field(answer, 'auto-submitted'), ['auto-replied']);
    assert.deepEqual(answer.inReplyTo, ['p1@x.example']);
    assert.match(readContent(octets, answer).html ?? '', /Dear Boris Lvov/);
    assert.equal((await at('victor', /plan/)).length, 0);
    assert.equal((await at('anna', /Away/)).length, 0, 'the other machine was silent');
  });

  await t.test('a redirect has the octets as they came, a forward says who sent it on', async () => {
    await rule(annas, 'invoice', [
      { do: 'redirect', to: [victor] },
      { do: 'forward', to: [boris] },
    ]);
    const text = letter('i1', 'The invoice', 'DKIM-Signature: v=1; b=abc\r\n', 'Supplier <s@x.example>');
    await office.deliver('anna', text);
    await settle(
      1,
      async () => (await at('victor', /invoice/)).length > 0 && (await at('boris', /invoice/)).length > 0,
    );
    const [redirected] = await at('victor', /^The invoice$/);
    assert.ok(redirected);
    assert.ok(redirected.octets.toString('latin1').endsWith(text));
    assert.deepEqual(field(redirected.letter, 'resent-to'), [victor]);
    assert.deepEqual(field(redirected.letter, 'x-loop'), [anna]);
    const [forwarded] = await at('boris', /invoice/);
    assert.equal(forwarded?.letter.subject, 'Fwd: The invoice');
    assert.equal(forwarded.letter.from[0]?.address, anna);
    assert.deepEqual(field(forwarded.letter, 'auto-submitted'), ['auto-generated']);
  });

  await t.test('two who forward to each other end', async () => {
    await rule(annas, 'ring', [{ do: 'forward', to: [boris] }]);
    await rule(boriss, 'ring', [{ do: 'forward', to: [anna] }]);
    await office.deliver('anna', letter('r1', 'A ring'));
    await settle(3, async () => (await at('anna', /ring/)).length > 1);
    assert.equal((await at('boris', /ring/)).length, 1);
    const back = await at('anna', /ring/);
    assert.equal(back.length, 2, 'the letter, and what came back once');
    assert.deepEqual(field(back.at(-1)?.letter as Message, 'x-loop'), [anna, boris]);
  });
});
