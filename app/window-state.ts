/** Where a window stood, kept between starts. Pure: what was kept is only believed when a screen still shows it. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowState {
  /** undefined: the middle of the screen. */
  readonly bounds: Bounds | undefined;
  readonly maximised: boolean;
}

/** One pane at 600 px (ui.md section 10), so a window may be as small as a hand-held screen. */
export const LEAST = { width: 480, height: 400 } as const;
export const FIRST = { width: 1440, height: 900 } as const;
/** Pixels of a window that must be on a screen for it to be caught with a mouse. */
const CATCH = 100;

function isBounds(value: unknown): value is Bounds {
  if (typeof value !== 'object' || value === null) return false;
  const each = value as Record<string, unknown>;
  return ['x', 'y', 'width', 'height'].every((name) => Number.isFinite(each[name]));
}

/** @param screens work areas of the screens that are there now */
export function readWindowState(text: string, screens: readonly Bounds[]): WindowState {
  let kept: { bounds?: unknown; maximised?: unknown } = {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) kept = value;
  } catch {
    // Nothing kept, or half written: begin anew.
  }
  const maximised = kept.maximised === true;
  if (!isBounds(kept.bounds)) return { bounds: undefined, maximised };
  const { x, y } = kept.bounds;
  const width = Math.max(kept.bounds.width, LEAST.width);
  const height = Math.max(kept.bounds.height, LEAST.height);
  const visible = screens.some(
    (screen) =>
      Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x) >= CATCH &&
      y >= screen.y - 1 &&
      y < screen.y + screen.height - CATCH / 2,
  );
  return { bounds: visible ? { x, y, width, height } : undefined, maximised };
}

export function writeWindowState(state: { bounds: Bounds; maximised: boolean }): string {
  return JSON.stringify(state);
}
