/**
 * JSON lines. A log never holds a password, a token or the text of a letter: the names below are masked
 * at any depth, and callers pass facts as fields instead of gluing them into sentences.
 */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface Log {
  debug(event: string, fields?: Record<string, unknown>): void;
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
  /** A log whose lines all carry these fields. */
  with(fields: Record<string, unknown>): Log;
}

const SECRET = /^(pass|password|secret|token|accessToken|refreshToken|authorization|auth|cookie|key)$/i;
/** The same few names stand in line after line. */
const secret = new Map<string, boolean>();
const MOST_NAMES = 1000;
const ORDER: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

function isSecret(name: string): boolean {
  const known = secret.get(name);
  if (known !== undefined) return known;
  const is = SECRET.test(name);
  if (secret.size < MOST_NAMES) secret.set(name, is);
  return is;
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) {
    const { name, message, stack } = value;
    const cause = value.cause === undefined || depth > 3 ? undefined : plain(value.cause, depth + 1);
    return { name, message, code: (value as { code?: unknown }).code, stack, cause };
  }
  if (value instanceof Uint8Array) return `<${value.byteLength} bytes>`;
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 4) return '...';
  if (Array.isArray(value)) return value.slice(0, 50).map((each) => plain(each, depth + 1));
  const out: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value))
    out[name] = isSecret(name) ? '***' : plain(each, depth + 1);
  return out;
}

export function createLog(
  write: (line: string) => void,
  least: LogLevel = 'info',
  now: () => number = Date.now,
): Log {
  const make = (base: Record<string, unknown>): Log => {
    const at = (level: LogLevel) => (event: string, fields?: Record<string, unknown>) => {
      if (ORDER[level] < ORDER[least]) return;
      const line = {
        at: new Date(now()).toISOString(),
        level,
        event,
        ...(plain({ ...base, ...fields }, 0) as object),
      };
      write(`${JSON.stringify(line)}\n`);
    };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: (fields) => make({ ...base, ...fields }),
    };
  };
  return make({});
}

export const silentLog: Log = createLog(() => {}, 'error');
