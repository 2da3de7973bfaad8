/** Commands on rules. A rule is written as in an exported file: folders by account and path, accounts by address. */
import { buffer as readAll } from 'node:stream/consumers';
import { Fault } from '../../base/errors.ts';
import type { Job } from '../../contract/mail/profile.ts';
import type { Caught, LogLine, Rule } from '../../contract/mail/rules.ts';
import { CommandError, UsageError } from './arguments.ts';
import { fileText, textOf, writeWhole } from './files.ts';
import { folderNamed, localDay, localMinute, type Session } from './session.ts';

/** What rules ask and do reads best as it is written in a file. */
const line = (rule: Rule, n: number): string =>
  [
    rule.id,
    n + 1,
    rule.problem ? rule.problem.code : rule.enabled ? 'on' : 'off',
    rule.caught,
    rule.name,
    rule.actions.map((each) => each.do).join(', '),
  ].join('\t');

function ruleIds(words: readonly string[], least: number): number[] {
  if (words.length < least) throw new UsageError((all) => all.missingRule);
  return words.map((word) => {
    if (!/^[1-9]\d{0,14}$/.test(word)) throw new UsageError((all) => all.notRule(word));
    return Number(word);
  });
}

/** The rules that are named, each once. One that is not there is an error before anything is done. */
async function rulesThere(session: Session): Promise<number[]> {
  const ids = [...new Set(ruleIds(session.args.words, 1))];
  const all = new Set((await session.call('rules.list', {})).map(({ id }) => id));
  const missing = ids.filter((id) => !all.has(id));
  if (missing.length > 0) throw new CommandError((words) => words.noRulesOf(missing.join(', ')));
  return ids;
}

/** A file, or "-" for standard input. */
const rulesText = async (name: string | undefined): Promise<string> =>
  name === '-' ? textOf(await readAll(process.stdin)) : fileText(name);

/** One rule, several, or a whole exported file, as the text of a file. */
function asFile(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CommandError((words) => words.noRules);
  }
  if (typeof value === 'object' && value !== null && 'format' in value) return text;
  const rules = Array.isArray(value) ? value : [value];
  try {
    return JSON.stringify({ format: 'postroom-rules', version: 1, rules });
  } catch (cause) {
    // Nested deeper than can be written.
    throw new Fault('user', 'bad-rules-file', 'This is no file of rules.', { cause });
  }
}

async function list(session: Session): Promise<void> {
  const rules = await session.call('rules.list', {});
  await session.print(rules, () => rules.map(line));
}

/** Told on standard error: the exit code says that not all came in. */
function tellProblems(
  session: Session,
  problems: readonly { rule: string; code: string; detail: string }[],
): void {
  for (const { rule, code, detail } of problems)
    session.fail(session.words.ruleProblem(rule, session.words.faults[code] ?? code, detail));
}

async function bring(session: Session): Promise<void> {
  const [name] = session.args.words;
  const done = await session.call('rules.import', { text: asFile(await rulesText(name)) });
  await session.print(done, () => [`${done.added} rules`]);
  tellProblems(session, done.problems);
}

async function change(session: Session): Promise<void> {
  const [id = '', name] = session.args.words;
  const [replace = 0] = ruleIds(id === '' ? [] : [id], 1);
  const done = await session.call('rules.import', { text: asFile(await rulesText(name)), replace });
  await session.print(done, () => [`${done.added} rules`]);
  tellProblems(session, done.problems);
}

async function remove(session: Session): Promise<void> {
  const ids = await rulesThere(session);
  for (const id of ids) await session.call('rules.remove', { id });
  await session.print({ removed: ids.length }, () => [`${ids.length} rules removed`]);
}

async function move(session: Session): Promise<void> {
  const [id = 0] = ruleIds(session.args.words, 1);
  session.args.required('to');
  await session.call('rules.move', { id, at: session.args.number('to', 1, 1) - 1 });
  await list(session);
}

const turn =
  (enabled: boolean) =>
  async (session: Session): Promise<void> => {
    for (const id of await rulesThere(session)) await session.call('rules.switch', { id, enabled });
    await list(session);
  };

const chosen = (session: Session): number[] | null =>
  session.args.words.length === 0 ? null : ruleIds(session.args.words, 1);

const caughtLine = ({ row, rules, reasons, elsewhere }: Caught): string =>
  [
    row.id,
    localDay(row.date),
    row.from.address,
    row.subject,
    rules.join(', '),
    reasons.map((each) => `${each.field} ${each.test} ${each.value}`.trim()).join('; '),
    elsewhere,
  ].join('\t');

async function preview(session: Session): Promise<void> {
  const name = session.args.text('folder');
  const folder = name === undefined ? null : (await folderNamed(session, name)).id;
  const rows = Math.min(200, session.args.number('count', 50));
  const found = await session.call('rules.preview', { draft: null, rules: chosen(session), folder, rows });
  const { rows: caught, ...figures } = found;
  await session.print(
    {
      ...figures,
      letters: caught.map(({ row, ...each }) => ({
        id: row.id,
        subject: row.subject,
        from: row.from.address,
        ...each,
      })),
    },
    () => [...caught.map(caughtLine), `${found.count} of ${found.scanned} letters`],
  );
}

async function run(session: Session): Promise<void> {
  const folder = await folderNamed(session, session.args.required('folder'));
  const { job, undo } = await session.call('rules.run', { folder: folder.id, rules: chosen(session) });
  const ended = await jobEnd(session, job);
  if (ended.problem)
    throw new CommandError(
      (words) => words.faults[ended.problem?.code ?? ''] ?? words.failed(ended.problem?.code ?? ''),
    );
  const done = (await session.call('rules.runs', {})).find((each) => each.undo === undo);
  const { letters = 0, caught = 0 } = done ?? {};
  await session.print({ undo, letters, caught }, () => [
    `${caught} of ${letters} letters`,
    `postroom rules undo ${undo}`,
  ]);
}

function jobEnd(session: Session, id: string): Promise<Job> {
  const { jobs } = session.profile;
  const ended = (all: readonly Job[]): Job | undefined =>
    all.find((each) => each.id === id && each.endedAt !== null);
  return new Promise((resolve) => {
    const now = ended(jobs.list());
    if (now) {
      resolve(now);
      return;
    }
    const stop = jobs.changed.on((all) => {
      const job = ended(all);
      if (!job) return;
      stop();
      resolve(job);
    });
  });
}

/** The run named, or the last one that was not taken back. */
async function undo(session: Session): Promise<void> {
  const runs = await session.call('rules.runs', {});
  const token = session.args.words[0] ?? runs.find((each) => !each.undone && each.caught > 0)?.undo;
  if (token === undefined) throw new CommandError((words) => words.noRun);
  const { count } = await session.call('rules.undo', { undo: token });
  await session.print({ undone: count }, () => [`${count} letters are as they were`]);
}

const logLine = ({ at, message, subject, rule, did }: LogLine): string =>
  [
    localMinute(at),
    message,
    subject,
    rule,
    did.map((each) => `${each.do} ${each.what}`.trim()).join('; '),
  ].join('\t');

async function log(session: Session): Promise<void> {
  const [word] = session.args.words;
  if (word !== undefined && !/^[1-9]\d{0,14}$/.test(word)) throw new UsageError((words) => words.notId(word));
  const limit = Math.min(1000, session.args.number('count', 100, 1));
  const lines = await session.call('rules.log', { message: word === undefined ? null : Number(word), limit });
  await session.print(lines, () => lines.map(logLine));
}

async function takeOut(session: Session): Promise<void> {
  const format = session.args.text('format') ?? 'json';
  if (format !== 'json' && format !== 'sieve')
    throw new UsageError((words) => words.oneOf('format', 'json, sieve'));
  const { text } = await session.call('rules.export', { as: format });
  const out = session.args.text('out');
  if (out === undefined) await session.write(new TextEncoder().encode(text));
  else await writeWhole(out, (put) => put(new TextEncoder().encode(text)));
}

export const ruleCommands: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'rules list': list,
  'rules add': bring,
  'rules import': bring,
  'rules change': change,
  'rules remove': remove,
  'rules move': move,
  'rules on': turn(true),
  'rules off': turn(false),
  'rules preview': preview,
  'rules run': run,
  'rules undo': undo,
  'rules log': log,
  'rules export': takeOut,
};
