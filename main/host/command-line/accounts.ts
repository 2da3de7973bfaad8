/** Commands that speak to servers: accounts, sync, sending a ready letter. */
import { readFile } from 'node:fs/promises';
import { Fault } from '../../base/errors.ts';
import type { Input } from '../../contract/contract.ts';
import type { Account, KeepPolicy, Pop3Policy, Security } from '../../contract/mail/accounts.ts';
import { isValidAddress } from '../../mail/address.ts';
import { CommandError, UsageError } from './arguments.ts';
import { wholeSentence } from './sentences.ts';
import type { Session } from './session.ts';
import { readableFile } from './transfer.ts';

type Kind = 'imap' | 'pop3' | 'smtp';

const PORTS: Readonly<Record<Kind, Readonly<Record<Security, number>>>> = {
  imap: { tls: 993, starttls: 143, none: 143 },
  pop3: { tls: 995, starttls: 110, none: 110 },
  smtp: { tls: 465, starttls: 587, none: 25 },
};

/** A secret from standard input, asked for on a terminal. */
export async function readPassword(asked = 'Password: '): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(asked);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    if (process.stdin.isTTY && (chunk as Buffer).includes(10)) break;
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

function server(session: Session, kind: Kind, user: string): Input<'accounts.add'>['incoming'] | null {
  const { args } = session;
  const host = args.text(`${kind}-host`);
  if (host === undefined) return null;
  const security = args.text(`${kind}-security`) ?? 'tls';
  if (security !== 'tls' && security !== 'starttls' && security !== 'none')
    throw new UsageError((words) => words.oneOf(`${kind}-security`, 'tls, starttls, none'));
  const port = args.number(`${kind}-port`, PORTS[kind][security], 1);
  return { host, port, security, user, auth: 'auto' };
}

function policy(text: string | undefined): KeepPolicy | undefined {
  if (text === undefined) return undefined;
  if (text === 'everything' || text === 'headers') return { keep: text };
  if (/^\d{1,3}$/.test(text) && Number(text) > 0) return { keep: 'months', months: Number(text) };
  throw new UsageError((words) => words.oneOf('keep', 'everything, headers, 1-999'));
}

/** What --headers-above says, KB; null: "none", undefined: nothing. */
function headersAbove(session: Session): number | null | undefined {
  const said = session.args.text('headers-above');
  if (said === undefined) return undefined;
  return said === 'none' ? null : session.args.number('headers-above', 0);
}

/** What an IMAP account keeps here by --keep and --headers-above; undefined: they say nothing. 0 KB: headers of all letters. */
function imapPolicy(session: Session, before?: KeepPolicy): KeepPolicy | undefined {
  const { args } = session;
  for (const each of ['leave', 'delete-from-trash'] as const)
    if (args.text(each) !== undefined || args.has(each))
      throw new UsageError((words) => words.badOption(`--${each}`));
  const kept = policy(args.text('keep'));
  const above = headersAbove(session);
  if (!kept && above === undefined) return undefined;
  if (above === 0) return { keep: 'headers' };
  const { headersAbove: _, ...whole } = kept ?? before ?? { keep: 'everything' };
  const most = above === undefined ? before?.headersAbove : (above ?? undefined);
  return most === undefined ? whole : { ...whole, headersAbove: most };
}

/** How a maildrop is collected; undefined: as always. */
function maildropPolicy(session: Session): Partial<Pop3Policy> | undefined {
  const { args } = session;
  const leave = args.text('leave');
  const above = headersAbove(session);
  const policy: Partial<Pop3Policy> = {};
  if (leave !== undefined) {
    if (leave === 'never' || leave === 'until-deleted' || leave === 'always') policy.leave = leave;
    else if (/^[1-9]\d{0,3}$/.test(leave) && Number(leave) <= 3650)
      Object.assign(policy, { leave: 'days', days: Number(leave) });
    else throw new UsageError((words) => words.oneOf('leave', 'never, 1-3650, until-deleted, always'));
  }
  if (above !== undefined) policy.headersAbove = above;
  if (args.has('delete-from-trash')) policy.deleteFromTrash = true;
  return Object.keys(policy).length > 0 ? policy : undefined;
}

/** HOST:PORT=SHA256 of certificates that the caller has compared himself. */
async function trust(session: Session): Promise<void> {
  for (const each of session.args.list('trust')) {
    const match = /^(.+):(\d{1,5})=([0-9A-Fa-f:]{64,95})$/.exec(each);
    if (!match) throw new UsageError((words) => words.oneOf('trust', 'HOST:PORT=SHA256'));
    const [, host = '', port, fingerprint = ''] = match;
    const plain = fingerprint.replace(/:/g, '').toUpperCase();
    const fingerprint256 = plain.match(/../g)?.join(':') ?? plain;
    await session.call('accounts.trust', { host, port: Number(port), fingerprint256 });
  }
}

const shown = (account: Account) => ({
  id: account.id,
  kind: account.kind,
  account: account.address,
  address: account.address,
  name: account.name,
  incoming: account.incoming,
  outgoing: account.outgoing,
  ...(account.pop3 ? { pop3: account.pop3 } : { policy: account.policy }),
});

export async function accountAdd(session: Session): Promise<void> {
  const { args } = session;
  const address = args.required('address');
  if (!isValidAddress(address))
    throw new Fault('user', 'bad-address', 'This is not an e-mail address.', { detail: { path: address } });
  const user = args.text('user') ?? address;
  const maildrop = server(session, 'pop3', user);
  const incoming = server(session, 'imap', user) ?? maildrop;
  const kind = incoming !== null && incoming === maildrop ? 'pop3' : 'imap';
  const pop3 = kind === 'pop3' ? maildropPolicy(session) : undefined;
  if (!incoming) throw new UsageError((words) => words.missingOption('imap-host'));
  const outgoing = server(session, 'smtp', user);
  const keep = kind === 'imap' ? imapPolicy(session) : policy(args.text('keep'));
  await trust(session);
  const password = await readPassword();
  if (password === '') throw new CommandError((words) => words.emptyPassword);
  const setup: Input<'accounts.add'> = {
    address,
    name: args.text('name') ?? '',
    kind,
    incoming,
    outgoing,
    password,
    ...(keep ? { policy: keep } : {}),
    ...(pop3 ? { pop3 } : {}),
  };
  const account = await session.call('accounts.add', setup);
  await session.print(shown(account), () => [`${account.address} is account ${account.id}`]);
}

export async function accountList(session: Session): Promise<void> {
  const list = (await session.call('accounts.list', {})).map(shown);
  await session.print(list, () => list.map((each) => `${each.id}\t${each.address}\t${each.name}`));
}

export async function accountNamed(session: Session, name: string): Promise<Account> {
  const found = (await session.call('accounts.list', {})).find(
    (each) => each.address.toLowerCase() === name.toLowerCase() || String(each.id) === name,
  );
  if (found) return found;
  throw new CommandError((words) => words.noAccount(name));
}

/** What is kept here and what is left on the server; what no option says stays as it is. */
export async function accountChange(session: Session): Promise<void> {
  const { args } = session;
  const [word] = args.words;
  if (word === undefined) throw new UsageError((words) => words.missingAccount);
  const { id, kind, policy: before, pop3: maildrop } = await accountNamed(session, word);
  const name = args.text('name');
  const pop3 = kind === 'pop3' ? maildropPolicy(session) : undefined;
  const kept = kind === 'pop3' ? undefined : imapPolicy(session, before);
  const account = await session.call('accounts.update', {
    id,
    ...(name === undefined ? {} : { name }),
    ...(kept ? { policy: kept } : {}),
    ...(pop3 && maildrop ? { pop3: { ...maildrop, ...pop3 } } : {}),
  });
  await session.print(shown(account), () => [`${account.address} is changed`]);
}

export async function accountRemove(session: Session): Promise<void> {
  const name = session.args.words[0] ?? session.args.text('account') ?? session.args.text('address');
  if (name === undefined) throw new UsageError((words) => words.missingAccount);
  const account = await accountNamed(session, name);
  await session.call('accounts.remove', { id: account.id });
  await session.print({ removed: account.address }, () => [`${account.address} is removed`]);
}

export async function sync(session: Session): Promise<void> {
  const { args } = session;
  const name = args.text('account');
  const account = name === undefined ? undefined : (await accountNamed(session, name)).id;
  await runSync(session, account, args.has('once'));
}

/** A pass over one account or all, told account by account; without `once` until the process is told to end. */
export async function runSync(session: Session, account: number | undefined, once: boolean): Promise<void> {
  const { profile } = session;
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  const accounts = (await profile.sync({ account, once, signal: stop.signal })).map(
    ({ problem, ...each }) => ({
      ...each,
      error: problem ? wholeSentence(problem, session.language) : null,
      code: problem?.code ?? null,
    }),
  );
  await profile.indexer.start();
  await profile.indexer.idle();
  await session.print({ accounts }, () =>
    accounts
      .filter((each) => each.error === null)
      .map(
        (each) =>
          `${each.account}: ${each.newMessages} new letters in ${each.folders} folders, ${each.seconds.toFixed(1)} s`,
      ),
  );
  for (const each of accounts) if (each.error !== null) session.fail(`${each.account}: ${each.error}`);
}

export async function send(session: Session): Promise<void> {
  const file = await readableFile(session.args.words[0]);
  const account = await accountNamed(session, session.args.required('account'));
  const result = await session.profile.send(account.id, await readFile(file));
  await session.print(result, () => [
    `${result.state}: ${result.results.map((each) => `${each.address} ${each.state}`).join(', ')}`,
  ]);
  if (result.state !== 'sent')
    session.fail(result.problem ? wholeSentence(result.problem, session.language) : session.words.notSent);
}
