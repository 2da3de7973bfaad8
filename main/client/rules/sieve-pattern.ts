/**
 * Which patterns mean the same to a Sieve server as here. Its `:regex` is the extended expression of POSIX, put to octets and
 * folding ASCII only; what it would read otherwise, or would not read at all (then it refuses the whole script), is not said.
 */

/** Perl's classes and edges, groups with a meaning, lazy repeats. GNU gives \\< \\> \\` \\' a meaning of their own, too. */
const PERL = /\\[\w<>`']|\(\?|[*+?}]\?/;
/** A repeat of nothing, or of an edge. */
const EMPTY_REPEAT = /(?:^|[(|^$])[*+?{]/;
/** Within a class: escapes are no escapes there, and classes are named otherwise. */
const ODD_CLASS =
  /\\|\[[.=]|\[:(?!(?:alpha|digit|alnum|upper|lower|space|blank|punct|print|graph|cntrl|xdigit):\])/;
/** A brace that counts nothing: a letter here, a mistake there. */
const BARE_BRACE = /\{(?!\d{1,3}(?:,\d{0,3})?\})|(?<!\{\d{1,3}(?:,\d{0,3})?)\}/;

/** @param pattern as it is written in a rule */
export function isPosix(pattern: string): boolean {
  if (!/^[\x20-\x7e]*$/.test(pattern)) return false;
  const outside: string[] = [];
  let from = 0;
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '[') {
      const end = endOfClass(pattern, at);
      if (end < 0 || ODD_CLASS.test(pattern.slice(at + 1, end))) return false;
      // In the place of the class, a letter.
      outside.push(pattern.slice(from, at), 'x');
      from = end + 1;
      at = end;
    }
  }
  outside.push(pattern.slice(from));
  const rest = outside.join('');
  if (PERL.test(rest)) return false;
  const plain = rest.replace(/\\./g, 'x');
  return !EMPTY_REPEAT.test(plain) && !BARE_BRACE.test(plain);
}

/** Where the class that opens at `at` is closed; -1: nowhere. */
function endOfClass(pattern: string, at: number): number {
  let end = pattern[at + 1] === '^' ? at + 2 : at + 1;
  if (pattern[end] === ']') end++;
  for (; end < pattern.length && pattern[end] !== ']'; end++)
    if (pattern.startsWith('[:', end)) {
      const named = pattern.indexOf(':]', end);
      if (named > 0) end = named + 1;
    }
  return end < pattern.length ? end : -1;
}
