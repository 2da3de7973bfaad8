/**
 * JSON (RFC 8259) as an administrator writes it by hand: what is wrong is told with line and column, and a name given
 * twice in one object is wrong, because one of the two would be lost without a word.
 */
export interface JsonMistake {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** What stands there or is missing, in English. */
  readonly problem: string;
}

export class JsonError extends Error {
  readonly mistake: JsonMistake;
  constructor(mistake: JsonMistake) {
    super(mistake.problem);
    this.mistake = mistake;
  }
}

/** Deeper than any configuration. */
const MAX_DEPTH = 64;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = { true: true, false: false, null: null } as const;

/** @throws JsonError. */
export function parseJson(text: string): unknown {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  let at = 0;

  const fail = (problem: string, where = at): never => {
    const before = source.slice(0, where);
    const line = before.split('\n').length;
    throw new JsonError({ line, column: where - before.lastIndexOf('\n'), problem });
  };
  const skip = () => {
    while (/[ \t\r\n]/.test(source.charAt(at))) at++;
    return source.charAt(at);
  };
  const unexpected = (wanted: string): never => {
    const found = source.charAt(at);
    return fail(
      found === ''
        ? `the file ends where ${wanted} should stand`
        : `"${found}" stands where ${wanted} should`,
    );
  };
  const token = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const string = (wanted: string): string => {
    const found = token(STRING);
    if (found !== undefined) return JSON.parse(found) as string;
    return source.charAt(at) === '"'
      ? fail('a text does not end, or holds a character that must be escaped')
      : unexpected(wanted);
  };

  const object = (depth: number): Record<string, unknown> => {
    const entries = new Map<string, unknown>();
    at++;
    if (skip() === '}') at++;
    else
      for (let more = true; more; ) {
        skip();
        const where = at;
        const name = string('a name in quotes');
        if (entries.has(name)) fail(`the name "${name}" is given twice`, where);
        if (skip() !== ':') unexpected('":"');
        at++;
        entries.set(name, value(depth));
        more = skip() === ',';
        if (!more && source.charAt(at) !== '}') unexpected('"," or "}"');
        at++;
      }
    return Object.fromEntries(entries);
  };
  const array = (depth: number): unknown[] => {
    const items: unknown[] = [];
    at++;
    if (skip() === ']') at++;
    else
      for (let more = true; more; ) {
        items.push(value(depth));
        more = skip() === ',';
        if (!more && source.charAt(at) !== ']') unexpected('"," or "]"');
        at++;
      }
    return items;
  };
  const value = (depth: number): unknown => {
    if (depth > MAX_DEPTH) fail('this is nested too deep');
    const first = skip();
    if (first === '{') return object(depth + 1);
    if (first === '[') return array(depth + 1);
    if (first === '"') return string('a value');
    for (const [word, meaning] of Object.entries(WORDS)) {
      if (!source.startsWith(word, at)) continue;
      at += word.length;
      return meaning;
    }
    const number = token(NUMBER);
    return number === undefined ? unexpected('a value') : Number(number);
  };

  const result = value(0);
  if (skip() !== '') unexpected('the end of the file');
  return result;
}
