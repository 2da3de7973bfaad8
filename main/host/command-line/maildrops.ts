/** Commands on maildrops (POP3): what the next connection will do, marks for it, and doing it now. */
import type { FetchMark, FetchPlan } from '../../contract/mail/accounts.ts';
import { accountNamed, runSync } from './accounts.ts';
import { ids, UsageError } from './arguments.ts';
import type { Session } from './session.ts';

const MARKS: Readonly<Record<string, FetchMark | null>> = {
  fetch: 'fetch',
  keep: 'keep',
  delete: 'delete',
  none: null,
};

const megabytes = (octets: number): string => `${(octets / 1_000_000).toFixed(1)} MB`;

function lines(plan: FetchPlan): string[] {
  const line = (what: string, { count, octets }: FetchPlan['fetch']) =>
    `${what}\t${count}\t${megabytes(octets)}`;
  return [
    line('fetch', plan.fetch),
    line('headers only', plan.headers),
    line('delete on the server', plan.remove),
    line('skipped', plan.skipped),
    `traffic saved\t\t${megabytes(plan.saved)}`,
  ];
}

const NONE: FetchPlan['fetch'] = { count: 0, octets: 0 };

/** Of an IMAP account the marks are the plan: everything else comes by its policy. */
async function imapPlan(session: Session, account: number): Promise<FetchPlan> {
  const plan = (await session.call('maildrop.plans', {})).find((each) => each.account === account);
  const { fetch, keep, remove, headers } = plan ?? { fetch: NONE, keep: NONE, remove: NONE, headers: NONE };
  const marked = { fetch, keep, delete: remove };
  const saved = headers.octets - fetch.octets;
  return { account, asked: false, fetch, headers: NONE, remove, skipped: NONE, marked, saved };
}

/** With --ask the server is asked for its list first. */
export async function maildropPlan(session: Session): Promise<void> {
  const { args } = session;
  const { id, address, kind } = await accountNamed(session, args.required('account'));
  const plan =
    kind === 'imap'
      ? await imapPlan(session, id)
      : await session.call('accounts.fetchPlan', { id, ask: args.has('ask') });
  await session.print({ ...plan, account: address }, () => lines(plan));
}

export async function maildropMark(session: Session): Promise<void> {
  const { args } = session;
  const as = args.required('as');
  if (!Object.hasOwn(MARKS, as))
    throw new UsageError((words) => words.oneOf('as', Object.keys(MARKS).join(', ')));
  const messages = ids(args.words);
  const { count } = await session.call('accounts.fetchMark', { messages, mark: MARKS[as] ?? null });
  await session.print({ marked: count }, () => [`${count} of ${messages.length} letters are marked`]);
  if (count < messages.length) session.fail(session.words.notMarked(messages.length - count));
}

/** One connection now: everything planned is carried out. */
export async function maildropRun(session: Session): Promise<void> {
  const { id } = await accountNamed(session, session.args.required('account'));
  await runSync(session, id, true);
}
