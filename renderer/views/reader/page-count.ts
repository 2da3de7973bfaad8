/** How many screens a letter's text takes. Pure: an estimate, because the frame is another origin and cannot be measured. */

/** Line of letter text, px at 100 %; signs on a line of 640 px; the part of a screen one page moves by. */
const LINE = 22;
const SIGNS = 95;
const STEP = 0.9;
/** Space between paragraphs, tables and pictures that the plain text does not show. */
const SPREAD = 1.25;

/** A picture of a letter is about this high. */
const PICTURE = 160;

/** @returns px at 100 % */
export function heightOfText(text: string, pictures = 0): number {
  let lines = 0;
  for (const line of text.split('\n')) lines += Math.max(1, Math.ceil(line.length / SIGNS));
  return lines * LINE * SPREAD + pictures * PICTURE;
}

export function pageCount(text: string, frameHeight: number, pictures = 0): number {
  if (frameHeight <= 0) return 1;
  const height = heightOfText(text, pictures);
  return Math.max(1, Math.ceil((height - frameHeight) / (frameHeight * STEP)) + 1);
}
