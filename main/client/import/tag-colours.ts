/** The tag colour here that is nearest to a colour of another program. Pure. */

export type TagColour = 'red' | 'orange' | 'yellow' | 'green' | 'teal' | 'blue' | 'violet' | 'grey';

/** Hue in degrees up to which a colour is called so. */
const HUES: readonly [until: number, name: TagColour][] = [
  [15, 'red'],
  [42, 'orange'],
  [68, 'yellow'],
  [155, 'green'],
  [195, 'teal'],
  [255, 'blue'],
  [330, 'violet'],
  [360, 'red'],
];
const NAMES = new Set<string>(['red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'grey']);
/** Below this share of the strongest channel a colour has no hue to speak of. */
const PALE = 0.15;

/** @param colour "#rrggbb", or a name of ours; anything else is grey */
export function tagColour(colour: string): TagColour {
  if (NAMES.has(colour)) return colour as TagColour;
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (!hex) return 'grey';
  const [red = 0, green = 0, blue = 0] = hex.slice(1).map((each) => Number.parseInt(each, 16));
  const most = Math.max(red, green, blue);
  const spread = most - Math.min(red, green, blue);
  if (most === 0 || spread / most < PALE) return 'grey';
  const sixth =
    most === red
      ? (green - blue) / spread
      : most === green
        ? 2 + (blue - red) / spread
        : 4 + (red - green) / spread;
  const hue = (sixth * 60 + 360) % 360;
  return HUES.find(([until]) => hue <= until)?.[1] ?? 'red';
}
