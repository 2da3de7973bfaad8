/**
 * Issue's bar: 10,000 letters against 200 rules, on average under 1 ms a letter; a hostile pattern within 10 ms. And what a
 * person sees: the first letters of a preview within 200 ms.
 */
import { systemClock } from '../main/base/clock.ts';
import { silentLog } from '../main/base/log.ts';
import { programModule } from '../main/client/entries.ts';
import { Jobs } from '../main/client/jobs.ts';
import { readLetter } from '../main/client/messages/facts.ts';
import type { ClientProgram, ClientStore } from '../main/client/program.ts';
import { Facts, type LetterInput } from '../main/client/rules/facts.ts';
import { Judge, type KeptRule } from '../main/client/rules/judge.ts';
import { compilePattern } from '../main/client/rules/patterns.ts';
import { openRules } from '../main/client/rules/rules.ts';
import { type Question, RuleDraft } from '../main/contract/mail/rules.ts';
import { prepareBlob } from '../main/store/record.ts';
import { openStore } from '../main/store/store.ts';
import { type Bench, median, type Result, verdict } from './harness.ts';

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
  // Each letter of the text is another state of a machine that knows all it has seen.
  '[ab]*a[ab]{12}c',
  '(a|b)*a(a|b){14}$',
  '.*a.{20}b.{20}!',
  '[^!]*[aа][^!]{60}!',
  '([ab]{0,5}[ab]a[ab]{6}){3,9}!',
  '(\\p{L}{1,20}[аб]){2,10}!',
  '(|a|b|)*c',
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

/** Two hundred rules, each with a hostile pattern for the text. */
function hostileRules(): Judge {
  const hostile = Array.from({ length: 200 }, (_, n): KeptRule => {
    const value = `${HOSTILE[n % HOSTILE.length]}${n}`;
    const of: Question[] = [{ field: 'body', test: 'regex', value, not: false }];
    return {
      ...RuleDraft.parse({ name: `Rule ${n}`, when: { match: 'any', of }, actions: [{ do: 'flag' }] }),
      id: n,
    };
  });
  return new Judge({ rules: hostile, accounts: [] });
}

function largeLetter(): LetterInput {
  const line = `${Array.from({ length: 70 }, () => 'ab'[random(2)]).join('')}\r\n`;
  const bytes = new TextEncoder().encode(`From: a@b.example\r\nSubject: x\r\n\r\n${line.repeat(70_000)}`);
  return { ...letter(0), bytes, size: bytes.length };
}

/** What a window sees: the first letters, then all of them, cold and with the letters read. */
async function previews(count: number, scratch: string, say: (text: string) => void): Promise<Result[]> {
  const store = await openStore<ClientProgram>({
    dir: scratch,
    program: programModule,
    log: silentLog,
    readers: 1,
  });
  const room = openRules({
    store,
    jobs: new Jobs(systemClock),
    clock: systemClock,
    log: silentLog,
    version: '1',
    emit: () => {},
    fetchBody: async () => {},
    wakeOutbox: () => {},
  });
  try {
    const folder = await fill(store, count);
    const times = { cold: [] as number[], first: [] as number[], whole: [] as number[] };
    const processor = { cold: [] as number[], first: [] as number[] };
    for (let round = 0; round < 5; round++) {
      await room.thread.call('clear', null);
      const ask = async (name: 'cold' | 'first'): Promise<void> => {
        const input = { ...PREVIEW, folder, limit: count };
        const before = process.cpuUsage();
        const begun = performance.now();
        let piece = await room.previews.preview({ ...input, within: 80 }, new AbortController().signal);
        times[name].push(performance.now() - begun);
        const { user, system } = process.cpuUsage(before);
        processor[name].push((user + system) / 1000);
        while (piece.next !== null)
          piece = await room.previews.preview(
            { ...input, within: 400, below: piece.next },
            new AbortController().signal,
          );
        if (name === 'cold') times.whole.push(performance.now() - begun);
      };
      await ask('cold');
      await ask('first');
    }
    say(
      `processor of a first piece, ms: ${median(processor.cold).toFixed(0)} cold, ${median(processor.first).toFixed(0)} warm`,
    );
    const row = 'rules';
    return [
      verdict(
        { row, what: `preview of 200 rules, ${count} letters: first rows, ms`, budget: 200 },
        times.cold,
      ),
      verdict({ row, what: 'the same after an edit, ms', budget: 200 }, times.first),
      verdict({ row, what: 'all of them counted, ms', budget: null }, times.whole),
    ];
  } finally {
    await room.close();
    await store.close();
  }
}

const PREVIEW = { draft: null, saved: null, rules: null, below: null, rows: 50 } as const;

/** An account with letters in its inbox, and the rules; the folder. */
async function fill(store: ClientStore, count: number): Promise<number> {
  const account = await store.write('folders.ensureLocal');
  const folder = await store.write('folders.ensurePath', { account, path: 'Bench' });
  for (const rule of rules) await store.write('rules.save', { rule });
  for (let at = 0; at < count; at += 500) {
    const letters = Array.from({ length: Math.min(500, count - at) }, (_, n) => {
      const { bytes } = letter(at + n);
      const { facts } = readLetter(bytes);
      const received = Date.UTC(2026, 10, 1) + (at + n) * 1000;
      return { folder, uid: null, received, flags: 0, keywords: [], facts, prepared: prepareBlob(bytes) };
    });
    await store.write('messages.insert', { unique: false, letters });
  }
  return folder;
}

export const rulesBench: Bench = {
  name: 'rules',
  async run({ quick, scratch, say }) {
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
    const texts = ['a'.repeat(65_536), Array.from({ length: 65_536 }, () => 'ab'[random(2)]).join('')];
    const hostile = Array.from({ length: 5 }, () => {
      let slowest = 0;
      for (const pattern of HOSTILE)
        for (const text of texts) {
          const compiled = compilePattern(pattern);
          const took = spent(() => void compiled.matches(text));
          if (took > slowest) slowest = took;
        }
      return slowest;
    });
    const all = hostileRules();
    const alike = Array.from({ length: 5 }, () => {
      const large = [largeLetter()];
      return spent(() => {
        for (const each of large) held += all.look(new Facts(each), ask, 0).held.length;
      });
    });
    return [
      verdict(
        { row: 'rules', what: `200 rules, ${count} letters, ms a letter (parsing included)`, budget: 1 },
        times,
      ),
      verdict({ row: 'rules', what: 'the slowest hostile pattern, ms', budget: 10 }, hostile),
      verdict({ row: 'rules', what: '200 hostile patterns on one letter of 5 MB, ms', budget: null }, alike),
      ...(await previews(count, scratch, say)),
    ];
  },
};
