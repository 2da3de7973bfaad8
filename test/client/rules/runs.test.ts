/** Rules on demand: previews of an edit, a run that is one undo, rules kept in order, rules as files. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULE_BODY_CHARS } from '../../../main/base/limits.ts';
import type { Output } from '../../../main/contract/contract.ts';
import { type GroupInput, RuleDraft, type RuleDraftInput } from '../../../main/contract/mail/rules.ts';
import { arriveHeads, openRuleKit, type RuleKit } from './kit.ts';
import { letterText, withFile } from './letters.ts';

const subject = (value: string): GroupInput => ({
  match: 'all',
  of: [{ field: 'subject', test: 'contains', value }],
});
const draft = (rule: Omit<RuleDraftInput, 'name'>): RuleDraft =>
  RuleDraft.parse({ name: 'An edit', ...rule });

async function jobEnded(kit: RuleKit, id: string): Promise<void> {
  const { jobs } = kit.profile;
  const ended = () => jobs.list().some((job) => job.id === id && job.endedAt !== null);
  while (!ended())
    await new Promise<void>((next) => {
      const stop = jobs.changed.on(() => {
        stop();
        next();
      });
    });
  assert.equal(jobs.list().find((job) => job.id === id)?.state, 'done');
}

describe('a preview', () => {
  it('counts, says why, what is new with the edit, and what is there already', async (t) => {
    const kit = await openRuleKit(t);
    await kit.arrive(
      letterText({ Subject: 'Concrete: delivery on Friday' }),
      letterText({ Subject: 'Прокат: поставка задержана' }),
      letterText({ Subject: 'Lunch' }),
      letterText(...withFile('list_46.xlsx')),
    );
    const when: GroupInput = {
      match: 'any',
      of: [
        { field: 'subject', test: 'contains', value: 'delivery' },
        { field: 'file-name', test: 'ends', value: '.xlsx' },
      ],
    };
    const id = await kit.rule({ when, actions: [{ do: 'move', to: kit.inbox }] });
    const wider = draft({
      when: { match: 'any', of: [...when.of, { field: 'subject', test: 'contains', value: 'поставка' }] },
      actions: [{ do: 'move', to: kit.inbox }],
    });
    const found = await kit.call('rules.preview', { draft: wider, saved: id, folder: kit.inbox });
    assert.deepEqual(
      [found.scanned, found.count, found.fresh, found.elsewhere, found.waiting],
      [4, 3, 1, 3, 0],
    );
    const marks = found.rows.map(({ row, reasons, fresh }) => {
      const [reason] = reasons;
      return [row.subject, reason?.field, reason?.text.slice(reason.from, reason.to), fresh];
    });
    assert.deepEqual(marks.sort(), [
      ['Concrete', 'file-name', '.xlsx', false],
      ['Concrete: delivery on Friday', 'subject', 'delivery', false],
      ['Прокат: поставка задержана', 'subject', 'поставка', true],
    ]);
    assert.equal(found.rows[0]?.elsewhere, 'Inbox');
    // A second look reads no letter again, and sees those that have come since.
    await kit.arrive(letterText({ Subject: 'Another delivery' }));
    assert.equal((await kit.call('rules.preview', { draft: wider, folder: null })).count, 4);
  });

  it('is told in pieces, which together are the whole', async (t) => {
    const kit = await openRuleKit(t);
    const texts = Array.from({ length: 250 }, (_, n) =>
      letterText({ Subject: n % 3 === 0 ? `delivery ${n}` : `lunch ${n}` }),
    );
    await kit.arrive(...texts);
    const edit = draft({ when: subject('delivery'), actions: [{ do: 'flag' }] });
    const ask = { draft: edit, folder: kit.inbox };
    const whole = await kit.call('rules.preview', { ...ask, rows: 200 });
    assert.deepEqual([whole.scanned, whole.count, whole.total, whole.next], [250, 84, 250, null]);
    const pieces: Output<'rules.preview'>[] = [];
    for (let below: number | null = null; pieces.length === 0 || below !== null; ) {
      const piece: Output<'rules.preview'> = await kit.call('rules.preview', {
        ...ask,
        below,
        within: 1,
        rows: 200,
      });
      below = piece.next;
      pieces.push(piece);
    }
    assert.ok(pieces.length > 1, 'one ms is over after the first step');
    const sum = (of: (piece: Output<'rules.preview'>) => number) =>
      pieces.reduce((n, each) => n + of(each), 0);
    assert.deepEqual([sum((each) => each.scanned), sum((each) => each.count)], [250, 84]);
    assert.deepEqual(
      pieces.flatMap((each) => each.rows.map(({ row }) => row.id)),
      whole.rows.map(({ row }) => row.id),
    );
    const few = await kit.call('rules.preview', { ...ask, limit: 10 });
    assert.deepEqual([few.scanned, few.total, few.next], [10, 10, null]);
  });

  it('asks again for letters that its thread has lost or has no room for', async (t) => {
    const kit = await openRuleKit(t);
    const { thread } = kit.profile.rules;
    await kit.arrive(letterText({ Subject: 'delivery' }, `${'long '.repeat(50_000)}needle\n`));
    const ask = { draft: draft({ when: subject('delivery'), actions: [] }), folder: kit.inbox };
    assert.equal((await kit.call('rules.preview', ask)).count, 1);
    await thread.call('clear', null);
    assert.equal((await kit.call('rules.preview', ask)).count, 1);
    const large = Array.from({ length: 62 }, (_, n) => ({
      id: n + 1,
      bytes: new TextEncoder().encode(`Subject: n\r\n\r\n${'x'.repeat(RULE_BODY_CHARS)}`),
      has: 'whole' as const,
      here: true,
      damaged: false,
      account: 1,
      size: 1,
      date: 0,
      tags: [],
      known: false,
      me: false,
    }));
    await thread.call('fill', { room: 'a test', body: true, letters: large });
    const seen = await thread.call('preview', {
      room: 'a test',
      ids: large.map((each) => each.id),
      set: { rules: [], accounts: [] },
      before: null,
      now: 0,
      rows: 0,
      within: null,
    });
    assert.ok(seen.gone.length > 0 && seen.gone.length < 62);
    assert.ok(seen.gone.includes(62) && !seen.gone.includes(1), 'what came first stays');
    await thread.call('clear', 'a test');
  });

  it('says which letters wait for their text', async (t) => {
    const kit = await openRuleKit(t);
    await arriveHeads(kit.profile, kit, letterText({ Subject: 'a' }), letterText({ Subject: 'b' }));
    const text = draft({
      when: { match: 'all', of: [{ field: 'body', test: 'contains', value: 'x' }] },
      actions: [],
    });
    const found = await kit.call('rules.preview', { draft: text, folder: kit.inbox });
    assert.deepEqual([found.count, found.waiting], [0, 2]);
  });

  it('of a pattern that cannot be used is refused, and so is keeping it', async (t) => {
    const kit = await openRuleKit(t);
    const bad = draft({
      when: { match: 'all', of: [{ field: 'subject', test: 'regex', value: '(' }] },
      actions: [],
    });
    await assert.rejects(kit.call('rules.preview', { draft: bad, folder: kit.inbox }), {
      code: 'bad-pattern',
    });
    await assert.rejects(kit.call('rules.save', { rule: bad }), { code: 'bad-pattern' });
  });
});

describe('a run on a folder', () => {
  it('does what the preview says, sends nothing, and is one undo', async (t) => {
    const kit = await openRuleKit(t);
    const to = await kit.folderOf('Filed');
    const many = Array.from({ length: 450 }, (_, n) =>
      letterText({ Subject: n % 3 === 0 ? `delivery ${n}` : `other ${n}` }),
    );
    await kit.arrive(...many);
    await kit.rule({
      when: subject('delivery'),
      actions: [
        { do: 'move', to },
        { do: 'tag', tag: 'Supply' },
        { do: 'copy', to: await kit.folderOf('Copies') },
        { do: 'forward', to: ['a@b.example'] },
      ],
    });
    const preview = await kit.call('rules.preview', { draft: null, folder: kit.inbox });
    assert.equal(preview.count, 150);
    const { job, undo } = await kit.call('rules.run', { folder: kit.inbox });
    await jobEnded(kit, job);
    const totals = async () =>
      Object.fromEntries(
        (await kit.call('folders.list', {}))
          .filter((each) => each.total > 0 && each.account === kit.account)
          .map((each) => [each.path, each.total]),
      );
    assert.deepEqual(await totals(), { Copies: 150, Filed: 150, Inbox: 300 });
    assert.deepEqual(await kit.outbox(), []);
    const [run] = await kit.call('rules.runs', {});
    assert.deepEqual([run?.letters, run?.caught, run?.undone], [450, 150, false]);
    const [line] = await kit.log();
    assert.equal(line?.run, undo);
    assert.deepEqual(await kit.call('rules.undo', { undo }), { count: 150 }, 'letters, not steps');
    assert.deepEqual(await totals(), { Inbox: 450 });
    assert.deepEqual(await kit.log(), []);
    assert.equal((await kit.call('rules.runs', {}))[0]?.undone, true);
    const view = { scope: { in: 'folder' as const, folder: kit.inbox }, query: 'tag:Supply' };
    assert.equal((await kit.call('messages.window', { view, from: 0, count: 10 })).total, 0);
    await assert.rejects(kit.call('rules.undo', { undo }), { code: 'undo-too-late' });
    assert.deepEqual((await kit.profile.store.read('profile.check')).problems, []);
  });
});

describe('rules are kept', () => {
  it('in their order, whatever is added, moved, removed', async (t) => {
    const kit = await openRuleKit(t);
    const names = async () => (await kit.call('rules.list', {})).map((each) => each.name).join('');
    const ids: number[] = [];
    for (const name of 'abcd') ids.push(await kit.rule({ name, when: subject(name), actions: [] }));
    await kit.call('rules.move', { id: ids[3] ?? 0, at: 0 });
    assert.equal(await names(), 'dabc');
    await kit.call('rules.move', { id: ids[0] ?? 0, at: 99 });
    assert.equal(await names(), 'dbca');
    await kit.call('rules.remove', { id: ids[1] ?? 0 });
    assert.equal(await names(), 'dca');
    await kit.call('rules.save', { rule: draft({ when: subject('b'), actions: [] }), at: 1 });
    assert.equal((await kit.call('rules.list', {}))[1]?.name, 'An edit');
    await assert.rejects(kit.call('rules.move', { id: 999, at: 0 }), { code: 'no-such-rule' });
    await assert.rejects(kit.rule({ when: subject('x'), actions: [{ do: 'move', to: 9999 }] }), {
      code: 'no-such-folder',
    });
    await assert.rejects(
      kit.rule({ when: subject('x'), actions: [{ do: 'move', to: kit.inbox }, { do: 'delete' }] }),
      { code: 'bad-rule' },
    );
  });

  it('as a file that another profile reads, by names of folders and accounts', async (t) => {
    const one = await openRuleKit(t);
    const other = await openRuleKit(t, { own: true });
    await other.folderOf('Pushes the numbers');
    await one.rule({
      name: 'Filed',
      when: {
        match: 'all',
        of: [
          { field: 'account', value: one.account },
          { match: 'none', of: [{ field: 'list' }] },
        ],
      },
      actions: [{ do: 'move', to: await one.folderOf('Filed/Here') }],
      folders: [one.inbox],
      stop: true,
    });
    await one.rule({
      name: 'Elsewhere',
      when: subject('x'),
      actions: [{ do: 'copy', to: await one.folderOf('Only here') }],
    });
    const target = await other.folderOf('Filed/Here');
    const { text } = await one.call('rules.export', {});
    const { added, problems } = await other.call('rules.import', { text });
    assert.equal(added, 2);
    assert.deepEqual(problems, [
      { rule: 'Elsewhere', code: 'no-such-folder', detail: 'me@office.example/Only here' },
    ]);
    const [filed, elsewhere] = await other.call('rules.list', {});
    assert.deepEqual(filed?.actions, [{ do: 'move', to: target }]);
    assert.deepEqual([filed?.folders, filed?.enabled, filed?.stop], [[other.inbox], true, true]);
    assert.deepEqual([elsewhere?.enabled, elsewhere?.problem?.code], [false, 'no-such-folder']);
    // Of two that came in, the file of the second says what the first said.
    assert.equal((await other.call('rules.export', {})).text.split('"Filed"').length, 2);
  });

  it('but not what is no file of rules', async (t) => {
    const kit = await openRuleKit(t);
    const deep = `${'{"match":"all","of":['.repeat(5000)}${']}'.repeat(5000)}`;
    const files = [
      '',
      '{',
      '[]',
      '{"format":"other","version":1,"rules":[]}',
      `{"format":"postroom-rules","version":1,"rules":[{"name":"x","when":${deep},"actions":[]}]}`,
    ];
    for (const text of files)
      await assert.rejects(kit.call('rules.import', { text }), { code: 'bad-rules-file' }, text.slice(0, 40));
    const odd =
      '{"format":"postroom-rules","version":1,"rules":[{"name":""},7,{"name":"ok","when":{"match":"any","of":[{"field":"list"}]},"actions":[]}]}';
    const { added, problems } = await kit.call('rules.import', { text: odd });
    assert.deepEqual([added, problems.map((each) => each.rule)], [1, ['1', '2']]);
  });

  it('from a letter', async (t) => {
    const kit = await openRuleKit(t);
    const [id = 0] = await kit.arrive(
      letterText({ 'List-Id': 'Builders <builders.example>', Subject: 'Re: [crane] Hook' }),
    );
    const { name, questions } = await kit.call('rules.propose', { message: id });
    assert.equal(name, 'builders.example');
    assert.deepEqual(
      questions.map((each) => ['value' in each ? each.value : '', each.field]),
      [
        ['builders.example', 'header'],
        ['p.orlov@otd2.example', 'from'],
        ['[crane]', 'subject'],
      ],
    );
    await assert.rejects(kit.call('rules.propose', { message: 9999 }), { code: 'no-such-message' });
  });
});
