/** Query text and its parts. Pure; the engine alone knows what the parts mean. */

/** `from:Pavel` or `from:"Pavel Orlov"`. */
export function part(operator: string, value: string): string {
  return /[\s"()]/.test(value) ? `${operator}:"${value.replaceAll('"', '')}"` : `${operator}:${value}`;
}

/** "from:" and "Pavel Orlov" of a part, for the chip. */
export function chipWords(chip: string): { operator: string; value: string } {
  const match = /^(-?[^\s:"]+):(.*)$/su.exec(chip);
  if (!match) return { operator: '', value: chip };
  return { operator: `${match[1]}:`, value: (match[2] ?? '').replace(/^"|"$/g, '') };
}

/**
 * Finished operator parts of typed text: those which end before the caret and are followed by a space.
 * They become chips; the rest stays text.
 */
export function takeChips(
  typed: string,
  known: readonly { start: number; end: number; known: boolean; operator: string }[],
): { chips: string[]; rest: string } {
  const chips: string[] = [];
  let rest = '';
  let at = 0;
  for (const chip of [...known].sort((a, b) => a.start - b.start)) {
    const finished =
      chip.known && chip.operator !== '' && chip.end < typed.length && /\s/.test(typed[chip.end] ?? '');
    if (!finished || chip.start < at) continue;
    rest += typed.slice(at, chip.start);
    chips.push(typed.slice(chip.start, chip.end));
    at = chip.end + 1;
  }
  return { chips, rest: rest + typed.slice(at) };
}
