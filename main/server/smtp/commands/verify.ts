/** VRFY and EXPN (RFC 5321 section 3.5): for people we know; everybody else learns nothing (rules S12, S13). */
import type { Verified } from '../../directory/directory.ts';
import { type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';

export async function vrfy(session: SmtpSession, argument: string): Promise<Reply> {
  const { text, utf8 } = asked(argument);
  if (text === '') return reply(501, '5.5.4', 'Syntax: VRFY name-or-address');
  if (!session.known) return reply(252, '2.1.5', 'Cannot verify, but will take a message and try');
  const hits = await session.context.directory.verify(text);
  if (hits.length === 0) return reply(550, '5.1.1', 'No such user here');
  if (hits.length === 1) return reply(250, '2.1.5', line(hits[0]!, utf8));
  return reply(553, '5.1.4', 'Ambiguous, it may be', ...hits.map((each) => line(each, utf8)));
}

export async function expn(session: SmtpSession, argument: string): Promise<Reply> {
  const { text, utf8 } = asked(argument);
  if (text === '') return reply(501, '5.5.4', 'Syntax: EXPN list');
  if (!session.known) return reply(550, '5.7.1', 'Not for you');
  const members = await session.context.directory.expand(text);
  if (members && members.length > 0) return reply(250, '2.1.5', ...members.map((each) => line(each, utf8)));
  if (members) return reply(250, '2.1.5', 'The list has no members');
  const person = (await session.context.directory.verify(text)).length > 0;
  return reply(550, '5.1.1', person ? 'That is a user, not a list' : 'No such list here');
}

/** RFC 6531 section 3.7.4.2: the word may stand behind the text. */
function asked(argument: string): { text: string; utf8: boolean } {
  const bare = argument.replace(/[ \t]+SMTPUTF8$/i, '');
  const text = bare.replace(/^<(.*)>$/, '$1').trim();
  return { text, utf8: bare !== argument || !ASCII.test(argument) };
}

const ASCII = /^[\0-\x7f]*$/;

/** Someone who did not say that UTF-8 is understood gets what is ASCII of it. */
function line({ name, address }: Verified, utf8: boolean): string {
  const shown = utf8 || ASCII.test(name) ? name : '';
  if (!utf8 && !ASCII.test(address)) return 'An address that needs SMTPUTF8';
  return shown === '' ? `<${address}>` : `${shown} <${address}>`;
}
