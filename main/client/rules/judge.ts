/**
 * A set of rules put to one letter: which of them hold, in their order, and what is to be done. Pure.
 *
 * The first rule that moves or deletes a letter decides its place; rules below may still mark, copy and send it. A rule
 * whose answer lies in octets that are not here ends the look for now: what stands above it is done, it and those below
 * are asked again when the octets have come.
 */
import type { Condition, Reason, RuleAction, RuleDraft } from '../../contract/mail/rules.ts';
import { type Compiled, compileCondition } from './compile.ts';
import { Facts, type LetterInput } from './facts.ts';

/** A rule as it is kept, with what the judge has to know of its folders. */
export interface KeptRule extends RuleDraft {
  id: number;
}

export interface RuleSet {
  rules: KeptRule[];
  /** Account of every folder that a rule names, as pairs. */
  accounts: [folder: number, account: number][];
}

/** A rule of the set asks for letters' text or files. */
export const asksBody = ({ rules }: RuleSet): boolean => rules.some(({ when }) => askedOfBody(when));

const OF_BODY: ReadonlySet<string> = new Set(['body', 'file-name', 'file-type', 'has-file']);
const askedOfBody = (condition: Condition): boolean =>
  'match' in condition ? condition.of.some(askedOfBody) : OF_BODY.has(condition.field);

export interface Held {
  rule: number;
  name: string;
  actions: RuleAction[];
  reasons: Reason[];
}

export interface Verdict {
  id: number;
  held: Held[];
  /** Rules that have looked at it, now or before. */
  done: number[];
  /** false: a rule waits for the letter's text. */
  complete: boolean;
}

/** What was decided about a letter before. */
export interface Before {
  /** Folder it arrived in; null: whatever folders a rule names, it looks. */
  folder: number | null;
  /** That folder is an inbox. */
  inbox: boolean;
  done: readonly number[];
}

interface Ready {
  rule: KeptRule;
  compiled: Compiled;
  folders: Set<number>;
}

export class Judge {
  readonly #ready: Ready[];
  readonly #accounts: Map<number, number>;

  /** @throws Fault user `bad-pattern`, `bad-rule` */
  constructor(set: RuleSet) {
    this.#ready = set.rules.map((rule) => ({
      rule,
      compiled: compileCondition(rule.when),
      folders: new Set(rule.folders),
    }));
    this.#accounts = new Map(set.accounts);
  }

  /** @param explain false: without reasons, where nobody will read them */
  look(facts: Facts, before: Before, now: number, explain = true): Verdict {
    const done = new Set(before.done);
    const held: Held[] = [];
    let complete = true;
    for (const { rule, compiled, folders } of this.#ready) {
      if (done.has(rule.id)) continue;
      if (before.folder !== null && !(folders.size === 0 ? before.inbox : folders.has(before.folder)))
        continue;
      const answer = compiled.answer(facts, now);
      if (answer === undefined || (answer && !facts.settled && this.#needsOctets(rule, facts))) {
        complete = false;
        break;
      }
      done.add(rule.id);
      if (!answer) continue;
      const reasons: Reason[] = [];
      if (explain) compiled.explain(facts, now, reasons);
      held.push({ rule: rule.id, name: rule.name, actions: rule.actions, reasons });
      if (rule.stop) break;
    }
    return { id: facts.input.id, held, done: [...done], complete };
  }

  /** What it does carries the letter's octets somewhere. */
  #needsOctets(rule: KeptRule, facts: Facts): boolean {
    return rule.actions.some((action) => {
      if (action.do === 'forward' || action.do === 'redirect') return true;
      // Whether a program may answer stands in fields that a listing does not ask for.
      if (action.do === 'reply') return facts.input.has === 'fields';
      if (action.do !== 'move' && action.do !== 'copy') return false;
      const account = this.#accounts.get(action.to);
      return account !== undefined && account !== facts.input.account;
    });
  }
}

export interface LetterToJudge extends LetterInput {
  before: Before;
}

export const judgeLetter = (judge: Judge, { before, ...letter }: LetterToJudge, now: number): Verdict =>
  judge.look(new Facts(letter), before, now);
