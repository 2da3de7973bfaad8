/** RCPT (RFC 5321 section 4.1.1.3): where a recipient's copies go, or why not (rules S8, S9, S24, S25, S51). */
import { toFault } from '../../../base/errors.ts';
import type { LocalTarget, Route } from '../../directory/directory.ts';
import type { Notify } from '../../queue/queue.ts';
import { decodeXtext, type Mailbox, parsePathCommand, plainAddress, wireAddress } from '../path.ts';
import { DISK_FULL, INTERNAL, type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';
import type { Recipient, Transaction } from '../states.ts';

const PARAMETERS = new Set(['NOTIFY', 'ORCPT']);
const wrong = (key: string) => reply(501, '5.5.4', `Parameter ${key} has a wrong value`);
const UNKNOWN = reply(550, '5.1.1', 'No such user here');
const NO_RELAY = reply(550, '5.7.1', 'Relaying denied');

export async function rcpt(session: SmtpSession, argument: string): Promise<Reply> {
  if (session.state.kind !== 'mail') return INTERNAL;
  const { transaction } = session.state;
  const answer = await take(session, transaction, argument);
  // An earlier recipient stays accepted whatever happens to a later one (rule S9).
  if (answer.code >= 400) transaction.refused += 1;
  return answer;
}

async function take(session: SmtpSession, transaction: Transaction, argument: string): Promise<Reply> {
  const colon = /^TO:/i.exec(argument);
  if (!colon) return reply(501, '5.5.4', 'Syntax: RCPT TO:<address>');
  const parsed = parsePathCommand(argument.slice(colon[0].length), 'recipient', PARAMETERS);
  if (!parsed.ok) return parsed.reply;
  const { path, parameters } = parsed.value;
  if (!path.mailbox) return reply(501, '5.1.3', 'A recipient is needed');
  const options = readOptions(parameters);
  if ('code' in options) return options;
  if (path.nonAscii && !transaction.smtpUtf8) return reply(553, '5.6.7', 'Say SMTPUTF8 to use this address');
  const key = wireAddress(path.mailbox).toLowerCase();
  const { maxRecipients } = session.context.policy();
  if (transaction.recipients.size >= maxRecipients && !transaction.recipients.has(key)) {
    return reply(452, '4.5.3', 'Too many recipients');
  }
  const found = await locate(session, transaction, path.mailbox);
  if ('code' in found) return found;
  const later = await greylisted(session, transaction, key);
  if (later) return later;
  transaction.recipients.set(key, { ...found, ...options });
  return reply(250, '2.1.5', 'OK');
}

/**
 * Rule S55, at the port for servers and for strangers alone. Verifiers of addresses ask with `<>` and never send: they are
 * answered here and put off at the data.
 */
async function greylisted(
  session: SmtpSession,
  transaction: Transaction,
  recipient: string,
): Promise<Reply | undefined> {
  if (session.kind !== 'smtp' || session.person || session.trusted) return undefined;
  try {
    const { sender } = transaction;
    const verdict = await session.context.guard.greylist(session.ip, sender, recipient);
    if (verdict.ok) return undefined;
    session.context.records.meters.count('greylisted');
    if (sender !== '') return comeAgain(verdict.retrySeconds);
    transaction.deferred = Math.max(transaction.deferred, verdict.retrySeconds);
    return undefined;
  } catch (failure) {
    session.failed('greylist', failure);
    return toFault(failure).code === 'disk-full' ? DISK_FULL : INTERNAL;
  }
}

export function comeAgain(seconds: number): Reply {
  return reply(451, '4.7.1', `Not known here yet, try again in ${seconds} s`);
}

/** RFC 3461 sections 4.1 and 4.2. */
function readOptions(
  parameters: ReadonlyMap<string, string | null>,
): { notify: Notify[]; original: string | null } | Reply {
  const notify: Notify[] = [];
  if (parameters.has('NOTIFY')) {
    const words = (parameters.get('NOTIFY') ?? '').toLowerCase().split(',');
    if (!words.every((word) => /^(never|success|failure|delay)$/.test(word))) return wrong('NOTIFY');
    if (words.includes('never') && words.length > 1) return wrong('NOTIFY');
    notify.push(...(new Set(words) as Set<Notify>));
  }
  if (!parameters.has('ORCPT')) return { notify, original: null };
  const [, type, address] = /^([A-Za-z0-9-]+);(.+)$/.exec(parameters.get('ORCPT') ?? '') ?? [];
  const decoded = address === undefined ? undefined : decodeXtext(address);
  if (type === undefined || decoded === undefined || decoded.length > 500) return wrong('ORCPT');
  return { notify, original: `${type.toLowerCase()};${decoded}` };
}

type Located = Omit<Recipient, 'notify' | 'original'>;

async function locate(
  session: SmtpSession,
  transaction: Transaction,
  mailbox: Mailbox,
): Promise<Located | Reply> {
  const { directory } = session.context;
  try {
    const here = await ownLiteral(session, mailbox);
    const local = here.domain === '' || (await directory.isLocal(here.domain));
    if (!local && !(session.person || session.trusted)) return NO_RELAY;
    const asker = { sender: transaction.sender, personId: session.person?.id ?? null };
    const route = await directory.route(plainAddress(here), asker);
    // What is decided on the parsed domain stays decided: no local part can send a letter elsewhere (rule S51).
    if (local === (route.kind === 'remote')) return UNKNOWN;
    return await answerOf(session, transaction, wireAddress(here), route);
  } catch (failure) {
    session.failed('recipient', failure);
    return toFault(failure).code === 'disk-full' ? DISK_FULL : INTERNAL;
  }
}

async function answerOf(
  session: SmtpSession,
  transaction: Transaction,
  address: string,
  route: Route,
): Promise<Located | Reply> {
  switch (route.kind) {
    case 'unknown':
      return UNKNOWN;
    case 'disabled':
      return reply(550, '5.2.1', 'Mailbox disabled');
    case 'not-allowed':
      return reply(550, '5.7.1', 'You may not write to this list');
    case 'remote': {
      if (!(await session.context.queue.reaches(route.domain))) {
        return reply(550, '5.7.1', 'This office does not send to other domains');
      }
      return { address, targets: [], remote: [], list: null, relayed: true };
    }
    case 'local': {
      const { targets, remote, list } = route;
      if (targets.length === 0 && remote.length === 0)
        return reply(550, '5.1.1', 'Nobody is behind this address');
      const full = remote.length === 0 && (await noRoom(session, transaction, targets));
      return full || { address, targets, remote, list, relayed: false };
    }
  }
}

/** Refused only when nobody behind the address has room; who has none of several gets a report later (rule S37). */
async function noRoom(
  session: SmtpSession,
  { size }: Transaction,
  targets: readonly LocalTarget[],
): Promise<Reply | undefined> {
  let never = true;
  for (const { personId } of targets) {
    // Most people have no limit; then nothing has to be counted.
    if ((await session.context.directory.person(personId))?.quotaBytes === null) return undefined;
    const { usedBytes, limitBytes } = await session.context.mailstore.quota(personId);
    if (limitBytes === null || usedBytes + Math.max(size, 1) <= limitBytes) return undefined;
    if (size <= limitBytes) never = false;
  }
  return never ? reply(552, '5.2.2', 'The message never fits') : reply(452, '4.2.2', 'Mailbox full');
}

/** `user@[address of this host]` is a way to write our own domain (RFC 5321 section 4.1.3). */
async function ownLiteral(session: SmtpSession, mailbox: Mailbox): Promise<Mailbox> {
  const inner = /^\[(?:IPv6:)?(.+)\]$/i.exec(mailbox.domain)?.[1]?.toLowerCase();
  if (inner === undefined || inner !== session.carrier.localAddress.toLowerCase()) return mailbox;
  const [domain] = (await session.context.directory.office()).domains;
  return domain ? { local: mailbox.local, domain } : mailbox;
}
