/** HELP (RFC 5321 section 4.1.1.8): the verbs, or one line about one of them. */
import { type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';

const SYNTAX: Readonly<Record<string, string>> = {
  EHLO: 'EHLO host-name',
  HELO: 'HELO host-name',
  MAIL: 'MAIL FROM:<sender> [SIZE=n] [BODY=7BIT|8BITMIME] [SMTPUTF8] [RET=FULL|HDRS] [ENVID=id] [AUTH=sender]',
  RCPT: 'RCPT TO:<recipient> [NOTIFY=NEVER|SUCCESS,FAILURE,DELAY] [ORCPT=type;address]',
  DATA: 'DATA',
  BDAT: 'BDAT octets [LAST]',
  RSET: 'RSET',
  NOOP: 'NOOP [anything]',
  QUIT: 'QUIT',
  VRFY: 'VRFY name-or-address',
  EXPN: 'EXPN list',
  HELP: 'HELP [command]',
  AUTH: 'AUTH mechanism [initial-response]',
  STARTTLS: 'STARTTLS',
  ETRN: 'ETRN domain',
};

export function help(_session: SmtpSession, argument: string): Reply {
  if (argument === '') {
    return reply(
      214,
      '2.0.0',
      'Commands:',
      Object.keys(SYNTAX).join(' '),
      'HELP and a command tells its syntax',
    );
  }
  const line = SYNTAX[argument.toUpperCase()];
  return line ? reply(214, '2.0.0', line) : reply(504, '5.5.4', 'No help on this topic');
}
