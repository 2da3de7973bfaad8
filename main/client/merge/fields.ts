/**
 * Fields of a mail merge: `{{name}}` or `{{name|what stands there when the cell is empty}}`. Names are compared without
 * regard to case, "ё" and spaces; markup that an editor put inside the braces does not count. Pure.
 */

const FIELD = /\{\{([^{}]{1,500})\}\}/g;

/** A column's or a field's name as it is compared. */
export const fieldKey = (name: string): string =>
  name.toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ').trim();

const ENTITIES: Readonly<Record<string, string>> = {
  '&nbsp;': ' ',
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

const plain = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:nbsp|amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll('\u00a0', ' ');

function parse(inside: string, html: boolean): { name: string; otherwise: string } {
  const text = html ? plain(inside) : inside;
  const bar = text.indexOf('|');
  return bar < 0
    ? { name: text.trim(), otherwise: '' }
    : { name: text.slice(0, bar).trim(), otherwise: text.slice(bar + 1).trim() };
}

export interface Field {
  name: string;
  otherwise: string;
}

/** Fields of a text, each name once, in their order. */
export function fieldsOf(text: string, html: boolean): Field[] {
  const found = new Map<string, Field>();
  for (const [, inside = ''] of text.matchAll(FIELD)) {
    const field = parse(inside, html);
    const key = fieldKey(field.name);
    const known = found.get(key);
    if (key !== '' && (!known || (known.otherwise !== '' && field.otherwise === ''))) found.set(key, field);
  }
  return [...found.values()];
}

const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/\r\n?|\n/g, '<br>');

/** The text with the row's values; a field without a column stays as it is written. */
export function fill(text: string, values: ReadonlyMap<string, string>, html: boolean): string {
  return text.replace(FIELD, (whole, inside: string) => {
    const { name, otherwise } = parse(inside, html);
    const value = values.get(fieldKey(name));
    if (value === undefined) return whole;
    const shown = value.trim() === '' ? otherwise : value;
    return html ? escapeHtml(shown) : shown;
  });
}
