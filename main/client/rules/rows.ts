/**
 * Rules as rows: kept in their order, from 0 without gaps. Every function runs inside a transaction and announces 'rules'
 * when what the list shows has changed.
 */
import { Fault } from '../../base/errors.ts';
import { MAX_RULE_QUESTIONS } from '../../base/limits.ts';
import type { Condition, Rule, RuleDraft } from '../../contract/mail/rules.ts';
import { isValidAddress } from '../../mail/address.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { folderRow, noSuchFolder } from '../folders/rows.ts';
import { templateById } from '../signatures/rows.ts';
import type { KeptRule, RuleSet } from './judge.ts';
import { localOnly } from './where.ts';

interface RuleRow {
  id: number;
  position: number;
  name: string;
  enabled: number;
  body: string;
  problem: string | null;
  caught: number;
}

const COLUMNS = 'id, position, name, enabled, body, problem, caught';

export const noSuchRule = (id: number): Fault =>
  new Fault('user', 'no-such-rule', 'This rule is not there any more.', { detail: { id } });

const draftOf = (row: RuleRow): RuleDraft => ({
  ...(JSON.parse(row.body) as Pick<RuleDraft, 'when' | 'actions' | 'stop' | 'folders'>),
  name: row.name,
  enabled: row.enabled !== 0,
});

function ruleOf(row: RuleRow): Rule {
  const draft = draftOf(row);
  return {
    ...draft,
    id: row.id,
    problem: row.problem === null ? null : (JSON.parse(row.problem) as Rule['problem']),
    caught: row.caught,
    localOnly: localOnly(draft),
  };
}

function required(db: ReadHandle, id: number): RuleRow {
  const row = db.get<RuleRow>(`SELECT ${COLUMNS} FROM rules WHERE id = ?`, id);
  if (!row) throw noSuchRule(id);
  return row;
}

/** Every question of a condition. */
export function questionsOf(condition: Condition): Exclude<Condition, { match: unknown }>[] {
  return 'match' in condition ? condition.of.flatMap(questionsOf) : [condition];
}

/** Folders that a rule needs to be there. */
function foldersOf(rule: RuleDraft): number[] {
  const targets = rule.actions.flatMap((each) => (each.do === 'move' || each.do === 'copy' ? [each.to] : []));
  return [...new Set([...targets, ...rule.folders])];
}

/** @throws Fault user `bad-rule`, `bad-address`, `no-such-folder`, `no-such-account`, `no-such-template` */
function check(tx: WriteTx, rule: RuleDraft): void {
  const places = rule.actions.filter((each) => each.do === 'move' || each.do === 'delete');
  if (places.length > 1)
    throw new Fault('user', 'bad-rule', 'A rule can send a letter to one place only.', {
      detail: { reason: 'two-places' },
    });
  for (const id of foldersOf(rule)) if (!folderRow(tx.db, id)) throw noSuchFolder(id);
  for (const each of rule.actions) {
    const to = each.do === 'forward' || each.do === 'redirect' ? each.to : [];
    // Kept, it would send to nobody and say nothing.
    const address = to.find((one) => !isValidAddress(one));
    if (address !== undefined)
      throw new Fault('user', 'bad-address', 'This is not an address.', {
        detail: { address, reason: address },
      });
    if (each.do !== 'reply') continue;
    if (each.template !== undefined) templateById(tx.db, each.template);
    else if (each.text.trim() === '')
      throw new Fault('user', 'bad-rule', 'An answer says something.', { detail: { reason: 'no-answer' } });
  }
  const questions = questionsOf(rule.when);
  for (const each of questions) {
    if (each.field !== 'account') continue;
    if (tx.db.value('SELECT 1 FROM accounts WHERE id = ?', each.value) === undefined)
      throw new Fault('user', 'no-such-account', 'There is no such account.', { detail: { id: each.value } });
  }
  const others = tx.db.pluck<string>('SELECT body FROM rules WHERE enabled = 1');
  const all = others.reduce((sum, body) => sum + questionsOf((JSON.parse(body) as RuleDraft).when).length, 0);
  if (all + questions.length > MAX_RULE_QUESTIONS)
    throw new Fault('user', 'bad-rule', 'There are too many rules.', { detail: { reason: 'too-many' } });
}

const bodyOf = ({ when, actions, stop, folders }: RuleDraft): string =>
  JSON.stringify({ when, actions, stop, folders });

export interface SaveInput {
  id?: number | undefined;
  rule: RuleDraft;
  at?: number | undefined;
  /** Kept as it is, with this problem: a rule of a file that names what is not here. */
  problem?: Rule['problem'];
}

function save(tx: WriteTx, { id, rule, at, problem = null }: SaveInput): Rule {
  if (!problem) check(tx, rule);
  const kept = problem ? JSON.stringify(problem) : null;
  const enabled = rule.enabled ? 1 : 0;
  if (id !== undefined) {
    required(tx.db, id);
    const set = 'UPDATE rules SET name = ?, enabled = ?, body = ?, problem = ? WHERE id = ?';
    tx.db.run(set, rule.name, enabled, bodyOf(rule), kept, id);
    tx.change('rules', { id });
    return ruleOf(required(tx.db, id));
  }
  const count = tx.db.value<number>('SELECT count(*) FROM rules') ?? 0;
  const { lastId } = tx.db.run(
    'INSERT INTO rules (position, name, enabled, body, problem) VALUES (?, ?, ?, ?, ?)',
    count,
    rule.name,
    enabled,
    bodyOf(rule),
    kept,
  );
  if (at !== undefined && at < count) place(tx, lastId, at);
  tx.change('rules', { id: lastId });
  return ruleOf(required(tx.db, lastId));
}

/** Puts a rule to a place and numbers all anew. */
function place(tx: WriteTx, id: number, at: number): void {
  const order = tx.db.pluck<number>('SELECT id FROM rules WHERE id != ? ORDER BY position, id', id);
  order.splice(Math.min(at, order.length), 0, id);
  number(tx, order);
}

function number(tx: WriteTx, order: readonly number[]): void {
  order.forEach((id, n) => void tx.db.run('UPDATE rules SET position = ? WHERE id = ?', n, id));
}

/** Why a rule cannot run; the list shows it and the rule is left out until it is changed. */
export function setProblem(tx: WriteTx, id: number, code: string, detail: string): void {
  tx.db.run('UPDATE rules SET problem = ? WHERE id = ?', JSON.stringify({ code, detail }), id);
  tx.change('rules', { id });
}

/** Rules that run, in order. A rule whose folder has gone is left out here and gets its problem when it is met. */
export function ruleSet(db: ReadHandle, only: readonly number[] | null = null): RuleSet {
  const rows = db.all<RuleRow>(
    `SELECT ${COLUMNS} FROM rules WHERE problem IS NULL AND ${only === null ? 'enabled = 1' : 'id IN (SELECT value FROM json_each(?))'}
     ORDER BY position, id`,
    ...(only === null ? [] : [JSON.stringify(only)]),
  );
  const rules = rows.map((row): KeptRule => ({ ...draftOf(row), id: row.id }));
  return { rules, accounts: accountsOf(db, rules) };
}

export function accountsOf(db: ReadHandle, rules: readonly RuleDraft[]): RuleSet['accounts'] {
  const named = [...new Set(rules.flatMap(foldersOf))];
  return named.flatMap((id) => {
    const folder = folderRow(db, id);
    return folder ? [[id, folder.account] as [number, number]] : [];
  });
}

export const ruleRowReads = {
  'rules.list': (db: ReadHandle): Rule[] =>
    db.all<RuleRow>(`SELECT ${COLUMNS} FROM rules ORDER BY position, id`).map(ruleOf),
  'rules.set': (db: ReadHandle, only: number[] | null = null): RuleSet => ruleSet(db, only),
  'rules.accountsOf': (db: ReadHandle, rules: RuleDraft[]): RuleSet['accounts'] => accountsOf(db, rules),
};

export const ruleRowWrites = {
  'rules.save': save,
  'rules.switch'(tx: WriteTx, { id, enabled }: { id: number; enabled: boolean }): Rule {
    required(tx.db, id);
    tx.db.run('UPDATE rules SET enabled = ? WHERE id = ?', enabled ? 1 : 0, id);
    tx.change('rules', { id });
    return ruleOf(required(tx.db, id));
  },
  'rules.remove'(tx: WriteTx, { id }: { id: number }): void {
    required(tx.db, id);
    tx.db.run('DELETE FROM rules WHERE id = ?', id);
    tx.db.run('DELETE FROM rule_answered WHERE rule = ?', id);
    number(tx, tx.db.pluck<number>('SELECT id FROM rules ORDER BY position, id'));
    tx.change('rules', { id });
  },
  'rules.move'(tx: WriteTx, { id, at }: { id: number; at: number }): void {
    required(tx.db, id);
    place(tx, id, at);
    tx.change('rules', { id });
  },
  'rules.problem': (tx: WriteTx, input: { id: number; code: string; detail: string }): void =>
    setProblem(tx, input.id, input.code, input.detail),
};
