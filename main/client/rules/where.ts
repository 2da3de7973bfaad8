/** Where a rule can run: what of it an office server could not do. Pure. */
import type { Condition, RuleDraft } from '../../contract/mail/rules.ts';

const HERE_ASKED = new Set(['known', 'account', 'age', 'tag', 'me']);
const HERE_DONE = new Set(['sound', 'notify', 'plan', 'reply']);

/** What of a rule needs this computer; stable codes, each once. */
export function localOnly(rule: RuleDraft): string[] {
  const found = new Set<string>();
  const ask = (condition: Condition): void => {
    if ('match' in condition) condition.of.forEach(ask);
    else if (HERE_ASKED.has(condition.field)) found.add(condition.field);
  };
  ask(rule.when);
  for (const { do: what } of rule.actions) if (HERE_DONE.has(what)) found.add(what);
  return [...found];
}
