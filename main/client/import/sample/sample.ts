/**
 * The sample office: a year of mail of an estimator in a small construction firm, for people who look around
 * before they connect their own. Pure: makes letters, touches neither disk nor database nor network. The same
 * seed and the same clock make the same octets.
 */
import { fill, type Pattern, patterns, seeded } from './bulk.ts';
import { png, xlsx } from './files.ts';
import { type SampleFile, type SampleLetter, writeLetter } from './letter.ts';
import { newsletter } from './newsletter.ts';
import { OWNER, type Person, people } from './people.ts';
import { type ThreadLetter, threads } from './threads.ts';

export interface MadeLetter {
  folder: string;
  bytes: Uint8Array;
  flags: SampleLetter['flags'];
  /** Tag names; the account's tags are made from them. */
  tags: readonly string[];
  date: number;
}

export const SAMPLE_ADDRESS = OWNER.address;
export const SAMPLE_LETTERS = 1200;
export const SAMPLE_TAGS: readonly { en: string; ru: string; colour: 'blue' | 'red' }[] = [
  { en: 'Block 4', ru: 'Корпус 4', colour: 'blue' },
  { en: 'Urgent', ru: 'Срочно', colour: 'red' },
];

const HOUR = 3_600_000;
const person = (name: ThreadLetter['from']): Person => (name === 'me' ? OWNER : people[name]);

function tableText(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.join('   ')).join('\n');
}

function tableHtml(rows: readonly (readonly (string | number)[])[]): string {
  const line = (row: readonly (string | number)[], tag: 'th' | 'td') =>
    `<tr>${row.map((cell) => `<${tag} style="text-align:left;padding:6px 24px 6px 0;border-bottom:1px solid #e3dfd8">${cell}</${tag}>`).join('')}</tr>`;
  return `<table style="border-collapse:collapse">${rows.map((row, index) => line(row, index === 0 ? 'th' : 'td')).join('')}</table>`;
}

function handWritten(now: number, language: 0 | 1): SampleLetter[] {
  const out: SampleLetter[] = [];
  threads.forEach((thread, t) => {
    const ids: string[] = [];
    thread.letters.forEach((each, n) => {
      const rows = each.table?.[language];
      const text = each.text[language];
      const subject = thread.subject[language];
      const id = `t${t}.${n}.${Math.floor(now / HOUR)}@constr.org`;
      const flags: SampleLetter['flags'][number][] = each.unread ? [] : ['seen'];
      if (each.flagged) flags.push('flagged');
      if (each.answered) flags.push('answered');
      if (each.forwarded) flags.push('forwarded');
      const letter: SampleLetter = {
        folder: each.from === 'me' ? 'Sent' : (each.folder ?? thread.folder)[language],
        from: person(each.from),
        to: (each.to ?? ['me']).map(person),
        cc: (each.cc ?? []).map(person),
        subject: n === 0 ? subject : `Re: ${subject}`,
        date: now - each.ago * HOUR,
        text: rows ? text.replace('{table}', tableText(rows)) : text,
        id,
        parents: [...ids],
        flags,
        tags: (each.tags ?? []).map((tag) => tag[language]),
        language: language === 0 ? 'en' : 'ru',
      };
      if (rows) {
        const paragraphs = text
          .split('\n\n')
          .map((p) => (p === '{table}' ? tableHtml(rows) : `<p>${p.replace(/\n/g, '<br>')}</p>`));
        letter.html = `<html><body>${paragraphs.join('\n')}</body></html>`;
      }
      if (each.files) letter.files = each.files(language, xlsx);
      out.push(letter);
      ids.push(id);
    });
  });
  return out;
}

function choose(random: () => number, total: number): Pattern {
  let at = random() * total;
  for (const pattern of patterns) {
    at -= pattern.weight;
    if (at < 0) return pattern;
  }
  return patterns[0]!;
}

/** A year of everyday letters, newest two days old, thinning out at night and at weekends. */
function everyday(now: number, main: 0 | 1, count: number): SampleLetter[] {
  const random = seeded(20261120);
  const weight = patterns.reduce((sum, each) => sum + each.weight, 0);
  const out: SampleLetter[] = [];
  const two = (n: number) => String(n).padStart(2, '0');
  for (let serial = 0; out.length < count; serial++) {
    const pattern = choose(random, weight);
    // Both languages live in this office; the reader's own is the more frequent one.
    const language = pattern.bothLanguages ? 0 : random() < 0.8 ? main : main === 0 ? 1 : 0;
    const day = new Date(now - (2 + Math.floor(random() ** 1.4 * 363)) * 24 * HOUR);
    if (day.getUTCDay() === 0 || (day.getUTCDay() === 6 && random() < 0.8)) continue;
    const date = Math.floor(day.getTime() / (24 * HOUR)) * 24 * HOUR + (5 + random() * 10) * HOUR;
    const n = 100 + serial;
    const at = new Date(date + 3 * HOUR);
    const chosen: Record<string, string> = {
      n: String(n),
      m: String(4 + Math.floor(random() * 60)),
      date: `${two(at.getUTCDate())}.${two(at.getUTCMonth() + 1)}.${at.getUTCFullYear()}`,
      time: `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`,
    };
    for (const [name, values] of Object.entries(fill))
      chosen[name] = values[Math.floor(random() * values.length)]![language];
    const put = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => chosen[name] ?? whole);
    const id = `b${n}.${Math.floor(now / HOUR)}@constr.org`;
    const old = now - date > 12 * 24 * HOUR;
    const letter: SampleLetter = {
      folder: pattern.folder[main],
      from: person(pattern.from),
      to: [OWNER],
      subject: put(pattern.subject[language]),
      date,
      text: put(pattern.text[language]),
      id,
      flags: pattern.junk ? ['junk'] : old || random() < 0.93 ? ['seen'] : [],
      language: language === 0 ? 'en' : 'ru',
    };
    if (pattern.file) letter.files = [pattern.file(n, language)] as SampleFile[];
    out.push(letter);
    if (pattern.answer && random() < 0.35 && out.length < count) {
      letter.flags = ['seen', 'answered'];
      out.push({
        ...letter,
        folder: 'Sent',
        from: OWNER,
        to: [letter.from],
        subject: `Re: ${letter.subject}`,
        text: put(pattern.answer[language]),
        date: date + (0.2 + random() * 3) * HOUR,
        id: `a${n}.${Math.floor(now / HOUR)}@constr.org`,
        parents: [id],
        flags: ['seen'],
        files: [],
      });
    }
  }
  return out;
}

function drafts(now: number, language: 0 | 1): SampleLetter[] {
  return [
    {
      folder: 'Drafts',
      from: OWNER,
      to: [people.kuznetsova],
      subject: language === 0 ? 'Invoice 2214: corrected estimate' : 'Счёт 2214: исправленная смета',
      date: now - 0.4 * HOUR,
      text:
        language === 0
          ? 'Irina, good morning!\n\nI checked line 6: in the estimate of 12 November the concrete is without delivery, the invoice has delivery in it.'
          : 'Ирина, добрый день!\n\nПроверила строку 6: в смете от 12 ноября бетон посчитан без доставки, в счёте доставка включена.',
      id: `d1.${Math.floor(now / HOUR)}@constr.org`,
      flags: ['seen', 'draft'],
      language: language === 0 ? 'en' : 'ru',
    },
  ];
}

function newsletters(now: number, language: 0 | 1): SampleLetter[] {
  return [3, 33, 64].map((days, index) => {
    const content = newsletter(language, 48 - index * 4);
    return {
      folder: index === 0 ? 'Inbox' : 'Archive',
      from: people.digest,
      to: [OWNER],
      subject: content.subject,
      date: now - days * 24 * HOUR,
      text: content.text,
      html: content.html,
      files: [
        {
          name: 'header.png',
          type: 'image/png',
          bytes: png(600, 140, 7 + index),
          contentId: 'header@stroydigest.example',
        },
      ],
      id: `n${index}.${Math.floor(now / HOUR)}@stroydigest.example`,
      flags: ['seen'] as const,
      headers: [
        ['List-Id', 'Building Digest <digest.stroydigest.example>'],
        ['List-Unsubscribe', '<https://stroydigest.example/unsubscribe?u=1>'],
      ] as [string, string][],
      language: language === 0 ? ('en' as const) : ('ru' as const),
    };
  });
}

/** All letters, newest first, so that the first batch already fills the window. */
export function* makeSample(now: number, language: 'en' | 'ru'): Generator<MadeLetter> {
  const which = language === 'ru' ? 1 : 0;
  const first = [...handWritten(now, which), ...drafts(now, which), ...newsletters(now, which)];
  const all = [...first, ...everyday(now, which, SAMPLE_LETTERS - first.length)].sort(
    (a, b) => b.date - a.date,
  );
  for (const letter of all) {
    yield {
      folder: letter.folder,
      bytes: writeLetter(letter),
      flags: letter.flags,
      tags: letter.tags ?? [],
      date: letter.date,
    };
  }
}
