/** MAIL (RFC 5321 section 4.1.1.2): who may begin a transaction, and as whom (rules S5, S7, S39, S50-S54). */
import { SMTP_MESSAGES } from '../../../base/limits.ts';
import {
  decodeXtext,
  type Mailbox,
  parseMailbox,
  parsePathCommand,
  plainAddress,
  wireAddress,
} from '../path.ts';
import { farewell, type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';

const PARAMETERS = new Set(['SIZE', 'BODY', 'SMTPUTF8', 'RET', 'ENVID', 'AUTH']);
const wrong = (key: string) => reply(501, '5.5.4', `Parameter ${key} has a wrong value`);

export async function mail(session: SmtpSession, argument: string): Promise<Reply> {
  const refused = await notYet(session);
  if (refused) return refused;
  const colon = /^FROM:/i.exec(argument);
  if (!colon) return reply(501, '5.5.4', 'Syntax: MAIL FROM:<address>');
  const parsed = parsePathCommand(argument.slice(colon[0].length), 'sender', PARAMETERS);
  if (!parsed.ok) return parsed.reply;
  const { path, parameters } = parsed.value;
  const options = readOptions(parameters);
  if ('code' in options) return options;
  if (path.nonAscii && !options.smtpUtf8) return reply(553, '5.6.7', 'Say SMTPUTF8 to use this address');
  const { maxMessageBytes } = session.context.policy();
  if (options.size > maxMessageBytes) {
    return reply(552, '5.3.4', `The message is larger than ${maxMessageBytes} octets`);
  }
  const refusal = path.mailbox && (await mayNotSendAs(session, path.mailbox));
  if (refusal) return refusal;
  const tooOften = overRate(session);
  if (tooOften) return tooOften;
  session.messages += 1;
  const sender = path.mailbox ? wireAddress(path.mailbox) : '';
  session.state = {
    kind: 'mail',
    transaction: { ...options, sender, recipients: new Map(), refused: 0, deferred: 0 },
  };
  return reply(250, '2.1.0', 'OK');
}

async function notYet(session: SmtpSession): Promise<Reply | undefined> {
  if (session.messages >= SMTP_MESSAGES) return farewell(421, '4.7.0', 'Enough messages in one session');
  if (session.kind !== 'submission' || session.person) return undefined;
  // RFC 6409 section 4.3; without TLS there may be no way to sign in at all.
  const text =
    session.secure || (await session.mechanisms()).length > 0 ? 'Sign in first' : 'Use STARTTLS first';
  return reply(530, '5.7.0', text);
}

interface Options {
  readonly size: number;
  readonly smtpUtf8: boolean;
  readonly return: 'full' | 'headers' | null;
  readonly envelopeId: string | null;
}

function readOptions(parameters: ReadonlyMap<string, string | null>): Options | Reply {
  const value = (key: string) => parameters.get(key) ?? '';
  const has = (key: string) => parameters.has(key);
  // RFC 1870 section 3: at most 20 digits.
  if (has('SIZE') && !/^\d{1,20}$/.test(value('SIZE'))) return wrong('SIZE');
  if (has('BODY') && !/^(7BIT|8BITMIME)$/i.test(value('BODY'))) return wrong('BODY');
  if (has('SMTPUTF8') && parameters.get('SMTPUTF8') !== null) return wrong('SMTPUTF8');
  if (has('RET') && !/^(FULL|HDRS)$/i.test(value('RET'))) return wrong('RET');
  const envelopeId = has('ENVID') ? decodeXtext(value('ENVID')) : null;
  // RFC 3461 section 5.4: an id of more than 100 characters is an error.
  if (envelopeId === undefined || envelopeId === '' || value('ENVID').length > 100) return wrong('ENVID');
  if (has('AUTH') && !isAuthParameter(value('AUTH'))) return wrong('AUTH');
  return {
    size: Number(value('SIZE')),
    smtpUtf8: has('SMTPUTF8'),
    return: has('RET') ? (/^FULL$/i.test(value('RET')) ? 'full' : 'headers') : null,
    envelopeId,
  };
}

/** RFC 4954 section 5: `<>` or a mailbox in xtext. It is read and not believed. */
function isAuthParameter(text: string): boolean {
  const decoded = decodeXtext(text);
  return decoded !== undefined && (decoded === '<>' || parseMailbox(decoded) !== undefined);
}

/** Whose address this is, and whether the peer may say so (rules S52, S53). */
async function mayNotSendAs(session: SmtpSession, sender: Mailbox): Promise<Reply | undefined> {
  const { directory } = session.context;
  const address = plainAddress(sender);
  const local = await directory.isLocal(sender.domain);
  if (session.person) {
    // On port 25 someone signed in may pass on what comes from elsewhere, but not write as a colleague.
    if (session.kind === 'smtp' && !local) return undefined;
    return (await directory.mayUse(session.person.id, address))
      ? undefined
      : reply(553, '5.7.1', 'This sender address is not yours');
  }
  if (!local || session.trusted || session.oldDevice) return undefined;
  return reply(550, '5.7.1', 'Sign in to send from this domain');
}

/** Rule S54: strangers by address; who signed in is counted when the recipients are known. */
function overRate(session: SmtpSession): Reply | undefined {
  if (session.person || session.trusted) return undefined;
  const verdict = session.context.guard.message(session.ip);
  return verdict.ok
    ? undefined
    : reply(450, '4.7.1', `Too many messages, try again in ${verdict.retrySeconds} s`);
}
