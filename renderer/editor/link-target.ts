/** What a link may point to; null: not a target. "constr.org" is meant as a page, "a@b" as an address. */
export function linkTarget(typed: string): string | null {
  const text = typed.trim();
  if (text === '') return null;
  if (/^(https?|mailto|tel):/i.test(text)) return text;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^:]+:\d/.test(text)) return null;
  if (/^[^\s@/]+@[^\s@/]+$/.test(text)) return `mailto:${text}`;
  return `https://${text}`;
}
