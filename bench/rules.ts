/** Issue's bar: 10,000 letters against 200 rules, on average under 1 ms a letter; a hostile pattern within 10 ms. */
import { Facts, type LetterInput } from '../main/client/rules/facts.ts';
import { Judge, type KeptRule } from '../main/client/rules/judge.ts';
import { compilePattern } from '../main/client/rules/patterns.ts';
import { type Question, RuleDraft } from '../main/contract/mail/rules.ts';
import { type Bench, verdict } from './harness.ts';

const WORDS =
  'бетон поставка смета договор delivery invoice report crane rebar block tender payment акт счёт'.split(' ');
const HOSTILE = [
  '(a+)+$',
  '(a|aa)+$',
  '(.*a){12}x',
  '(x+x+)+y',
  'a{500}',
  '(a{1,15}){1,15}b',
  '(\\w+\\s?)+!',
];

let seed = 20_261_121;
const random = (below: number): number => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((seed / 2_147_483_648) * below);
};
const word = (): string => WORDS[random(WORDS.length)] as string;

/** What an office's rules ask: mostly who and what about, some the text, some a pattern. */
function question(n: number): Question {
  const not = false;
  if (n % 10 === 0) return { field: 'subject', test: 'regex', value: `${word()} №? ?[0-9]{2,4}/${n}`, not };
  if (n % 8 === 0) return { field: 'body', test: 'contains', value: `${word()} ${n}`, not };
  if (n % 7 === 0) return { field: 'header', name: 'List-Id', test: 'contains', value: `list${n}`, not };
  if (n % 3 === 0) return { field: 'from', test: 'domain', value: `otd${n}.constr.org`, not };
  return { field: 'subject', test: 'contains', value: `${word()} ${n}`, not };
}

const rules = Array.from(
  { length: 200 },
  (_, n): KeptRule => ({
    ...RuleDraft.parse({
      name: `Rule ${n}`,
      when: { match: 'any', of: [question(n), { match: 'all', of: [question(n + 1), question(n + 2)] }] },
      actions: [{ do: 'flag' }],
    }),
    id: n + 1,
  }),
);

function letter(n: number): LetterInput {
  const line = (): string => `${Array.from({ length: 10 }, word).join(' ')}\r\n`;
  const text = `From: =?utf-8?B?0J/QsNCy0LXQuw==?= <p${n % 50}@otd${n % 9}.constr.org>\r\nTo: me@office.example\r\nSubject: ${word()} ${word()} ${n % 400}\r\nMessage-ID: <${n}@x>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${Array.from({ length: 30 }, line).join('')}`;
  const bytes = new TextEncoder().encode(text);
  return {
    id: n,
    bytes,
    has: 'whole',
    here: true,
    damaged: false,
    account: 1,
    size: bytes.length,
    date: 0,
    tags: [],
    known: false,
    me: false,
  };
}

/** Processor ms of a piece of work that waits for nothing: what others do on the machine does not count. */
function spent(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export const rulesBench: Bench = {
  name: 'rules',
  async run({ quick, say }) {
    const count = quick ? 2000 : 10_000;
    const judge = new Judge({ rules, accounts: [] });
    const ask = { folder: null, inbox: true, done: [] };
    const times: number[] = [];
    let held = 0;
    for (let round = 0; round < 3; round++) {
      const letters = Array.from({ length: count }, (_, n) => letter(n));
      const took = spent(() => {
        for (const each of letters) held += judge.look(new Facts(each), ask, 0).held.length;
      });
      times.push(took / count);
    }
    say(`${held} times a rule held`);
    const text = 'a'.repeat(65_536);
    const hostile: number[] = [];
    for (const pattern of HOSTILE) {
      const compiled = compilePattern(pattern);
      const took = spent(() => void compiled.matches(text));
      say(`${pattern}: ${took.toFixed(2)} ms`);
      hostile.push(took);
    }
    return [
      verdict(
        { row: 'rules', what: `200 rules, ${count} letters, ms a letter (parsing included)`, budget: 1 },
        times,
      ),
      verdict({ row: 'rules', what: 'the slowest hostile pattern, ms', budget: 10 }, [Math.max(...hostile)]),
    ];
  },
};
