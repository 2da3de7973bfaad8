/** The words of a query that a person looks for, for marking them in lists and letters. */
import type { QueryNode } from '../../store/search/query.ts';
import { columns } from './operators.ts';

/** Words and phrases asked for (not the excluded ones), operators of text columns included. */
export function queryWords(node: QueryNode | undefined): string[] {
  if (!node) return [];
  switch (node.kind) {
    case 'word':
      return [node.text];
    case 'phrase':
      return node.text.split(/\s+/).filter((word) => word !== '');
    case 'operator':
      return columns[node.name] ? node.value.split(/\s+/).filter((word) => word !== '') : [];
    case 'not':
      return [];
    case 'and':
    case 'or':
      return node.nodes.flatMap(queryWords);
  }
}
