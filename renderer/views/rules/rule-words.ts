/** Rules in a person's words: the line under a rule's name, the reason of a catch, a line of the log. Pure. */
import type { Folder } from '../../../main/contract/mail/folders.ts';
import type { LogLine, Reason, Rule, RuleAction, RuleDraft } from '../../../main/contract/mail/rules.ts';
import type { Formats } from '../../i18n/format.ts';
import type { Catalogue } from '../../i18n/text.ts';
import { folderPath } from '../tree/names.ts';

export function folderWords(id: number, folders: readonly Folder[], t: Catalogue): string {
  const folder = folders.find((each) => each.id === id);
  return folder ? folderPath(folder, folders, t) : t.rules.folderGone;
}

function actionWords(action: RuleAction, folders: readonly Folder[], t: Catalogue): string {
  const words = t.rules.summary;
  switch (action.do) {
    case 'move':
    case 'copy':
      return words[action.do](folderWords(action.to, folders, t));
    case 'tag':
      return words.tag(action.tag);
    case 'forward':
    case 'redirect':
      return words[action.do](action.to.join(', '));
    default:
      return words[action.do];
  }
}

const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase() + text.slice(1);

/** "Move to Block 4, tag Block 4". */
export function summaryOf(rule: RuleDraft, folders: readonly Folder[], t: Catalogue): string {
  const parts = rule.actions.map((each) => actionWords(each, folders, t));
  if (parts.length === 0 && rule.stop) parts.push(t.rules.summary.stop);
  return parts.length === 0 ? t.rules.summary.nothing : capital(parts.join(', '));
}

/** Where it runs, and why nowhere else. */
export function whereWords(rule: Pick<Rule, 'localOnly'>, t: Catalogue): string {
  const why = rule.localOnly[0];
  const known = why === undefined ? undefined : t.rules.hereReasons[why];
  return known === undefined ? t.rules.hereAbout : t.rules.hereBecause(known);
}

const hasOwn = <T extends object>(words: T, key: string): key is Extract<keyof T, string> =>
  Object.hasOwn(words, key);

/** "Subject contains “delivery”". */
export function reasonWords(
  reason: Reason,
  t: Catalogue,
  formats: Formats,
  accounts: ReadonlyMap<number, string>,
): string {
  const { fields, tests, preview } = t.rules;
  const field = hasOwn(fields, reason.field) ? fields[reason.field] : reason.field;
  if (['known', 'list', 'me', 'has-file'].includes(reason.field))
    return preview.fact(field, !reason.test.startsWith('not-'));
  const test = hasOwn(tests, reason.test) ? tests[reason.test] : reason.test;
  const value =
    reason.field === 'size'
      ? formats.size(Number(reason.value))
      : reason.field === 'account'
        ? (accounts.get(Number(reason.value)) ?? reason.value)
        : reason.value;
  return preview.reason(field, test, value);
}

/** "moved to Block 4, tagged Block 4". */
export function didWords(line: Pick<LogLine, 'did'>, t: Catalogue): string {
  const words = t.rules.logDialog;
  const parts = line.did.map(({ do: what, what: subject }) => {
    const refusal = words.refusals[subject];
    return words.did[what]?.(what.startsWith('not-') ? (refusal ?? subject) : subject) ?? what;
  });
  return parts.length === 0 ? words.nothingDone : parts.join(', ');
}
