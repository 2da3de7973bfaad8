/** What rules find in a letter: every question, nesting, unknown answers, order, reasons. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileCondition } from '../../../main/client/rules/compile.ts';
import { Facts, type LetterInput } from '../../../main/client/rules/facts.ts';
import { Judge } from '../../../main/client/rules/judge.ts';
import {
  Group,
  type GroupInput,
  type QuestionInput,
  type Reason,
} from '../../../main/contract/mail/rules.ts';
import { keptRule, letterInput, letterText, ON_DEMAND, withFile } from './letters.ts';

const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;

function ask(question: QuestionInput | GroupInput, input: LetterInput): boolean | undefined {
  const group = Group.parse({ match: 'all', of: [question] });
  return compileCondition(group).answer(new Facts(input), NOW);
}

const plain = letterInput(letterText({}));
const list = letterInput(letterText({ 'List-Id': 'Builders <builders.example>' }));
const russian = letterInput(
  letterText({
    Subject: '=?utf-8?B?0J/RgNC+0LrQsNGCOiDQv9C+0YHRgtCw0LLQutCw?=',
    From: '"Артём Ёлкин" <a@otd1.example>',
  }),
);
const file = letterInput(letterText(...withFile('list_46.xlsx', 'application/vnd.ms-excel')));
const crowd = letterInput(
  letterText({ To: 'a@x.example, "Б, В" <b@sub.y.example>', Cc: 'c@z.example', 'X-Mailer': 'Scan 2' }),
);

describe('questions', () => {
  const table: [string, QuestionInput, LetterInput, boolean | undefined][] = [
    ['part of a name', { field: 'from', test: 'contains', value: 'ORLOV' }, plain, true],
    ['part of an address', { field: 'from', test: 'contains', value: 'otd2' }, plain, true],
    ['an address as it is', { field: 'from', test: 'is', value: 'P.Orlov@otd2.example' }, plain, true],
    ['a part is not the whole', { field: 'from', test: 'is', value: 'orlov' }, plain, false],
    ['the domain', { field: 'from', test: 'domain', value: 'otd2.example' }, plain, true],
    ['a domain above', { field: 'from', test: 'domain', value: 'example' }, plain, true],
    ['the end of a domain is none', { field: 'from', test: 'domain', value: 'td2.example' }, plain, false],
    [
      'a domain below, of the second of two',
      { field: 'to', test: 'domain', value: 'y.example' },
      crowd,
      true,
    ],
    ['any recipient', { field: 'recipient', test: 'contains', value: 'c@z' }, crowd, true],
    ['To is not Cc', { field: 'to', test: 'contains', value: 'c@z' }, crowd, false],
    ['Cc', { field: 'cc', test: 'ends', value: 'z.example' }, crowd, true],
    ['begins with the address', { field: 'from', test: 'begins', value: 'p.orlov' }, plain, true],
    ['begins with the name', { field: 'from', test: 'begins', value: 'pavel' }, plain, true],
    ['the subject', { field: 'subject', test: 'is', value: 'concrete' }, plain, true],
    ['not the subject', { field: 'subject', test: 'is', value: 'concrete', not: true }, plain, false],
    ['ё is е', { field: 'from', test: 'contains', value: 'елкин' }, russian, true],
    ['е is ё', { field: 'from', test: 'contains', value: 'АРТЕМ ЁЛК' }, russian, true],
    ['encoded words', { field: 'subject', test: 'contains', value: 'ПОСТАВКА' }, russian, true],
    ['a pattern', { field: 'subject', test: 'regex', value: '^прокат: .*ка$' }, russian, true],
    ['a header field', { field: 'header', name: 'x-mailer', test: 'begins', value: 'scan' }, crowd, true],
    [
      'a field that is not there',
      { field: 'header', name: 'X-None', test: 'contains', value: 'a' },
      crowd,
      false,
    ],
    [
      'without that field',
      { field: 'header', name: 'X-None', test: 'contains', value: 'a', not: true },
      crowd,
      true,
    ],
    ['the text', { field: 'body', test: 'contains', value: 'see the file' }, file, true],
    ['a file', { field: 'has-file' }, file, true],
    ['no file', { field: 'has-file' }, plain, false],
    ['its name', { field: 'file-name', test: 'ends', value: '.XLSX' }, file, true],
    ['its type', { field: 'file-type', test: 'is', value: 'application/vnd.ms-excel' }, file, true],
    ['nothing typed finds nothing', { field: 'subject', test: 'contains', value: ' ' }, plain, false],
    ['over a size', { field: 'size', test: 'over', value: plain.size - 1 }, plain, true],
    ['not over its own size', { field: 'size', test: 'over', value: plain.size }, plain, false],
    ['under', { field: 'size', test: 'under', value: plain.size + 1 }, plain, true],
    ['older', { field: 'age', test: 'older', value: 30 }, { ...plain, date: NOW - 31 * DAY }, true],
    ['not older', { field: 'age', test: 'older', value: 30 }, { ...plain, date: NOW - 29 * DAY }, false],
    ['newer', { field: 'age', test: 'newer', value: 2 }, { ...plain, date: NOW - DAY }, true],
    ['the account', { field: 'account', value: 2 }, plain, false],
    ['a tag', { field: 'tag', value: 'Block 4' }, { ...plain, tags: ['Block 4'] }, true],
    ['known', { field: 'known' }, { ...plain, known: true }, true],
    ['stranger', { field: 'known', not: true }, plain, true],
    ['me', { field: 'me' }, { ...plain, me: true }, true],
    ['a list by List-Id', { field: 'list' }, list, true],
    ['a list by Precedence', { field: 'list' }, letterInput(letterText({ Precedence: 'bulk' })), true],
    ['no list', { field: 'list' }, plain, false],
  ];
  for (const [name, question, input, expected] of table)
    it(name, () => assert.equal(ask(question, input), expected));
});

describe('groups', () => {
  const yes: QuestionInput = { field: 'subject', test: 'contains', value: 'conc' };
  const no: QuestionInput = { field: 'subject', test: 'contains', value: 'steel' };
  const unknown: QuestionInput = { field: 'body', test: 'contains', value: 'x' };
  const head = { ...plain, has: 'header', here: false } as const;
  const table: [GroupInput, boolean | undefined][] = [
    [{ match: 'all', of: [yes, no] }, false],
    [{ match: 'any', of: [yes, no] }, true],
    [{ match: 'none', of: [no] }, true],
    [{ match: 'none', of: [yes] }, false],
    [{ match: 'all', of: [yes, { match: 'any', of: [no, { match: 'none', of: [no] }] }] }, true],
    // What is not known decides only where the rest does not.
    [{ match: 'all', of: [unknown, no] }, false],
    [{ match: 'any', of: [unknown, yes] }, true],
    [{ match: 'all', of: [unknown, yes] }, undefined],
    [{ match: 'none', of: [unknown] }, undefined],
    [{ match: 'none', of: [unknown, yes] }, false],
    // Nothing asked is not every letter.
    [{ match: 'all', of: [] }, false],
    [{ match: 'none', of: [] }, false],
  ];
  for (const [group, expected] of table)
    it(`${JSON.stringify(group).slice(0, 90)} is ${expected}`, () =>
      assert.equal(ask(group, head), expected));

  it('refuses groups that stand too deep', () => {
    let group: GroupInput = { match: 'all', of: [yes] };
    for (let n = 0; n < 20; n++) group = { match: 'all', of: [group] };
    assert.equal(compileCondition(Group.parse(group)).answer(new Facts(plain), NOW), true);
    assert.throws(() => compileCondition(Group.parse({ match: 'all', of: [group] })), { code: 'bad-rule' });
  });
});

describe('reasons', () => {
  const reasonsOf = (group: GroupInput, input: LetterInput): Reason[] => {
    const compiled = compileCondition(Group.parse(group));
    const facts = new Facts(input);
    assert.equal(compiled.answer(facts, NOW), true);
    const reasons: Reason[] = [];
    compiled.explain(facts, NOW, reasons);
    return reasons;
  };

  it('marks the found words of a long text', () => {
    const text = `${'words before '.repeat(50)}the DELIVERY note${' words after'.repeat(50)}`;
    const [reason] = reasonsOf(
      { match: 'all', of: [{ field: 'body', test: 'contains', value: 'delivery' }] },
      letterInput(letterText({}, text)),
    );
    assert.ok(reason && reason.text.length < 120);
    assert.equal(reason.text.slice(reason.from, reason.to), 'DELIVERY');
  });

  it('gives all of "all" and the first of "any"', () => {
    const reasons = reasonsOf(
      {
        match: 'all',
        of: [
          { field: 'from', test: 'domain', value: 'otd2.example' },
          {
            match: 'any',
            of: [
              { field: 'subject', test: 'contains', value: 'steel' },
              { field: 'subject', test: 'contains', value: 'crete' },
              { field: 'subject', test: 'contains', value: 'conc' },
            ],
          },
        ],
      },
      plain,
    );
    assert.deepEqual(
      reasons.map((each) => [each.field, each.text.slice(each.from, each.to)]),
      [
        ['from', 'otd2.example'],
        ['subject', 'crete'],
      ],
    );
  });

  it('marks nothing where folding changes the length', () => {
    const [reason] = reasonsOf(
      { match: 'all', of: [{ field: 'subject', test: 'contains', value: 'bul' }] },
      letterInput(letterText({ Subject: '=?utf-8?Q?=C4=B0stanbul?=' })),
    );
    assert.deepEqual([reason?.from, reason?.to], [0, 0]);
  });
});

describe('a set of rules', () => {
  const subject = (value: string): GroupInput => ({
    match: 'all',
    of: [{ field: 'subject', test: 'contains', value }],
  });
  const body = (value: string): GroupInput => ({
    match: 'all',
    of: [{ field: 'body', test: 'contains', value }],
  });
  const ids = (judge: Judge, input: LetterInput, before = ON_DEMAND) => {
    const verdict = judge.look(new Facts(input), before, NOW);
    return { held: verdict.held.map((each) => each.rule), done: verdict.done, complete: verdict.complete };
  };

  it('runs in order and stops where it is told', () => {
    const rules = [
      keptRule({ id: 1, when: subject('concrete'), actions: [{ do: 'flag' }] }),
      keptRule({ id: 2, when: subject('steel'), actions: [{ do: 'read' }], stop: true }),
      keptRule({ id: 3, when: subject('con'), actions: [{ do: 'read' }], stop: true }),
      keptRule({ id: 4, when: subject('con'), actions: [{ do: 'delete' }] }),
    ];
    assert.deepEqual(ids(new Judge({ rules, accounts: [] }), plain), {
      held: [1, 3],
      done: [1, 2, 3],
      complete: true,
    });
  });

  it('waits at a rule whose answer lies in text that is not here, and goes on from there', () => {
    const rules = [
      keptRule({ id: 1, when: subject('concrete'), actions: [{ do: 'flag' }] }),
      keptRule({ id: 2, when: body('text'), actions: [{ do: 'read' }] }),
      keptRule({ id: 3, when: subject('concrete'), actions: [{ do: 'delete' }] }),
    ];
    const judge = new Judge({ rules, accounts: [] });
    const head = { ...plain, has: 'fields', here: false } as const;
    assert.deepEqual(ids(judge, head), { held: [1], done: [1], complete: false });
    assert.deepEqual(ids(judge, plain, { ...ON_DEMAND, done: [1] }), {
      held: [2, 3],
      done: [1, 2, 3],
      complete: true,
    });
    assert.deepEqual(ids(judge, { ...head, damaged: true }, { ...ON_DEMAND, done: [1] }), {
      held: [3],
      done: [1, 2, 3],
      complete: true,
    });
  });

  it('waits for the octets that a forward, or another account, takes along', () => {
    const head = { ...plain, has: 'header', here: false } as const;
    const forward = keptRule({
      id: 1,
      when: subject('con'),
      actions: [{ do: 'forward', to: ['x@y.example'] }],
    });
    assert.equal(ids(new Judge({ rules: [forward], accounts: [] }), head).complete, false);
    const move = keptRule({ id: 1, when: subject('con'), actions: [{ do: 'move', to: 7 }] });
    assert.equal(ids(new Judge({ rules: [move], accounts: [[7, 2]] }), head).complete, false);
    assert.equal(ids(new Judge({ rules: [move], accounts: [[7, 1]] }), head).complete, true);
  });

  it('looks at the inbox, or at the folders it names', () => {
    const rules = [
      keptRule({ id: 1, when: subject('con'), actions: [] }),
      keptRule({ id: 2, when: subject('con'), actions: [], folders: [9] }),
    ];
    const judge = new Judge({ rules, accounts: [] });
    assert.deepEqual(ids(judge, plain, { folder: 3, inbox: true, done: [] }).held, [1]);
    assert.deepEqual(ids(judge, plain, { folder: 9, inbox: false, done: [] }).held, [2]);
    assert.deepEqual(ids(judge, plain).held, [1, 2]);
  });

  it('does not decode what no rule asks for', () => {
    const input = { ...file };
    let read = 0;
    const facts = new Facts(input);
    const texts = facts.texts.bind(facts);
    facts.texts = (field) => {
      if (field === 'body' || field.startsWith('file')) read++;
      return texts(field);
    };
    new Judge({ rules: [keptRule({ when: subject('con'), actions: [] })], accounts: [] }).look(
      facts,
      ON_DEMAND,
      NOW,
    );
    assert.equal(read, 0);
  });
});
