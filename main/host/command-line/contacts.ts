/** Commands of the address book: people and books listed, found, changed, merged, brought in and taken out, directories. */
import { resolve } from 'node:path';
import {
  type Book,
  ContactContent,
  type ContactRow,
  EXPORT_FORMATS,
  type LdapSettings,
  type NotRead,
} from '../../contract/mail/contacts.ts';
import type { Job } from '../../contract/mail/profile.ts';
import { readPassword } from './accounts.ts';
import { CommandError, type OptionName, UsageError } from './arguments.ts';
import { fileBytes, writeWhole } from './files.ts';
import type { Session } from './session.ts';

type Command = (session: Session) => Promise<void>;

/** Rows that one request of the contract gives. */
const PAGE = 500;

const bookName = (book: Book): string =>
  book.name !== '' ? book.name : book.kind === 'collected' ? 'Collected' : 'Address book';

/** A book by its name or number; null where none is named. */
async function bookNamed(session: Session): Promise<Book | null> {
  const name = session.args.text('book');
  if (name === undefined) return null;
  const all = await session.call('contacts.books', {});
  const found = all.find(
    (each) => String(each.id) === name || bookName(each).toLowerCase() === name.toLowerCase(),
  );
  if (!found) throw new CommandError((words) => words.noBook(name));
  return found;
}

/** Numbers of people. */
function people(words: readonly string[], least = 1): number[] {
  if (words.length < least) throw new UsageError((say) => say.missingPerson);
  return words.map((word) => {
    if (!/^[1-9]\d{0,14}$/.test(word)) throw new UsageError((say) => say.notPerson(word));
    return Number(word);
  });
}

const line = (row: ContactRow): string =>
  [
    row.id,
    row.name,
    row.kind === 'group' ? `${row.members} people` : row.address,
    row.phone,
    row.organisation,
  ].join('\t');

async function rows(session: Session, text: string): Promise<void> {
  const { args } = session;
  const [from, count] = [args.number('from', 0), args.number('count', 50)];
  const book = await bookNamed(session);
  const items: ContactRow[] = [];
  let total = 0;
  do {
    const asked = Math.min(PAGE, count - items.length);
    const window = await session.call('contacts.window', {
      book: book?.id ?? null,
      text,
      from: from + items.length,
      count: asked,
    });
    total = window.total;
    items.push(...window.rows);
    if (window.rows.length < asked) break;
  } while (items.length < count);
  await session.print({ total, items }, () => [`${total} people`, ...items.map(line)]);
}

const books: Command = async (session) => {
  const all = (await session.call('contacts.books', {})).map((book) => ({ ...book, name: bookName(book) }));
  await session.print(all, () => all.map((each) => `${each.id}\t${each.kind}\t${each.name}\t${each.count}`));
};

const search: Command = async (session) => {
  const text = session.args.words.join(' ').trim();
  if (text === '') throw new UsageError((words) => words.missingQuery);
  await rows(session, text);
};

const show: Command = async (session) => {
  const [id = 0] = people(session.args.words);
  const contact = await session.call('contacts.get', { id });
  const { content } = contact;
  await session.print(contact, () => [
    ...(
      [
        'name',
        'given',
        'middle',
        'family',
        'organisation',
        'department',
        'title',
        'room',
        'birthday',
      ] as const
    )
      .filter((field) => content[field] !== '')
      .map((field) => `${field}: ${content[field]}`),
    ...content.emails.map((each) => `${each.type}: ${each.value}`),
    ...content.phones.map((each) => `${each.type}: ${each.value}`),
    ...content.members.map((each) => `member: ${each.name} <${each.address}>`),
    ...(content.notes === '' ? [] : ['', content.notes]),
  ]);
};

const FIELDS = {
  name: 'name',
  given: 'given',
  family: 'family',
  organisation: 'organisation',
  department: 'department',
  title: 'title',
  room: 'room',
  birthday: 'birthday',
  notes: 'notes',
} as const satisfies Partial<Record<OptionName, keyof ContactContent>>;

const list = (text: string): string[] =>
  text
    .split(/[,;]/)
    .map((each) => each.trim())
    .filter((each) => each !== '');

/** The content with what the options say; `--address` and `--phone` name all of them, with commas between. */
function changed(session: Session, content: ContactContent): ContactContent {
  const { args } = session;
  const out = structuredClone(content);
  for (const [option, field] of Object.entries(FIELDS) as [
    keyof typeof FIELDS,
    (typeof FIELDS)[keyof typeof FIELDS],
  ][]) {
    const value = args.text(option);
    if (value !== undefined) out[field] = value;
  }
  if (!/^(?:(?:\d{4}|-)-\d\d-\d\d)?$/.test(out.birthday))
    throw new UsageError((words) => words.oneOf('birthday', '1980-05-17, --05-17'));
  const addresses = args.text('address');
  const kept = (values: ContactContent['emails'], value: string) =>
    values.find((each) => each.value === value) ?? { value, type: 'other' as const };
  if (addresses !== undefined) out.emails = list(addresses).map((value) => kept(out.emails, value));
  const phones = args.text('phone');
  if (phones !== undefined) out.phones = list(phones).map((value) => kept(out.phones, value));
  return out;
}

const add: Command = async (session) => {
  const book = await bookNamed(session);
  const content = changed(session, ContactContent.parse({}));
  const saved = await session.call('contacts.save', { id: null, book: book?.id ?? null, content });
  await session.print(saved, () => [String(saved.id)]);
};

const change: Command = async (session) => {
  const [id = 0] = people(session.args.words);
  const { content } = await session.call('contacts.get', { id });
  const book = await bookNamed(session);
  const saved = await session.call('contacts.save', {
    id,
    book: book?.id ?? null,
    content: changed(session, content),
  });
  await session.print(saved, () => [`taken back by: contacts undo ${saved.undo}`]);
};

const remove: Command = async (session) => {
  const done = await session.call('contacts.remove', { ids: people(session.args.words) });
  await session.print(done, () => [`${done.count} removed; taken back by: contacts undo ${done.undo}`]);
};

const duplicates: Command = async (session) => {
  const found = await session.call('contacts.duplicates', {
    limit: Math.max(1, session.args.number('count', 100)),
  });
  await session.print(found, () => [
    `${found.total} groups`,
    ...found.groups.flatMap((group) => ['', `the same ${group.reason}:`, ...group.rows.map(line)]),
  ]);
};

const merge: Command = async (session) => {
  const done = await session.call('contacts.merge', { ids: people(session.args.words, 2) });
  await session.print(done, () => [
    `${done.count} are now ${done.id}; taken back by: contacts undo ${done.undo}`,
  ]);
};

const undo: Command = async (session) => {
  const [token = ''] = session.args.words;
  const done = await session.call('contacts.undo', { token });
  await session.print(done, () => [`${done.count} are as they were`]);
};

const told = (each: NotRead): string => `line ${each.line}: ${each.reason} ${each.text}`.trim();

const bringIn: Command = async (session) => {
  const { args } = session;
  const bytes = await fileBytes(args.words[0]);
  const path = resolve(args.words[0] ?? '');
  const charset = args.text('charset');
  const source = { bytes, name: path, ...(charset === undefined ? {} : { charset }) };
  if (args.has('dry-run')) {
    const { first, ...preview } = await session.call('contacts.importPreview', source);
    await session.print({ ...preview, first }, () => [
      `${preview.format}, ${preview.charset}: ${preview.total} people, ${preview.known} are here already`,
      ...preview.columns.map((each) => `${each.name}\t${each.field ?? 'left out'}`),
      ...preview.notRead.map(told),
    ]);
    return;
  }
  const known = args.text('known') ?? 'complete';
  if (known !== 'skip' && known !== 'complete' && known !== 'add')
    throw new UsageError((words) => words.oneOf('known', 'skip, complete, add'));
  const book = await bookNamed(session);
  const done = await session.call('contacts.import', { ...source, book: book?.id ?? null, known });
  await session.print(done, () => [
    `${done.imported} came in, ${done.completed} were completed, ${done.skipped} were here already; taken back by: contacts undo ${done.undo}`,
    ...done.notRead.map(told),
  ]);
};

const takeOut: Command = async (session) => {
  const { args } = session;
  const format = EXPORT_FORMATS.find((each) => each === (args.text('format') ?? 'vcard4'));
  if (!format) throw new UsageError((words) => words.oneOf('format', EXPORT_FORMATS.join(', ')));
  const charset = (['utf-8', 'utf-16', 'windows-1251'] as const).find(
    (each) => each === (args.text('charset') ?? 'utf-8'),
  );
  if (!charset) throw new UsageError((words) => words.oneOf('charset', 'utf-8, utf-16, windows-1251'));
  const out = resolve(args.required('out'));
  const book = await bookNamed(session);
  const ids = args.words.length > 0 ? people(args.words) : null;
  const done = await writeWhole(out, (put) =>
    session.call('contacts.export', { book: book?.id ?? null, ids, format, charset }, put),
  );
  await session.print({ ...done, path: out }, () => [
    `${done.count} people are now in ${out}`,
    ...(done.lost.length === 0 ? [] : [`this format has no room for: ${done.lost.join(', ')}`]),
  ]);
};

function directory(session: Session): LdapSettings {
  const { args } = session;
  const security = args.text('security') ?? 'tls';
  if (security !== 'tls' && security !== 'starttls' && security !== 'none')
    throw new UsageError((words) => words.oneOf('security', 'tls, starttls, none'));
  return {
    host: args.required('host'),
    port: args.number('port', security === 'tls' ? 636 : 389, 1),
    security,
    base: args.text('base') ?? '',
    filter: args.text('filter') ?? '',
    bind: args.text('bind') ?? '',
  };
}

/** `ldap add|test|refresh`: a directory as a book, its first three people, a fresh copy. */
const ldap: Command = async (session) => {
  const [what = ''] = session.args.words;
  if (what === 'refresh') return refresh(session);
  if (what !== 'add' && what !== 'test')
    throw new UsageError((words) => words.oneOf('ldap', 'add, test, refresh'));
  const settings = directory(session);
  await trusted(session);
  const password = settings.bind === '' ? '' : await readPassword();
  const { people: found } = await session.call('contacts.ldapTest', { ldap: settings, password });
  if (what === 'test') {
    await session.print({ people: found }, () =>
      found.map((each) => `${each.name}\t${each.address}\t${each.department}`),
    );
    return;
  }
  const name = session.args.required('name');
  const saved = await session.call('contacts.saveBook', { id: null, name, ldap: settings, password });
  await session.print(saved, () => [String(saved.id)]);
};

/** --trust HOST:PORT=SHA256 */
async function trusted(session: Session): Promise<void> {
  for (const each of session.args.list('trust')) {
    const [, host, port, fingerprint256] = /^(.+):(\d+)=([0-9A-Fa-f:]+)$/.exec(each) ?? [];
    if (!host || !fingerprint256) throw new UsageError((words) => words.oneOf('trust', 'HOST:PORT=SHA256'));
    await session.call('accounts.trust', { host, port: Number(port), fingerprint256 });
  }
}

async function refresh(session: Session): Promise<void> {
  const book = await bookNamed(session);
  if (!book) throw new UsageError((words) => words.missingOption('book'));
  const { job: id } = await session.call('contacts.ldapRefresh', { book: book.id });
  const { jobs } = session.profile;
  const ended = await new Promise<Job | undefined>((done) => {
    const look = (): void => {
      const job = jobs.list().find((each) => each.id === id);
      if (job && job.endedAt === null) return;
      stop();
      done(job);
    };
    const stop = jobs.changed.on(look);
    look();
  });
  const problem = ended?.problem;
  await session.print({ people: ended?.done ?? 0, problem: problem?.code ?? null }, () => [
    `${ended?.done ?? 0} people were read`,
  ]);
  if (problem) session.fail(problem.message);
}

export const CONTACT_COMMANDS: Readonly<Record<string, Command>> = {
  'contacts books': books,
  'contacts list': (session) => rows(session, ''),
  'contacts search': search,
  'contacts show': show,
  'contacts add': add,
  'contacts change': change,
  'contacts remove': remove,
  'contacts duplicates': duplicates,
  'contacts merge': merge,
  'contacts undo': undo,
  'contacts import': bringIn,
  'contacts export': takeOut,
  'contacts ldap': ldap,
};

/** Most words of those that take a fixed number. */
export const CONTACT_WORDS: Readonly<Record<string, number>> = {
  'contacts books': 0,
  'contacts list': 0,
  'contacts show': 1,
  'contacts add': 0,
  'contacts change': 1,
  'contacts duplicates': 0,
  'contacts undo': 1,
  'contacts import': 1,
  'contacts ldap': 1,
};
