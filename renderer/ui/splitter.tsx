import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { pressedPlain } from '../state/shortcuts.ts';
import { classes } from './class-names.ts';
import styles from './splitter.module.css';

export interface SplitterProps {
  /** "Folder width" */
  label: string;
  /** Size of the pane before it, in pixels. */
  value: number;
  min: number;
  max: number;
  /** What a double click restores. */
  initial: number;
  onChange: (value: number) => void;
  /** vertical: a line between left and right. */
  orientation?: 'vertical' | 'horizontal';
  /** No line is drawn (the panes have their own edge). */
  bare?: boolean;
}

const STEP = 16;

/** Dragged, moved by arrow keys (16 px), Home and End, reset by a double click. */
export function Splitter(props: SplitterProps): ReactNode {
  const { label, value, min, max, initial, onChange, orientation = 'vertical', bare } = props;
  const origin = useRef<{ at: number; value: number } | null>(null);
  const vertical = orientation === 'vertical';
  const limit = (wanted: number) => Math.round(Math.min(max, Math.max(min, wanted)));

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = vertical
      ? { ArrowLeft: -STEP, ArrowRight: STEP }
      : { ArrowUp: -STEP, ArrowDown: STEP };
    const step = steps[event.key];
    if (step !== undefined && pressedPlain('splitter.move', event)) onChange(limit(value + step));
    else if (event.key === 'Home') onChange(min);
    else if (event.key === 'End') onChange(max);
    else return;
    event.preventDefault();
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    origin.current = { at: vertical ? event.clientX : event.clientY, value };
  };
  const onPointerMove = (event: PointerEvent) => {
    if (!origin.current) return;
    const at = vertical ? event.clientX : event.clientY;
    onChange(limit(origin.current.value + at - origin.current.at));
  };

  return (
    <hr
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      className={classes(styles.splitter, !vertical && styles.horizontal, bare && styles.bare)}
      onKeyDown={onKeyDown}
      onDoubleClick={() => onChange(initial)}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        origin.current = null;
      }}
    />
  );
}
