/** Thunderbird's filters in the words of our rules. Pure; what has no word here is named, never bent. */
import type { FilterTerm, FoundFilter } from '../../boxes/thunderbird/filters.ts';
import type { GroupInput, QuestionInput, TextTest } from '../../contract/mail/rules.ts';
import type { ForeignRule } from './foreign.ts';

/** Levels of the folder that an address of Thunderbird names; null: not one of this profile. */
export type FolderOfUrl = (url: string) => string[] | null;

const TEXT_TESTS: Readonly<Record<string, { test: TextTest; not: boolean }>> = {
  contains: { test: 'contains', not: false },
  "doesn't contain": { test: 'contains', not: true },
  is: { test: 'is', not: false },
  "isn't": { test: 'is', not: true },
  'begins with': { test: 'begins', not: false },
  'ends with': { test: 'ends', not: false },
};
const TEXT_FIELDS: Readonly<Record<string, 'from' | 'to' | 'cc' | 'recipient' | 'subject' | 'body'>> = {
  from: 'from',
  to: 'to',
  cc: 'cc',
  'to or cc': 'recipient',
  subject: 'subject',
  body: 'body',
};
const KB = 1024;

/** null: there is no such question here. */
export function questionOf(term: FilterTerm): QuestionInput | GroupInput | null {
  const { field, value } = term;
  const text = TEXT_TESTS[term.test];
  if (value.length > 256) return null;
  if (term.header)
    return text && /^[\x21-\x39\x3b-\x7e]{1,100}$/.test(field)
      ? { field: 'header', name: field, value, ...text }
      : null;
  if (/^is(n't)? in ab$/.test(term.test))
    return field === 'from' ? { field: 'known', not: term.test.startsWith("isn't") } : null;
  const named = TEXT_FIELDS[field];
  if (named) return text ? { field: named, value, ...text } : null;
  if (text && /^from, to, cc or bcc$|^all addresses$/.test(field)) {
    const of: QuestionInput[] = [
      { field: 'from', value, test: text.test },
      { field: 'recipient', value, test: text.test },
    ];
    return { match: text.not ? 'none' : 'any', of };
  }
  const number = Number.parseInt(value, 10);
  const compared = /^is (greater|less) than$/.exec(term.test)?.[1];
  if (field === 'size' && compared && number >= 0)
    return { field: 'size', test: compared === 'greater' ? 'over' : 'under', value: number * KB };
  if (field === 'age in days' && compared && number >= 0 && number <= 36_500)
    return { field: 'age', test: compared === 'greater' ? 'older' : 'newer', value: number };
  if (field === 'has attachment status') return { field: 'has-file', not: /^isn't/.test(term.test) };
  if (field === 'tag' && text && value !== '' && value.length <= 64)
    return { field: 'tag', value, not: text.not };
  return null;
}

type Deed = ForeignRule['actions'][number] | 'stop' | null;

/** null: there is no such deed here. */
export function deedOf({ action, value }: FoundFilter['actions'][number], folderOf: FolderOfUrl): Deed {
  switch (action) {
    case 'Move to folder':
    case 'Copy to folder': {
      const levels = folderOf(value);
      return levels && levels.length > 0 ? { do: action.startsWith('Move') ? 'move' : 'copy', levels } : null;
    }
    case 'AddTag':
    case 'Label':
      return value === '' || value.length > 64
        ? null
        : { do: 'tag', tag: action === 'Label' ? `$label${value}` : value };
    case 'Mark read':
      return { do: 'read' };
    case 'Mark flagged':
      return { do: 'flag' };
    case 'Delete':
      return { do: 'delete' };
    case 'Forward':
      return /^[^\s@]+@[^\s@]+$/.test(value) ? { do: 'forward', to: [value] } : null;
    case 'Delete from Pop3 server':
      return { do: 'plan', mark: 'delete' };
    case 'Fetch body from Pop3Server':
      return { do: 'plan', mark: 'fetch' };
    case 'Leave on Pop3 server':
      return { do: 'plan', mark: 'keep' };
    case 'Stop execution':
      return 'stop';
    default:
      return null;
  }
}

export function ruleOf(filter: FoundFilter, account: string, folderOf: FolderOfUrl): ForeignRule {
  const rule: ForeignRule = {
    name: filter.name,
    enabled: filter.enabled && filter.onArrival,
    account,
    when: { match: filter.match, of: [] },
    actions: [],
    stop: false,
    lostQuestions: [],
    lostDeeds: [],
  };
  const lostQuestions: string[] = filter.odd ? ['?'] : [];
  const lostDeeds: string[] = [];
  for (const term of filter.terms) {
    const question = questionOf(term);
    if (question && rule.when.of.length < 100) rule.when.of.push(question);
    else lostQuestions.push(`${term.field} ${term.test} ${term.value}`.trim());
  }
  for (const action of filter.actions) {
    const deed = deedOf(action, folderOf);
    if (deed === 'stop') rule.stop = true;
    else if (deed && rule.actions.length < 20) rule.actions.push(deed);
    else lostDeeds.push(`${action.action} ${action.value}`.trim());
  }
  return { ...rule, lostQuestions, lostDeeds };
}
