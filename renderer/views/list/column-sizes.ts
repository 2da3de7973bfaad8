/** Which columns a table has room for, and how wide they are. Pure. Widths are CSS pixels at text size 100. */
import type { Column } from '../../../main/contract/mail/looks.ts';
import type { Sort } from '../../../main/contract/mail/views.ts';

export type ColumnName = Sort;

interface Size {
  /** Where nobody has said another. */
  width: number;
  /** Narrower than this it says nothing. */
  min: number;
  end?: boolean;
}

export const SIZES: Record<ColumnName, Size> = {
  from: { width: 176, min: 84 },
  to: { width: 176, min: 84 },
  subject: { width: 320, min: 96 },
  date: { width: 104, min: 76, end: true },
  received: { width: 104, min: 76, end: true },
  size: { width: 80, min: 60, end: true },
  account: { width: 176, min: 84 },
  tags: { width: 136, min: 64 },
  flag: { width: 32, min: 32 },
  files: { width: 32, min: 32 },
  folder: { width: 144, min: 72 },
};

/** Before all others, where letters stand on a server by their headers: what is here of each, and what is to be done with it. */
export const MARK_WIDTH = 168;
/** A list narrower than this has room for a sign only. */
const MARK_ROOM = 640;

/** A column of the table as it is drawn. */
export type ShownColumn = ColumnName | 'mark';

/** The order in which columns are offered. */
export const ALL_COLUMNS = Object.keys(SIZES) as readonly ColumnName[];

/** Greatest width of a column. */
const MAX = 1200;
export const GAP = 12;
/** The gutter for the unread dot, and the room at the right. */
const EDGES = 30 + 16;

export const limitWidth = (name: ColumnName, width: number): number =>
  Math.round(Math.min(MAX, Math.max(SIZES[name].min, width)));

export const widthOf = ({ name, width }: Column): number => width ?? SIZES[name].width;

/** A subject this narrow still says something; others give way before it gets narrower. */
const SUBJECT = 132;

/** Without those at the right that have no room; the subject stays as long as anything. */
export function fitting(columns: readonly Column[], room: number): readonly Column[] {
  const kept = [...columns];
  const least = (name: ColumnName) => (name === 'subject' ? SUBJECT : SIZES[name].min) + GAP;
  const need = () => kept.reduce((sum, { name }) => sum + least(name), EDGES);
  while (need() > room && kept.length > 1) {
    const last = kept.findLastIndex(({ name }) => name !== 'subject');
    kept.splice(last, 1);
  }
  return kept;
}

/** The column that takes what is left: the subject, unless it was given a width; then the last one. */
export function flexible(columns: readonly Column[]): number {
  const subject = columns.findIndex(({ name, width }) => name === 'subject' && width === null);
  return subject >= 0 ? subject : columns.length - 1;
}

/** The column of marks is shown: letters have them, and there is room. */
export const hasMarks = (marked: boolean, room: number): boolean => marked && room >= MARK_ROOM;

/** Value of grid-template-columns; in rem, so that it grows with the text. */
export function template(columns: readonly Column[], marks = false): string {
  const wide = flexible(columns);
  const rem = (pixels: number) => `${pixels / 16}rem`;
  const tracks = columns.map((column, at) => {
    const { min } = SIZES[column.name];
    return at === wide ? `minmax(${rem(min)}, 1fr)` : `minmax(${rem(min)}, ${rem(widthOf(column))})`;
  });
  return ['30px', ...(marks ? [rem(MARK_WIDTH)] : []), ...tracks].join(' ');
}

/** One place further to the left or right; the same columns when there is no further. */
export function moved(columns: readonly Column[], name: ColumnName, steps: number): readonly Column[] {
  const from = columns.findIndex((column) => column.name === name);
  const to = from + steps;
  const column = columns[from];
  if (!column || to < 0 || to >= columns.length) return columns;
  const others = columns.filter((other) => other !== column);
  return [...others.slice(0, to), column, ...others.slice(to)];
}

/** Drawn onto another column: it takes that one's place. */
export function movedOnto(columns: readonly Column[], name: ColumnName, onto: ColumnName): readonly Column[] {
  const from = columns.findIndex((column) => column.name === name);
  const to = columns.findIndex((column) => column.name === onto);
  return from < 0 || to < 0 ? columns : moved(columns, name, to - from);
}

/** With the column, at its usual place after those that are offered before it; or without it. The last one stays. */
export function switched(columns: readonly Column[], name: ColumnName, on: boolean): readonly Column[] {
  const present = columns.some((column) => column.name === name);
  if (on === present) return columns;
  if (!on) return columns.length > 1 ? columns.filter((column) => column.name !== name) : columns;
  const rank = ALL_COLUMNS.indexOf(name);
  const before = columns.findLastIndex((column) => ALL_COLUMNS.indexOf(column.name) < rank);
  return [...columns.slice(0, before + 1), { name, width: null }, ...columns.slice(before + 1)];
}

export function resized(
  columns: readonly Column[],
  name: ColumnName,
  width: number | null,
): readonly Column[] {
  return columns.map((column) =>
    column.name === name ? { name, width: width === null ? null : limitWidth(name, width) } : column,
  );
}
