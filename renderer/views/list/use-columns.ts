/** The columns of the place that is shown: what fits, how wide, and how they are changed. */
import { type RefObject, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import type { Column } from '../../../main/contract/mail/looks.ts';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { sayFailure } from '../../state/actions.ts';
import { changeLook, usePlacedLook } from '../../state/looks.ts';
import { useMarksShown } from '../maildrop/maildrop-commands.tsx';
import {
  type ColumnName,
  fitting,
  GAP,
  hasMarks,
  limitWidth,
  MARK_WIDTH,
  resized,
  template,
} from './column-sizes.ts';

export interface ColumnsOf {
  /** All that were chosen. */
  all: readonly Column[];
  /** Those that have room. */
  shown: readonly Column[];
  /** The column of marks stands before them. */
  marks: boolean;
  template: string;
  change: (columns: readonly Column[]) => void;
  /** A width under way; `done` keeps it. */
  drag: (name: ColumnName, width: number | null, done: boolean) => void;
}

export function useColumns(
  view: ViewInput,
  element: RefObject<HTMLElement | null>,
  textSize: number,
): ColumnsOf {
  const { place, look } = usePlacedLook(view);
  const [room, setRoom] = useState(1200);
  const [dragged, setDragged] = useState<{ name: ColumnName; width: number | null } | null>(null);
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const measure = () => setRoom((target.clientWidth * 100) / textSize);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, textSize]);
  const chosen = look.columns;
  const key = JSON.stringify(chosen);
  // What was dragged is shown until the kept widths have taken it over.
  useEffect(() => {
    if (key !== '') setDragged(null);
  }, [key]);
  const columns = useMemo(
    () => (dragged ? resized(chosen, dragged.name, dragged.width) : chosen),
    [chosen, dragged],
  );
  const marks = hasMarks(useMarksShown(), room);
  const shown = useMemo(
    () => fitting(columns, marks ? room - MARK_WIDTH - GAP : room),
    [columns, room, marks],
  );
  const change = (next: readonly Column[]) => {
    if (next === chosen) return;
    changeLook(place, { columns: [...next] }).catch(sayFailure);
  };
  return {
    all: chosen,
    shown,
    marks,
    template: template(shown, marks),
    change,
    drag: (name, width, done) => {
      const limited = width === null ? null : limitWidth(name, width);
      setDragged({ name, width: limited });
      if (done) change(resized(chosen, name, limited));
    },
  };
}
