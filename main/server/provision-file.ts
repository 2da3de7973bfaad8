/** Reads the file that provisions an office. Whatever is wrong with it is one sentence that says where. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { Fault } from '../base/errors.ts';
import { JsonError, parseJson } from './provision-json.ts';
import { type Config, configSchema } from './provision-schema.ts';

/** Larger is not a configuration. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/**
 * @throws Fault user `config-unreadable` {file, reason}: reason is `missing`, `no-access`, `not-a-file` or `too-large`;
 *   `config-not-json` {file, line, column, problem}; `config-invalid` {file, path, problem, expected}: problem is
 *   `unknown-key`, `missing` or `wrong`.
 */
export async function readConfig(file: string): Promise<Config> {
  const text = await readText(file);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (failure) {
    if (!(failure instanceof JsonError)) throw failure;
    const { line, column, problem } = failure.mistake;
    throw new Fault('user', 'config-not-json', `${file}, line ${line}, column ${column}: ${problem}.`, {
      detail: { file, line, column, problem },
    });
  }
  return checkConfig(value, file);
}

/** The same for a value that is not in a file of its own. `file` is only for the sentence. */
export function checkConfig(value: unknown, file: string): Config {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, problem, expected } = mistakeOf(parsed.error.issues[0]!);
  const what = {
    'unknown-key': 'there is no such setting',
    missing: `it is missing; expected ${expected}`,
    wrong: `expected ${expected}`,
  }[problem];
  throw new Fault('user', 'config-invalid', `${file}: ${path === '' ? '' : `${path}: `}${what}.`, {
    detail: { file, path, problem, expected },
  });
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > MAX_FILE_BYTES) throw unreadable(file, 'too-large', 'it is too large');
    return bytes.toString('utf8');
  } catch (failure) {
    if (failure instanceof Fault) throw failure;
    const { code } = failure as { code?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw unreadable(file, 'missing', 'there is no such file', failure);
    if (code === 'EISDIR') throw unreadable(file, 'not-a-file', 'it is a folder', failure);
    throw unreadable(file, 'no-access', 'it may not be read', failure);
  }
}

function unreadable(file: string, reason: string, words: string, cause?: unknown): Fault {
  return new Fault('user', 'config-unreadable', `${file} could not be read: ${words}.`, {
    detail: { file, reason },
    cause,
  });
}

interface Mistake {
  readonly path: string;
  readonly problem: 'unknown-key' | 'missing' | 'wrong';
  readonly expected: string;
}

type Issue = z.core.$ZodIssue;

function mistakeOf(issue: Issue): Mistake {
  const path = writePath(issue.path);
  const wrong = (expected: string): Mistake => ({ path, problem: 'wrong', expected });
  switch (issue.code) {
    case 'unrecognized_keys':
      return { path: writePath([...issue.path, issue.keys[0]!]), problem: 'unknown-key', expected: '' };
    case 'invalid_type':
      if (issue.input === undefined && issue.message.endsWith('undefined'))
        return { path, problem: 'missing', expected: typeWords(issue.expected) };
      return wrong(typeWords(issue.expected));
    case 'invalid_value':
      return wrong(issue.values.map((each) => JSON.stringify(each)).join(' or '));
    case 'too_small':
      if (issue.origin === 'array') return wrong('at least one entry');
      if (issue.origin === 'string') return wrong('a text that is not empty');
      return wrong(`a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`);
    case 'too_big':
      return wrong(`a number of at most ${issue.maximum}`);
    case 'invalid_key':
      return wrong(`a domain name instead of "${String(issue.path.at(-1))}"`);
    default:
      return wrong(issue.message);
  }
}

function typeWords(type: string): string {
  const words: Record<string, string> = {
    string: 'a text in quotes',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list in [ ]',
    object: 'an object in { }',
    record: 'an object in { }',
  };
  return words[type] ?? type;
}

/** `people[2].address`, `catchAll["a.example"]`. */
function writePath(path: readonly PropertyKey[]): string {
  return path
    .map((step, at) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = String(step);
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `[${JSON.stringify(name)}]`;
      return at === 0 ? name : `.${name}`;
    })
    .join('');
}
