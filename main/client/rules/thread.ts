/**
 * What the rules' own thread answers: judging letters, previews of an edit over thousands of them, and the letters that rules
 * send. One thread, so that compiled rules and the letters of a preview stay where they are used.
 *
 * It must never touch the database, the network or a file. A letter's content never makes a call fail.
 */

import { systemClock } from '../../base/clock.ts';
import { toFault } from '../../base/errors.ts';
import { RULE_ROOM_CHARS } from '../../base/limits.ts';
import type { RuleDraft } from '../../contract/mail/rules.ts';
import { readHead } from '../../mail/message.ts';
import type { CallContext } from '../../store/threads.ts';
import { cameTo } from '../drafts/letters.ts';
import { compileCondition } from './compile.ts';
import { Facts, type LetterInput } from './facts.ts';
import { Judge, judgeLetter, type LetterToJudge, type RuleSet, type Verdict } from './judge.ts';
import { type Made, makeSend, type SendInput } from './letters.ts';
import { type Proposal, proposeRule } from './propose.ts';

export interface Judged {
  verdicts: Verdict[];
  broken: { id: number; code: string; detail: string }[];
}

export interface Previewed {
  held: Verdict[];
  fresh: number[];
  waiting: number;
  broken: Judged['broken'];
  /** How many of them were looked at. */
  looked: number;
  /** Letters that are not in the room: the thread was begun anew. */
  missing: number[];
  /** Letters that had no place in it any more. */
  gone: number[];
}

let judges: { key: string; judge: Judge; broken: Judged['broken'] } | null = null;

/** The set made ready; a rule that cannot be is left out and told. */
function ready(set: RuleSet): { judge: Judge; broken: Judged['broken'] } {
  const key = JSON.stringify(set);
  if (judges?.key === key) return judges;
  const broken: Judged['broken'] = [];
  const rules = set.rules.filter((rule) => {
    try {
      compileCondition(rule.when);
      return true;
    } catch (failure) {
      const { code, detail } = toFault(failure);
      broken.push({ id: rule.id, code, detail: String(detail?.reason ?? '') });
      return false;
    }
  });
  judges = { key, judge: new Judge({ ...set, rules }), broken };
  return judges;
}

interface Room {
  /** In the order they were taken in. */
  facts: Map<number, { facts: Facts; weight: number }>;
  weight: number;
}
/** Letters of the previews that are open, by folder; the caller opens and closes them. */
const rooms = new Map<string, Room>();

export const calls = {
  /** @throws Fault user `bad-pattern`, `bad-rule` */
  check: ({ rule }: { rule: RuleDraft }): void => void compileCondition(rule.when),
  judge: ({ set, letters, now }: { set: RuleSet; letters: LetterToJudge[]; now: number }): Judged => {
    const { judge, broken } = ready(set);
    return { verdicts: letters.map((letter) => judgeLetter(judge, letter, now)), broken };
  },
  /** Takes letters into a preview's room; nothing of their octets is kept but what rules ask. */
  fill: ({ room, body, letters }: { room: string; body: boolean; letters: LetterInput[] }): void => {
    const here = rooms.get(room) ?? { facts: new Map(), weight: 0 };
    rooms.set(room, here);
    for (const letter of letters) {
      const facts = new Facts(letter).settle(body);
      const { weight } = facts;
      here.facts.set(letter.id, { facts, weight });
      here.weight += weight;
    }
  },
  /** The room's letters put to an edit and to what it was before. */
  preview(
    input: {
      room: string;
      ids: number[];
      set: RuleSet;
      before: RuleSet | null;
      now: number;
      /** Letters that get their reasons. */ rows: number;
      /** ms after which it stops, with one letter at least looked at; null: it looks at all. */
      within: number | null;
    },
    context: CallContext,
  ): Previewed {
    const room = rooms.get(input.room);
    const { judge, broken } = ready(input.set);
    const old = input.before ? new Judge(input.before) : null;
    const seen: Previewed = { held: [], fresh: [], waiting: 0, broken, missing: [], gone: [], looked: 0 };
    const end = input.within === null ? Number.POSITIVE_INFINITY : systemClock.ticks() + input.within;
    for (const id of input.ids) {
      if (context.cancelled() || (seen.looked > 0 && systemClock.ticks() > end)) break;
      seen.looked++;
      const facts = room?.facts.get(id)?.facts;
      if (!facts) {
        seen.missing.push(id);
        continue;
      }
      const asked = { folder: null, inbox: true, done: [] };
      const verdict = judge.look(facts, asked, input.now, seen.held.length < input.rows);
      if (verdict.held.length === 0) {
        if (!verdict.complete) seen.waiting++;
        continue;
      }
      seen.held.push(verdict);
      if (!old || old.look(facts, asked, input.now, false).held.length === 0) seen.fresh.push(id);
    }
    if (room && room.weight > RULE_ROOM_CHARS) {
      // The newest letters, which are asked for first, came first and stay.
      for (const [id, { weight }] of [...room.facts].reverse()) {
        if (room.weight <= RULE_ROOM_CHARS) break;
        room.facts.delete(id);
        room.weight -= weight;
        seen.gone.push(id);
      }
    }
    return seen;
  },
  propose: ({ letter }: { letter: LetterInput }): Proposal => proposeRule(new Facts(letter).head),
  /** Lets the letters of previews go; of one room or of all. */
  clear: (room: string | null): void => void (room === null ? rooms.clear() : rooms.delete(room)),
  /** Addresses a letter came to, the surest first. */
  cameTo: ({ bytes }: { bytes: Uint8Array }): string[] => cameTo(readHead(bytes)),
  async send(input: SendInput, context: CallContext): Promise<Made> {
    const made = await makeSend(input);
    if ('blob' in made && typeof made.blob.record !== 'string') context.transfer(made.blob.record.buffer);
    return made;
  },
};

export type RuleCalls = typeof calls;
