/** The rules as the engine says, and the edit in this window. An edit outlives the page: coming back finds it as it was. */
import { create } from 'zustand';
import type { Condition, Question, Rule, RuleAction, RuleDraft } from '../../../main/contract/mail/rules.ts';
import { text } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { openSettings } from '../../state/place.ts';
import { showToast } from '../../state/toasts.ts';

export interface RulesState {
  /** null: not told yet. */
  rules: readonly Rule[] | null;
  /** The saved rule that is edited; null: a new one, or none. */
  id: number | null;
  draft: RuleDraft | null;
  /** What the draft was when the edit began. */
  saved: RuleDraft | null;
}

export const useRules = create<RulesState>(() => ({ rules: null, id: null, draft: null, saved: null }));

const set = useRules.setState;
let listening = false;

/** Asks for the rules and keeps up with them from then on. */
export async function loadRules(): Promise<void> {
  if (!listening) {
    listening = true;
    engine().on('rules.changed', take);
  }
  try {
    take(await engine().request('rules.list', {}));
  } catch (failure) {
    sayFailure(failure);
  }
}

function take(rules: readonly Rule[]): void {
  set({ rules });
  const { id, draft } = useRules.getState();
  const first = rules[0];
  if (draft === null && first) select(first);
  else if (id !== null && !rules.some((rule) => rule.id === id) && !isChanged()) leave();
}

/** Its parts that a person writes. */
const draftOf = ({ name, enabled, when, actions, stop, folders }: RuleDraft): RuleDraft => ({
  name,
  enabled,
  when,
  actions,
  stop,
  folders,
});

export function isChanged(): boolean {
  const { draft, saved } = useRules.getState();
  return draft !== null && JSON.stringify(draft) !== JSON.stringify(saved);
}

export function select(rule: Rule): void {
  const draft = draftOf(rule);
  set({ id: rule.id, draft, saved: draft });
}

function leave(): void {
  const first = useRules.getState().rules?.[0];
  if (first) select(first);
  else set({ id: null, draft: null, saved: null });
}

/** A new rule in the editor; nothing is kept of it until it is saved. */
export function startRule(draft: Partial<RuleDraft> = {}): void {
  const blank: RuleDraft = {
    name: text().rules.newName,
    enabled: true,
    when: { match: 'all', of: [{ field: 'from', test: 'contains', value: '', not: false }] },
    actions: [],
    stop: false,
    folders: [],
    ...draft,
  };
  set({ id: null, draft: blank, saved: null });
  openSettings('rules');
}

export function change(part: Partial<RuleDraft>): void {
  set(({ draft }) => ({ draft: draft ? { ...draft, ...part } : null }));
}

export function discard(): void {
  const { saved, id, rules } = useRules.getState();
  const rule = rules?.find((each) => each.id === id);
  if (saved && rule) set({ draft: saved });
  else leave();
}

export async function save(): Promise<void> {
  const { draft, id } = useRules.getState();
  if (!draft) return;
  try {
    const rule = await engine().request('rules.save', { rule: draft, ...(id === null ? {} : { id }) });
    const kept = draftOf(rule);
    set({ id: rule.id, draft: kept, saved: kept });
    await loadRules();
    showToast({ text: text().rules.saved, icon: 'check' });
  } catch (failure) {
    sayFailure(failure);
  }
}

export async function remove(rule: Rule): Promise<void> {
  const at = useRules.getState().rules?.findIndex((each) => each.id === rule.id) ?? 0;
  try {
    await engine().request('rules.remove', { id: rule.id });
    if (useRules.getState().id === rule.id) set({ id: null, draft: null, saved: null });
    await loadRules();
    const words = text();
    const back = (): void => {
      engine()
        .request('rules.save', { rule: draftOf(rule), at })
        .then(loadRules, sayFailure);
    };
    showToast({
      text: words.rules.removed(rule.name),
      icon: 'trash',
      actions: [{ label: words.common.undo, run: back }],
    });
  } catch (failure) {
    sayFailure(failure);
  }
}

export function switchRule(rule: Rule, enabled: boolean): void {
  set(({ rules, id, draft, saved }) => ({
    rules: rules?.map((each) => (each.id === rule.id ? { ...each, enabled } : each)) ?? null,
    ...(id === rule.id && draft && saved
      ? { draft: { ...draft, enabled }, saved: { ...saved, enabled } }
      : {}),
  }));
  engine().request('rules.switch', { id: rule.id, enabled }).catch(sayFailure);
}

/** Puts a rule to another place, here at once. */
export function moveRule(id: number, at: number): void {
  const { rules } = useRules.getState();
  const rule = rules?.find((each) => each.id === id);
  if (!rules || !rule || at < 0 || at >= rules.length) return;
  const order = rules.filter((each) => each.id !== id);
  order.splice(at, 0, rule);
  set({ rules: order });
  engine().request('rules.move', { id, at }).catch(sayFailure);
}

/** What is missing before a rule can be kept; null: nothing. */
export type Missing = 'name' | 'condition' | 'words' | 'action' | 'target' | 'places';

export function missing(draft: RuleDraft): Missing | null {
  const questions = questionsOf(draft.when);
  if (draft.name.trim() === '') return 'name';
  if (questions.length === 0) return 'condition';
  if (questions.some((each) => !isAsked(each))) return 'words';
  if (draft.actions.length === 0 && !draft.stop) return 'action';
  if (draft.actions.some((each) => !isComplete(each))) return 'target';
  if (draft.actions.filter(({ do: what }) => what === 'move' || what === 'delete').length > 1)
    return 'places';
  return null;
}

export function questionsOf(condition: Condition): Question[] {
  return 'match' in condition ? condition.of.flatMap(questionsOf) : [condition];
}

/** Characters of a question's words; the engine takes no more. */
export const MOST_CHARS = 256;

export function isAsked(question: Question): boolean {
  if (question.field === 'header' && question.name.trim() === '') return false;
  if (!('value' in question) || typeof question.value === 'number') return true;
  return question.value.trim() !== '' && question.value.length <= MOST_CHARS;
}

const ADDRESS = /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/;
export const isAddress = (text: string): boolean => ADDRESS.test(text);

function isComplete(action: RuleAction): boolean {
  switch (action.do) {
    case 'move':
    case 'copy':
      return action.to > 0;
    case 'tag':
      return action.tag.trim() !== '';
    case 'forward':
    case 'redirect':
      return action.to.length > 0 && action.to.every(isAddress);
    case 'reply':
      return action.template !== undefined || action.text.trim() !== '';
    default:
      return true;
  }
}

/** The draft without what is not written yet: what a preview can look for. null: nothing is asked. */
export function askable(draft: RuleDraft): RuleDraft | null {
  const prune = (condition: Condition): Condition[] => {
    if (!('match' in condition)) return isAsked(condition) ? [condition] : [];
    const of = condition.of.flatMap(prune);
    return of.length > 0 ? [{ ...condition, of }] : [];
  };
  const [when] = prune(draft.when);
  if (!when || !('match' in when)) return null;
  return { ...draft, name: draft.name.trim() || '?', when, actions: draft.actions.filter(isComplete) };
}
