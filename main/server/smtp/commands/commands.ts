/** The verb table: one command a file, each a function of the session and its argument. */
import type { Reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';
import type { Verb } from '../states.ts';
import { auth } from './auth.ts';
import { bdat } from './bdat.ts';
import { data } from './data.ts';
import { etrn } from './etrn.ts';
import { ehlo, helo } from './hello.ts';
import { help } from './help.ts';
import { mail } from './mail.ts';
import { rcpt } from './rcpt.ts';
import { noop, notOffered, quit, rset } from './simple.ts';
import { starttls } from './starttls.ts';
import { expn, vrfy } from './verify.ts';

export interface Answer extends Reply {
  /** The handshake follows the reply. */
  readonly startTls?: boolean;
  /** Nothing is written: the answer comes behind the octets that follow. */
  readonly silent?: boolean;
}

/** @param refusal what the gate says; given to BDAT alone, which has to read its chunk first. */
export type Command = (session: SmtpSession, argument: string, refusal?: Reply) => Answer | Promise<Answer>;

export const commands: Readonly<Record<Verb, Command>> = {
  EHLO: ehlo,
  HELO: helo,
  MAIL: mail,
  RCPT: rcpt,
  DATA: data,
  BDAT: bdat,
  RSET: rset,
  NOOP: noop,
  QUIT: quit,
  VRFY: vrfy,
  EXPN: expn,
  HELP: help,
  AUTH: auth,
  STARTTLS: starttls,
  ETRN: etrn,
  SEND: notOffered,
  SOML: notOffered,
  SAML: notOffered,
  TURN: notOffered,
};
