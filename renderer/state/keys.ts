/**
 * Keys as the person presses them and as menus print them (ui.md section 11). Pure.
 *
 * A chord is written "Ctrl+Shift+P", "Delete", "N": modifiers in the order Ctrl, Alt, Shift, then one key.
 * `Ctrl` means Cmd on macOS. The key is event.key when that is an ASCII letter, digit or sign, else the US
 * letter of event.code: Ctrl+R works on a Russian layout and keeps its letter on AZERTY.
 */
export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

const NAMED: Record<string, string> = { ' ': 'Space', Spacebar: 'Space', Esc: 'Escape', Del: 'Delete' };

const CODES: Record<string, string> = {
  Slash: '/',
  Comma: ',',
  Period: '.',
  BracketLeft: '[',
  BracketRight: ']',
  Minus: '-',
  Equal: '=',
};

function keyOf(press: KeyPress): string {
  const named = NAMED[press.key];
  if (named) return named;
  if (press.key.length > 1) return press.key;
  const fromCode =
    /^Key([A-Z])$/.exec(press.code)?.[1] ?? /^Digit(\d)$/.exec(press.code)?.[1] ?? CODES[press.code];
  if (/^[A-Za-z0-9]$/.test(press.key)) return press.key.toUpperCase();
  // Shift+1 is "!" on one layout and "1" stays under the finger on all of them.
  if (fromCode && (/[^\u0021-\u007e]/.test(press.key) || /\d/.test(fromCode))) return fromCode;
  if (/^[\u0021-\u007e]$/.test(press.key)) return press.key;
  return fromCode ?? press.key;
}

/** The chord of a key press; modifiers alone give "". */
export function chordOf(press: KeyPress, mac = false): string {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead'].includes(press.key)) return '';
  const key = keyOf(press);
  const parts: string[] = [];
  // Cmd+Space is the system's own: there Ctrl is held with it, as everywhere else.
  if (mac && key !== 'Space' ? press.metaKey : press.ctrlKey) parts.push('Ctrl');
  if (press.altKey) parts.push('Alt');
  // A sign already says that Shift is held ("?" is Shift+/ on one layout only).
  if (press.shiftKey && (key.length > 1 || /[A-Z0-9[\]/,.=-]/.test(key))) parts.push('Shift');
  parts.push(key);
  return parts.join('+');
}

const PRINTED: Record<string, string> = {
  Delete: 'Del',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};
const MAC = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' } as const;

/** The chord as a menu prints it: Latin letters in both languages; "Ctrl+Shift+P", on macOS "⇧⌘P". */
export function keyLabel(chord: string, mac = false): string {
  const parts = chord === '+' ? ['+'] : chord.split('+');
  const key = parts.pop() ?? '';
  const printed = PRINTED[key] ?? key;
  if (!mac) return [...parts, printed].join('+');
  const order = ['Alt', 'Shift', 'Ctrl'] as const;
  return `${order
    .filter((name) => parts.includes(name))
    .map((name) => MAC[name])
    .join('')}${printed}`;
}

/** True for a chord that types something or edits text, so a field must keep it. */
export function belongsToFields(chord: string): boolean {
  if (chord === 'Escape') return true;
  if (/^F\d+$/.test(chord.replace('Shift+', ''))) return false;
  if (!/^(Ctrl|Alt)\+/.test(chord)) return true;
  return /^Ctrl\+(Shift\+)?(A|B|C|I|U|V|X|Z|Y|Backspace|Delete|Home|End|Arrow\w+)$/.test(chord);
}

export const isMac = typeof navigator !== 'undefined' && /Mac/.test(navigator.platform);
