/**
 * Rules as a file: folders by their account and path, accounts by their address, templates by their name, so that a file of one computer means the
 * same on another. Pure.
 */
import { z } from 'zod';
import { Fault } from '../../base/errors.ts';
import { MAX_RULE_DEPTH } from '../../base/limits.ts';
import { type Condition, type RuleDraft as Draft, RuleDraft } from '../../contract/mail/rules.ts';

/** Names of this computer's folders, accounts and templates. */
export interface Names {
  folders: {
    id: number;
    account: number;
    path: string;
    /** As its server names it; null: it is on this computer only. Absent: as `path`. */
    server?: string | null;
    role?: string | null;
  }[];
  accounts: { id: number; address: string }[];
  templates: { id: number; name: string }[];
}

const FORMAT = 'postroom-rules';
const File = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  rules: z.array(z.unknown()).max(10_000),
});

/** Rules as the text of a file. */
export function writeRules(rules: readonly Draft[], names: Names): string {
  const folderName = (id: number): string => {
    const folder = names.folders.find((each) => each.id === id);
    const account = names.accounts.find((each) => each.id === folder?.account);
    return folder && account ? `${account.address}/${folder.path}` : '';
  };
  const accountName = (id: number): string => names.accounts.find((each) => each.id === id)?.address ?? '';
  const condition = (each: Condition): unknown =>
    'match' in each
      ? { match: each.match, of: each.of.map(condition) }
      : each.field === 'account'
        ? { ...each, value: accountName(each.value) }
        : each;
  const portable = rules.map(({ name, enabled, when, actions, stop, folders }) => ({
    name,
    enabled,
    when: condition(when),
    actions: actions.map((each) =>
      each.do === 'move' || each.do === 'copy'
        ? { ...each, to: folderName(each.to) }
        : each.do === 'reply' && each.template !== undefined
          ? { ...each, template: names.templates.find(({ id }) => id === each.template)?.name ?? '' }
          : each,
    ),
    stop,
    folders: folders.map(folderName),
  }));
  return `${JSON.stringify({ format: FORMAT, version: 1, rules: portable }, null, 2)}\n`;
}

export interface ReadRule {
  rule: Draft;
  problem: { code: string; detail: string } | null;
}

const badFile = (detail: string, cause?: unknown): Fault =>
  new Fault('user', 'bad-rules-file', 'This is no file of rules.', {
    detail: { reason: detail },
    ...(cause === undefined ? {} : { cause }),
  });

/**
 * The rules of a file. What it names that is not here becomes a problem of its rule, which then comes switched off.
 * @throws Fault user `bad-rules-file`
 */
export function readRules(
  text: string,
  names: Names,
): { rules: ReadRule[]; unread: { n: number; detail: string }[] } {
  let file: z.infer<typeof File>;
  try {
    const parsed: unknown = JSON.parse(text);
    if (depthOf(parsed) > MAX_RULE_DEPTH * 2 + 10) throw badFile('too-deep');
    file = File.parse(parsed);
  } catch (cause) {
    throw cause instanceof Fault ? cause : badFile('not-rules', cause);
  }
  const rules: ReadRule[] = [];
  const unread: { n: number; detail: string }[] = [];
  file.rules.forEach((each, n) => {
    const missing: { code: string; detail: string }[] = [];
    const parsed = RuleDraft.safeParse(resolve(each, names, missing));
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      unread.push({
        n: n + 1,
        detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`.slice(0, 200),
      });
      return;
    }
    const problem = missing[0] ?? null;
    rules.push({ rule: problem ? { ...parsed.data, enabled: false } : parsed.data, problem });
  });
  return { rules, unread };
}

/** Depth of nesting; stops counting where it is too deep for anything. */
function depthOf(value: unknown, depth = 0): number {
  if (depth > 200 || typeof value !== 'object' || value === null) return depth;
  let most = depth;
  for (const each of Object.values(value)) most = Math.max(most, depthOf(each, depth + 1));
  return most;
}

/** Ids in the place of names. A name that is not here becomes an id that nothing has. */
const NOBODY = Number.MAX_SAFE_INTEGER;

function resolve(value: unknown, names: Names, missing: { code: string; detail: string }[]): unknown {
  const folder = (name: unknown): number => {
    const found = names.folders.find(({ account, path }) => {
      const address = names.accounts.find((each) => each.id === account)?.address;
      return (
        typeof name === 'string' &&
        address !== undefined &&
        `${address}/${path}`.toLowerCase() === name.toLowerCase()
      );
    });
    if (!found) missing.push({ code: 'no-such-folder', detail: String(name).slice(0, 300) });
    return found?.id ?? NOBODY;
  };
  const account = (name: unknown): number => {
    const found = names.accounts.find((each) => each.address.toLowerCase() === String(name).toLowerCase());
    if (!found) missing.push({ code: 'no-such-account', detail: String(name).slice(0, 300) });
    return found?.id ?? NOBODY;
  };
  const template = (name: unknown): number => {
    const found = names.templates.find((each) => each.name.toLowerCase() === String(name).toLowerCase());
    if (!found) missing.push({ code: 'no-such-template', detail: String(name).slice(0, 300) });
    return found?.id ?? NOBODY;
  };
  const condition = (each: unknown): unknown => {
    if (!isRecord(each)) return each;
    if (Array.isArray(each.of)) return { ...each, of: each.of.map(condition) };
    return each.field === 'account' ? { ...each, value: account(each.value) } : each;
  };
  if (!isRecord(value)) return value;
  return {
    ...value,
    when: condition(value.when),
    actions: Array.isArray(value.actions)
      ? value.actions.map((each: unknown) =>
          !isRecord(each)
            ? each
            : each.do === 'move' || each.do === 'copy'
              ? { ...each, to: folder(each.to) }
              : each.do === 'reply' && each.template !== undefined
                ? { ...each, template: template(each.template) }
                : each,
        )
      : value.actions,
    folders: Array.isArray(value.folders) ? value.folders.map(folder) : value.folders,
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
