/**
 * What the rules' own thread answers: judging letters, previews of an edit over thousands of them, and the letters that rules
 * send. One thread, so that compiled rules and the letters of a preview stay where they are used.
 *
 * It must never touch the database, the network or a file. A letter's content never makes a call fail.
 */
import { toFault } from '../../base/errors.ts';
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
  facts: Map<number, Facts>;
  /** Letters whose text was read, too. */
  body: boolean;
}
/** Letters of the previews that are open, by folder. */
const rooms = new Map<string, Room>();
/** Rooms kept; another window's preview needs a second one. */
const ROOMS = 2;

export const calls = {
  /** @throws Fault user `bad-pattern`, `bad-rule` */
  check: ({ rule }: { rule: RuleDraft }): { body: boolean } => ({ body: compileCondition(rule.when).body }),
  judge: ({ set, letters, now }: { set: RuleSet; letters: LetterToJudge[]; now: number }): Judged => {
    const { judge, broken } = ready(set);
    return { verdicts: letters.map((letter) => judgeLetter(judge, letter, now)), broken };
  },
  /** Whether any rule of the set asks for more than the header. */
  body: ({ set }: { set: RuleSet }): boolean => ready(set).judge.body,
  /** Takes letters into a preview's room; nothing of their octets is kept but what rules ask. */
  fill: ({ room, body, letters }: { room: string; body: boolean; letters: LetterInput[] }): void => {
    const known = rooms.get(room);
    const here = known && (known.body || !body) ? known : { facts: new Map<number, Facts>(), body };
    rooms.delete(room);
    rooms.set(room, here);
    for (const letter of letters) here.facts.set(letter.id, new Facts(letter).settle(body));
    for (const name of rooms.keys()) if (rooms.size > ROOMS) rooms.delete(name);
  },
  /** Which of these letters a room has not got yet. */
  missing: ({ room, body, ids }: { room: string; body: boolean; ids: number[] }): number[] => {
    const known = rooms.get(room);
    if (!known || (body && !known.body)) return ids;
    const wanted = new Set(ids);
    for (const id of known.facts.keys()) if (!wanted.has(id)) known.facts.delete(id);
    return ids.filter((id) => !known.facts.has(id));
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
    },
    context: CallContext,
  ): { held: Verdict[]; fresh: number[]; waiting: number; broken: Judged['broken'] } {
    const room = rooms.get(input.room);
    const { judge, broken } = ready(input.set);
    const old = input.before ? new Judge(input.before) : null;
    const held: Verdict[] = [];
    const fresh: number[] = [];
    let waiting = 0;
    for (const id of input.ids) {
      if (context.cancelled()) break;
      const facts = room?.facts.get(id);
      if (!facts) continue;
      const asked = { folder: null, inbox: true, done: [] };
      const verdict = judge.look(facts, asked, input.now, held.length < input.rows);
      if (verdict.held.length === 0) {
        if (!verdict.complete) waiting++;
        continue;
      }
      held.push(verdict);
      if (!old || old.look(facts, asked, input.now, false).held.length === 0) fresh.push(id);
    }
    return { held, fresh, waiting, broken };
  },
  propose: ({ letter }: { letter: LetterInput }): Proposal => proposeRule(new Facts(letter).head),
  /** Lets the letters of previews go. */
  clear: (): void => rooms.clear(),
  /** Addresses a letter came to, the surest first. */
  cameTo: ({ bytes }: { bytes: Uint8Array }): string[] => cameTo(readHead(bytes)),
  async send(input: SendInput, context: CallContext): Promise<Made> {
    const made = await makeSend(input);
    if ('blob' in made && typeof made.blob.record !== 'string') context.transfer(made.blob.record.buffer);
    return made;
  },
};

export type RuleCalls = typeof calls;
