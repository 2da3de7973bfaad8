/** Golden transcripts of test/transcripts: `C:` is sent, `S:` is expected, `{{ }}` is a pattern, `$name` a value. */
import { readFileSync } from 'node:fs';

export interface Turn {
  /** Octets to send, its line end included; empty for the greeting. */
  readonly send: string;
  /** Matches exactly the whole answer. */
  readonly expect: RegExp;
}

export function transcript(name: string, values: Readonly<Record<string, string>>): Turn[] {
  const text = readFileSync(new URL(`../transcripts/${name}`, import.meta.url), 'utf8');
  const turns: { send: string; expect: string }[] = [];
  const filled = (line: string) => line.replace(/\$(\w+)/g, (whole, key: string) => values[key] ?? whole);
  for (const line of text.split('\n')) {
    const [kind, rest] = [line.slice(0, 2), line.slice(3)];
    if (kind === 'C:') turns.push({ send: `${filled(rest)}\r\n`, expect: '' });
    if (kind !== 'S:') continue;
    if (turns.length === 0) turns.push({ send: '', expect: '' });
    turns.at(-1)!.expect += `${pattern(rest, filled)}\\r\\n`;
  }
  return turns.map(({ send, expect }) => ({ send, expect: new RegExp(`^${expect}$`) }));
}

function pattern(line: string, filled: (line: string) => string): string {
  return line
    .split(/\{\{(.*?)\}\}/)
    .map((piece, n) => (n % 2 === 1 ? piece : filled(piece).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
    .join('');
}
