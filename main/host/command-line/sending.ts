/** Commands on what leaves: the outbox, mail merge, what became of sent letters. */
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fieldKey } from '../../client/merge/fields.ts';
import type { Input } from '../../contract/contract.ts';
import type { OutboxItem } from '../../contract/mail/drafts.ts';
import type { MergeState, Tracking } from '../../contract/mail/sending.ts';
import { accountNamed, runSync } from './accounts.ts';
import { CommandError, ids, UsageError } from './arguments.ts';
import { fileBytes, fileText } from './files.ts';
import { localMinute, type Session } from './session.ts';

const itemLine = (item: OutboxItem): string =>
  [
    item.id,
    item.state,
    localMinute(item.nextTry ?? item.notBefore),
    item.to.map((each) => each.address).join(', '),
    item.subject,
    ...(item.problem ? [item.problem.reply || item.problem.message] : []),
  ].join('\t');

export async function outboxList(session: Session): Promise<void> {
  const items = await session.call('outbox.list', {});
  await session.print(items, () => items.map(itemLine));
}

function one(session: Session): number {
  const wanted = ids(session.args.words);
  if (wanted.length > 1) throw new UsageError((words) => words.oneLetter);
  return wanted[0] as number;
}

/** Back to a draft, as it was. */
export async function outboxUndo(session: Session): Promise<void> {
  const draft = await session.call('outbox.edit', { id: one(session), remaining: false });
  await session.print({ draft: draft.id, subject: draft.subject }, () => [
    `draft ${draft.id}: ${draft.subject}`,
  ]);
}

export async function outboxCancel(session: Session): Promise<void> {
  const wanted = [...new Set(ids(session.args.words))];
  // One that is not there is an error before any is taken away.
  const there = new Set((await session.call('outbox.list', {})).map(({ id }) => id));
  const missing = wanted.filter((id) => !there.has(id));
  if (missing.length > 0) throw new CommandError((words) => words.noLetters(missing.join(', ')));
  for (const id of wanted) await session.call('outbox.drop', { id });
  await session.print({ count: wanted.length }, () => [`${wanted.length} letters`]);
}

/** Its time is now; it goes in a pass over its account, as `sync --once` makes one. */
export async function outboxNow(session: Session): Promise<void> {
  const { account } = await session.call('outbox.now', { id: one(session) });
  await runSync(session, account, true);
}

function mergeLine(merge: MergeState): string {
  const { id, state, sent, total, waiting, failed, subject } = merge;
  return `${id}\t${state}\t${sent} of ${total} sent, ${waiting} wait, ${failed} failed\t${subject}`;
}

export async function mergeList(session: Session): Promise<void> {
  const merges = await session.call('merge.list', {});
  await session.print(merges, () => merges.map(mergeLine));
}

export async function mergeCancel(session: Session): Promise<void> {
  const merge = await session.call('merge.cancel', { id: one(session) });
  await session.print(merge, () => [mergeLine(merge)]);
}

/** The draft that is named, or one made of a subject and a file with the text. */
async function mergeDraft(session: Session): Promise<{ draft: number; made: boolean }> {
  const { args } = session;
  if (args.text('from-draft') !== undefined) return { draft: args.number('from-draft', 0, 1), made: false };
  const account = await accountNamed(session, args.required('account'));
  const subject = args.required('subject');
  const text = await fileText(args.required('text'));
  const made = await session.call('drafts.create', { kind: 'new', account: account.id });
  const content = { ...made, subject, text: text.replace(/\r\n?/g, '\n'), html: null };
  const { id } = await session.call('drafts.save', { id: made.id, base: made.version, content });
  return { draft: id, made: true };
}

type MergeInput = Pick<
  Input<'merge.preview'>,
  'draft' | 'csv' | 'addressColumn' | 'nameColumn' | 'fileColumn'
>;

/** What is common to looking at a mail merge and starting it. A draft that was made for it goes again when that fails. */
async function merging(session: Session, work: (input: MergeInput) => Promise<void>): Promise<void> {
  const { args } = session;
  const column = <K extends string>(name: K, value: string | undefined) =>
    value === undefined ? {} : ({ [name]: value } as Record<K, string>);
  const csv = await fileBytes(args.required('table'));
  const { draft, made } = await mergeDraft(session);
  const chosen = {
    ...column('addressColumn', args.text('address-column')),
    ...column('nameColumn', args.text('name-column')),
    ...column('fileColumn', args.text('file-column')),
  };
  try {
    const named = (['address-column', 'name-column', 'file-column'] as const).flatMap(
      (option) => args.text(option) ?? [],
    );
    if (named.length > 0) {
      const { columns } = await session.call('merge.preview', { draft, csv });
      const there = new Set(columns.map(fieldKey));
      const missing = named.find((name) => !there.has(fieldKey(name)));
      if (missing !== undefined)
        throw new CommandError((words) => words.noColumn(missing, columns.join(', ')));
    }
    await work({ draft, csv, ...chosen });
  } catch (failure) {
    if (made) await session.call('drafts.discard', { id: draft }).catch(() => {});
    throw failure;
  }
}

/** Sends nothing. */
export const mergePreview = (session: Session): Promise<void> =>
  merging(session, (input) => previewMerge(session, input));

async function previewMerge(session: Session, input: MergeInput): Promise<void> {
  const row = session.args.number('row', 1, 1);
  const seen = await session.call('merge.preview', { ...input, row, files: await fileNames(session, input) });
  await session.print({ ...seen, draft: input.draft }, () => [
    `draft ${input.draft}, ${seen.ready} of ${seen.total} letters, ${seen.charset}`,
    ...seen.problems.map(
      ({ row: at, code, what, stops }) => `${at}\t${stops ? 'left out' : 'warning'}\t${code}\t${what}`,
    ),
    ...(seen.letter
      ? [
          '',
          `To: ${seen.letter.to.map((each) => each.address).join(', ')}`,
          `Subject: ${seen.letter.subject}`,
          '',
          seen.letter.text,
        ]
      : []),
  ]);
}

/** Files that the table names and the folder of --attachments holds. */
async function fileNames(session: Session, input: MergeInput): Promise<string[]> {
  const folder = session.args.text('attachments');
  if (folder === undefined) return [];
  const { problems } = await session.call('merge.preview', { ...input, row: 1, files: [] });
  const named = new Set(
    problems.filter((each) => each.code === 'no-such-file').map((each) => basename(each.what)),
  );
  const there: string[] = [];
  for (const name of named)
    if ((await stat(join(folder, name)).catch(() => null))?.isFile()) there.push(name);
  return there;
}

/** Puts the letters into the outbox; they go as long as Postroom or `sync` runs. */
export const mergeStart = (session: Session): Promise<void> =>
  merging(session, (input) => startMerge(session, input));

async function startMerge(session: Session, input: MergeInput): Promise<void> {
  const { args } = session;
  const folder = args.text('attachments') ?? '';
  const names = await fileNames(session, input);
  const files = await Promise.all(
    names.map(async (name) => ({
      name,
      type: 'application/octet-stream',
      bytes: new Uint8Array(await readFile(join(folder, name))),
    })),
  );
  const merge = await session.call('merge.start', {
    ...input,
    files,
    perMinute: args.number('per-minute', 60),
  });
  await session.print({ ...merge, draft: input.draft }, () => [mergeLine(merge)]);
}

const STATES = ['delivered', 'relayed', 'expanded', 'delayed', 'failed'] as const;

function trackedLines(letter: Tracking & { subject: string; at: number }): string[] {
  return [
    `${localMinute(letter.at)}\t${letter.subject}`,
    ...letter.recipients.map(({ address, delivery, deliveryAt, receipt, receiptAt, words }) => {
      const when = (at: number | null) => (at === null ? '' : ` ${localMinute(at)}`);
      const said = STATES.find((each) => each === delivery);
      return `\t${address}\t${said ? said + when(deliveryAt) : '-'}\t${receipt ? receipt + when(receiptAt) : '-'}\t${words}`;
    }),
  ];
}

/** Without an id: sent letters with something to tell; with one: what is known of that letter. */
export async function receiptsList(session: Session): Promise<void> {
  const list = await session.call('receipts.list', { count: session.args.number('count', 50, 1) });
  await session.print(list, () => list.flatMap(trackedLines));
}

export async function receiptsShow(session: Session): Promise<void> {
  const id = one(session);
  const [row] = await session.call('messages.rows', { ids: [id] });
  const tracking = await session.call('receipts.tracking', { id });
  if (!row || !tracking) throw new CommandError((words) => words.nothingHeard(id));
  await session.print(tracking, () => trackedLines({ ...tracking, subject: row.subject, at: row.date }));
}

/** Grants or refuses a letter's wish for a receipt. */
export async function receiptsAnswer(session: Session): Promise<void> {
  const as = session.args.required('as');
  if (as !== 'sent' && as !== 'refused') throw new UsageError((words) => words.oneOf('as', 'sent, refused'));
  const state = await session.call('receipts.answer', {
    id: one(session),
    send: as === 'sent',
    byHand: true,
  });
  await session.print(state, () => [`${state.state}\t${state.to}`]);
}
