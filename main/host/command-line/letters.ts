/** Commands on letters: list, show, search, mark, move, take out. */
import { FLAGS, type Flag, type View } from '../../contract/mail/views.ts';
import { formatAddress } from '../../mail/address.ts';
import { CommandError, ids, UsageError } from './arguments.ts';
import { writeWhole } from './files.ts';
import { faultSentence } from './sentences.ts';
import {
  folderNamed,
  isoDate,
  itemLine,
  type ListedItem,
  listed,
  localMinute,
  namedFolders,
  type Session,
} from './session.ts';

/** Rows that one request of the contract gives. */
const PAGE = 500;

const plain = (scope: View['scope'], query?: string): View => ({
  scope,
  ...(query === undefined ? {} : { query }),
  filter: 'all',
  sort: 'date',
  descending: true,
  conversations: false,
});

async function rows(
  session: Session,
  view: View,
  from: number,
  count: number,
): Promise<{ total: number; items: ListedItem[] }> {
  const names = new Map((await namedFolders(session)).map((each) => [each.id, each.full]));
  const items: ListedItem[] = [];
  let total = 0;
  do {
    const window = await session.call('messages.window', {
      view,
      from: from + items.length,
      count: Math.min(PAGE, count - items.length),
    });
    total = window.exact ? window.total : await exactTotal(session, view, window.total);
    items.push(...window.rows.map((row) => listed(row, names)));
    if (window.rows.length === 0) break;
  } while (items.length < count && from + items.length < total);
  return { total, items };
}

/** The number a window only estimated at first, counted. */
async function exactTotal(session: Session, view: View, estimate: number): Promise<number> {
  const { count } = await session.call('messages.measure', { selection: { view } });
  return count === 0 ? estimate : count;
}

export async function list(session: Session): Promise<void> {
  const { args } = session;
  const [from, count] = [args.number('from', 0), args.number('count', 50)];
  const folder = await folderNamed(session, args.required('folder'));
  const found = await rows(session, plain({ in: 'folder', folder: folder.id }), from, count);
  await session.print(found, () => [`${found.total} letters`, ...found.items.map(itemLine)]);
}

export async function search(session: Session): Promise<void> {
  const { args } = session;
  const query = args.words.join(' ').trim();
  if (query === '') throw new UsageError((words) => words.missingQuery);
  const count = args.number('count', 50);
  await session.profile.indexer.start();
  await session.profile.indexer.idle();
  const name = args.text('folder');
  const scope: View['scope'] =
    name === undefined
      ? { in: 'everywhere' }
      : { in: 'folder', folder: (await folderNamed(session, name)).id };
  const found = await rows(session, plain(scope, query), 0, count);
  await session.print(found, () => [`${found.total} letters`, ...found.items.map(itemLine)]);
}

async function shown(session: Session, id: number): Promise<Record<string, unknown>> {
  const letter = await session.call('messages.get', { id });
  const { pool, store } = session.profile;
  const { blob } = await store.read('messages.stored', { id });
  const bytes = blob && !letter.problem ? ((await store.blobs.read(blob)) as Uint8Array<ArrayBuffer>) : null;
  const read = bytes ? await pool.call('whole', { bytes }, { transfer: [bytes.buffer] }) : null;
  return {
    id,
    messageId: letter.messageId,
    subject: letter.subject,
    date: isoDate(letter.date),
    from: letter.from,
    to: letter.to,
    cc: letter.cc,
    replyTo: letter.replyTo,
    headers: letter.headers,
    text: letter.text,
    html: read?.html ?? null,
    attachments: read?.attachments ?? [],
    defects: letter.defects,
    ...(letter.problem ? { problem: letter.problem } : {}),
  };
}

function readable(letter: Record<string, unknown>): string[] {
  const people = (list: unknown): string =>
    (list as { name: string; address: string }[]).map(formatAddress).join(', ');
  const files = letter['attachments'] as { n: number; name: string; type: string; size: number }[];
  return [
    `Subject: ${String(letter['subject'])}`,
    `From: ${people(letter['from'])}`,
    `To: ${people(letter['to'])}`,
    `Date: ${localMinute(String(letter['date']))}`,
    ...files.map((each) => `Attachment ${each.n}: ${each.name} (${each.type}, ${each.size})`),
    '',
    String(letter['text'] ?? ''),
    '',
  ];
}

export async function show(session: Session): Promise<void> {
  const wanted = ids(session.args.words);
  await existing(session, wanted);
  const letters: Record<string, unknown>[] = [];
  for (const id of wanted) letters.push(await shown(session, id));
  for (const { id, problem } of letters) {
    const { code, message } = (problem ?? {}) as { code?: string; message?: string };
    if (code !== undefined)
      session.fail(`${id}: ${faultSentence({ code, message: message ?? '' }, session.language)}`);
  }
  await session.print(letters.length === 1 ? letters[0] : letters, () => letters.flatMap(readable));
}

export async function attachment(session: Session): Promise<void> {
  const [idWord = '', nWord = '', ...more] = session.args.words;
  const [id] = ids([idWord]) as [number];
  if (!/^[1-9]\d{0,5}$/.test(nWord) || more.length > 0)
    throw new UsageError((words) => words.attachmentNumber);
  const out = session.args.required('out');
  // Written piece by piece: a file may be of hundreds of megabytes.
  const file = await writeWhole(out, (put) =>
    session.call('messages.attachment', { id, n: Number(nWord) }, put),
  );
  await session.print({ ...file, path: out }, () => [`${file.name} (${file.size}) is now ${out}`]);
}

export async function raw(session: Session): Promise<void> {
  const wanted = ids(session.args.words);
  if (wanted.length > 1) throw new UsageError((words) => words.oneLetter);
  const pieces: Promise<void>[] = [];
  await session.call('messages.source', { id: wanted[0] as number }, (bytes) =>
    pieces.push(session.write(bytes)),
  );
  await Promise.all(pieces);
}

/** Each letter once. Those that are not there are an error before anything is done. */
async function existing(session: Session, wanted: number[]): Promise<number[]> {
  const found = new Set<number>();
  for (let at = 0; at < wanted.length; at += PAGE)
    for (const row of await session.call('messages.rows', { ids: wanted.slice(at, at + PAGE) }))
      found.add(row.id);
  const missing = wanted.filter((id) => !found.has(id));
  if (missing.length > 0) throw new CommandError((words) => words.noLetters(missing.join(', ')));
  return [...new Set(wanted)];
}

async function done(session: Session, count: number): Promise<void> {
  await session.print({ count }, () => [`${count} letters`]);
}

export async function mark(session: Session, on: boolean): Promise<void> {
  const named = session.args.words.filter((word) => (FLAGS as readonly string[]).includes(word));
  const words = session.args.words.filter((word) => !named.includes(word));
  const flag = session.args.text('flag') ?? named[0] ?? 'flagged';
  if (!(FLAGS as readonly string[]).includes(flag)) throw new UsageError((words) => words.notFlag(flag));
  const wanted = await existing(session, ids(words));
  const action = { do: 'flag' as const, flag: flag as Flag, on };
  const { count } = await session.call('messages.act', { selection: { ids: wanted }, action });
  await done(session, count);
}

export async function move(session: Session): Promise<void> {
  const name = session.args.text('to') ?? session.args.required('folder');
  const wanted = ids(session.args.words);
  const folder = await folderNamed(session, name);
  const selection = { ids: await existing(session, wanted) };
  const { count } = await session.call('messages.act', { selection, action: { do: 'move', to: folder.id } });
  await done(session, count);
}

export async function remove(session: Session): Promise<void> {
  const selection = { ids: await existing(session, ids(session.args.words)) };
  const { count } = await session.call('messages.act', { selection, action: { do: 'delete' } });
  await done(session, count);
}
