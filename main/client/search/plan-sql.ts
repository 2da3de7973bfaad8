/**
 * From the boolean plan of a query to SQL over messages (`m`) and the attached index. The words that every hit must have
 * become one MATCH that drives the statement newest first, so the first page of a common word stops after a page; the rest
 * are conditions on the row.
 */
import type { QueryPlan } from '../../store/search/match.ts';
import { type Condition, type FilterContext, filterCondition } from './operators.ts';

export interface SearchSql {
  /** FROM clause with `m`; ends before WHERE. */
  from: string;
  where: string;
  /** Values of `where`, in order. */
  values: (string | number)[];
  /** What to order by for newest first without sorting. */
  order: string;
  /** false: nothing can match. */
  possible: boolean;
}

/**
 * A key among the values, to compare what `order` orders by with. node:sqlite binds every number as REAL, and FTS5 passes over
 * an equation with its rowid that is not INTEGER (SQLite believes it was obeyed) and cannot begin at a bound.
 */
export const KEY_VALUE = 'CAST(? AS INTEGER)';

const NOTHING: SearchSql = {
  from: 'messages m',
  where: '0',
  values: [],
  order: 'm.key DESC',
  possible: false,
};

/** @param scope conditions of the view itself (folders, filter), ANDed */
export function searchSql(plan: QueryPlan, scope: readonly Condition[], context: FilterContext): SearchSql {
  if (plan.kind === 'none') return NOTHING;
  const parts = plan.kind === 'and' ? plan.plans : [plan];
  const driving = parts.filter((part) => part.kind === 'match').map((part) => part.match);
  const rest = parts
    .filter((part) => part.kind !== 'match' && part.kind !== 'all')
    .map((part) => condition(part, context));
  const conditions = [...rest, ...scope];
  if (conditions.some((each) => each.sql === '0')) return NOTHING;
  const where = conditions.map((each) => `(${each.sql})`);
  const values = conditions.flatMap((each) => each.values);
  if (driving.length === 0) {
    return {
      from: 'messages m',
      where: where.join(' AND ') || '1',
      values,
      order: 'm.key DESC',
      possible: true,
    };
  }
  const match = driving.length === 1 ? driving[0]! : driving.map((each) => `(${each})`).join(' AND ');
  return {
    // CROSS JOIN keeps SQLite from turning the order round: the index leads, rows are looked up by their key.
    from: 'search.docs d CROSS JOIN messages m ON m.key = d.rowid',
    where: ['d.docs MATCH ?', ...where].join(' AND '),
    values: [match, ...values],
    order: 'd.rowid DESC',
    possible: true,
  };
}

function condition(plan: QueryPlan, context: FilterContext): Condition {
  switch (plan.kind) {
    case 'all':
      return { sql: '1', values: [] };
    case 'none':
      return { sql: '0', values: [] };
    case 'match':
      return { sql: 'm.key IN (SELECT rowid FROM search.docs WHERE docs MATCH ?)', values: [plan.match] };
    case 'filter':
      return filterCondition(plan.name, plan.value, context);
    case 'not': {
      const inner = condition(plan.plan, context);
      if (inner.sql === '0') return { sql: '1', values: [] };
      return { sql: `NOT (${inner.sql})`, values: inner.values };
    }
    case 'and':
    case 'or': {
      const each = plan.plans.map((part) => condition(part, context));
      const glue = plan.kind === 'and' ? ' AND ' : ' OR ';
      return {
        sql: each.map((part) => `(${part.sql})`).join(glue) || '1',
        values: each.flatMap((part) => part.values),
      };
    }
  }
}
