/** HELO and EHLO (RFC 5321 section 4.1.1.1). A failed one changes nothing; a good one is also RSET. */
import { SMTP_MESSAGES } from '../../../base/limits.ts';
import { type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';

/** What ends up in Received and in records. Names may be wrong (section 4.1.4), but not of any length. */
const NAME = /^[^\s<>()"\\,;@]{1,255}$/;

export function helo(session: SmtpSession, argument: string): Reply {
  if (!NAME.test(argument)) return reply(501, '5.5.4', 'Give one host name');
  session.hello = { verb: 'HELO', name: argument };
  session.reset();
  return reply(250, null, `${session.hostname} says hello`);
}

export async function ehlo(session: SmtpSession, argument: string): Promise<Reply> {
  if (!NAME.test(argument)) return reply(501, '5.5.4', 'Give one host name');
  const mechanisms = session.person ? [] : await session.mechanisms();
  const { maxMessageBytes, maxRecipients } = session.context.policy();
  session.hello = { verb: 'EHLO', name: argument };
  session.reset();
  return reply(
    250,
    null,
    `${session.hostname} says hello`,
    'HELP',
    ...(mechanisms.length > 0 ? [`AUTH ${mechanisms.join(' ')}`] : []),
    `SIZE ${maxMessageBytes}`,
    'ETRN',
    'VRFY',
    'EXPN',
    'PIPELINING',
    '8BITMIME',
    'SMTPUTF8',
    'ENHANCEDSTATUSCODES',
    'DSN',
    'CHUNKING',
    ...(session.secure ? [] : ['STARTTLS']),
    `LIMITS RCPTMAX=${maxRecipients} MAILMAX=${SMTP_MESSAGES}`,
  );
}
