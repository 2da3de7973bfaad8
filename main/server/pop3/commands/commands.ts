/** The commands by verb. A handler answers by itself, or throws a Fault that becomes the answer (faults.ts). */
import type { Pop3Session } from '../session.ts';
import { apop } from './apop.ts';
import { auth } from './auth.ts';
import { capa } from './capa.ts';
import { dele } from './dele.ts';
import { lang } from './lang.ts';
import { list } from './list.ts';
import { noop } from './noop.ts';
import { pass } from './pass.ts';
import { quit } from './quit.ts';
import { retr } from './retr.ts';
import { rset } from './rset.ts';
import { stat } from './stat.ts';
import { stls } from './stls.ts';
import { top } from './top.ts';
import { uidl } from './uidl.ts';
import { user } from './user.ts';
import { utf8 } from './utf8.ts';

/** @param rest what stands after the first space, octet for octet (latin1). */
export type Handler = (session: Pop3Session, rest: string, line: Uint8Array) => Promise<void> | void;

export const COMMANDS: Readonly<Record<string, Handler>> = {
  APOP: apop,
  AUTH: auth,
  CAPA: capa,
  DELE: dele,
  LANG: lang,
  LIST: list,
  NOOP: noop,
  PASS: pass,
  QUIT: quit,
  RETR: retr,
  RSET: rset,
  STAT: stat,
  STLS: stls,
  TOP: top,
  UIDL: uidl,
  USER: user,
  UTF8: utf8,
};
