/**
 * The address book of a large office: 50,000 contacts, and people met in letters beside them. Suggestions while typing have 20 ms,
 * the slowest included; a page of the list anywhere has the same.
 */
import { join } from 'node:path';
import { emptyContent } from '../main/client/contacts/content.ts';
import type { BroughtCard } from '../main/client/contacts/writes.ts';
import { type Engine, openEngine } from './engine.ts';
import { type Bench, median, timed, verdict } from './harness.ts';

const GIVEN = 'Анна Пётр Ольга Семён Ирина Павел Юлия Тимур Нина Глеб Anna Peter Olga Simon Irene Paul'.split(
  ' ',
);
const ROOTS = 'бел орл кузнец сокол лебед зайц волк медвед черн красн новик горш гонч ткач пахом ерм'.split(
  ' ',
);
const TYPED = [
  'а',
  'о',
  'an',
  'бел',
  'орлов',
  'иван',
  'c1',
  'пётр ор',
  'anna',
  'jhk',
  'щкд',
  'example',
  'отдел',
  '',
  'нет-таких',
  'u499',
  'п к',
];

function card(n: number): BroughtCard {
  const given = GIVEN[n % GIVEN.length] as string;
  const family = `${ROOTS[n % ROOTS.length]}ов${n.toString(36)}`;
  return {
    uid: `bench-${n}`,
    photo: null,
    content: emptyContent({
      given,
      family,
      emails: [{ value: `u${n}@c${n % 900}.example`, type: 'work' }],
      phones: [{ value: `+7 495 ${1_000_000 + n}`, type: 'work' }],
      organisation: `Фирма ${n % 900}`,
      department: `Отдел ${n % 40}`,
    }),
  };
}

/** Letters from as many different people. */
async function meet({ profile }: Engine, people: number): Promise<void> {
  const { store, pool } = profile;
  const account = await store.write('folders.ensureLocal');
  const folder = await store.write('folders.ensurePath', { account, path: 'Inbox' });
  for (let at = 0; at < people; at += 500) {
    const letters = Array.from({ length: 500 }, (_, n) => {
      const { content } = card(1_000_000 + at + n);
      const from = `${content.given} ${content.family} <s${at + n}@met.example>`;
      return new TextEncoder().encode(`From: ${from}\r\nSubject: ${at + n}\r\n\r\nText\r\n`);
    });
    const made = await pool.call('ingestMany', { letters });
    await store.write('messages.insert', {
      unique: false,
      letters: made.map(({ facts, blob: prepared }, n) => ({
        folder,
        uid: null,
        received: Date.UTC(2026, 0, 1) + (at + n) * 1000,
        flags: 0,
        keywords: [],
        facts,
        prepared,
      })),
    });
  }
}

export const contactsBench: Bench = {
  name: 'contacts',
  async run({ quick, scratch, say }) {
    const count = quick ? 5000 : 50_000;
    const engine = await openEngine(join(scratch, 'profile'));
    const { store } = engine.profile;
    const cards = Array.from({ length: count }, (_, n) => card(n));
    const brought = await timed(async () => {
      for (let at = 0; at < count; at += 1000)
        await store.write('contacts.bring', { book: null, known: 'add', cards: cards.slice(at, at + 1000) });
    });
    say(`${count} contacts in ${(brought / 1000).toFixed(1)} s`);
    await meet(engine, quick ? 1000 : 20_000);
    await engine.call('people.suggest', { text: 'warm' });
    const suggested: number[] = [];
    const slowest: number[] = [];
    for (const text of TYPED) {
      const took: number[] = [];
      for (let n = 0; n < 10; n++) took.push(await timed(() => engine.call('people.suggest', { text })));
      say(`"${text}": ${median(took).toFixed(1)} ms`);
      suggested.push(...took);
      slowest.push(median(took));
    }
    const pages: number[] = [];
    for (let n = 0; n < 50; n++)
      pages.push(
        await timed(() => engine.call('contacts.window', { from: Math.floor((n / 50) * count), count: 100 })),
      );
    const known: number[] = [];
    const addresses = Array.from({ length: 200 }, (_, n) => `u${n * 7}@c${(n * 7) % 900}.example`);
    for (let n = 0; n < 20; n++) known.push(await timed(() => engine.call('contacts.known', { addresses })));
    await engine.close();
    return [
      verdict({ row: '4-2', what: `people while typing, ${count} contacts (median)`, budget: 20 }, suggested),
      verdict({ row: '4-2', what: 'people while typing, the slowest of the texts', budget: 20 }, [
        Math.max(...slowest),
      ]),
      verdict({ row: '4-2', what: 'a page of the address book, anywhere', budget: 20 }, pages),
      verdict({ row: '4-2', what: '200 addresses: who is in the book', budget: 20 }, known),
    ];
  },
};
