/** AUTH (RFC 4954) with any mechanism of main/net/sasl, run through nodemailer's hook for foreign mechanisms. */
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection';
import { connectionFault } from '../failure.ts';
import { chooseMechanisms, type Mechanism, type MechanismName, startMechanism } from '../sasl.ts';
import { isTemporary, replyText } from './replies.ts';
import type { SmtpOptions } from './session.ts';

/** Longest line of an AUTH exchange (RFC 4954 section 4). */
const MAX_AUTH_LINE = 12_288;

interface Reply {
  status: number;
  response: string;
  text: string;
}

/**
 * Tries the best mechanism; where that one is refused and the setting is `auto`, the password itself once
 * (servers list mechanisms that some accounts cannot use). Never a third time: servers count failures.
 * @throws Error whose cause is a Fault `wrong-password`, `login-disabled` or `server-error`.
 */
export async function signIn(
  context: SMTPConnectionCustomAuthContext,
  options: SmtpOptions,
  offered: readonly string[],
): Promise<void> {
  try {
    await attempt(context, options, offered);
  } catch (failure) {
    // The wire writes its own fields onto the error it is given; a Fault must not be that error.
    throw new Error('The sign-in failed.', { cause: failure });
  }
}

async function attempt(
  context: SMTPConnectionCustomAuthContext,
  { server, password }: SmtpOptions,
  offered: readonly string[],
): Promise<void> {
  const endpoint = { host: server.host, port: server.port };
  const order = chooseMechanisms(offered, server.auth, server.security !== 'none');
  const first = order[0]!;
  const second = order.slice(1).find((name) => name === 'PLAIN' || name === 'LOGIN');
  const tries: MechanismName[] =
    first === 'PLAIN' || first === 'LOGIN' || !second ? [first] : [first, second];
  let refused: Reply | undefined;
  for (const name of tries) {
    const mechanism = startMechanism(name, { user: server.user, password });
    refused = await exchange(context, mechanism);
    if (!refused) return;
    if (isTemporary(refused.status) || refused.status === 0) break;
  }
  const detail = { reply: replyText(refused?.response) };
  const status = refused?.status ?? 0;
  if (status === 538 || status === 504) throw connectionFault('login-disabled', endpoint, { detail });
  if (status >= 500) throw connectionFault('wrong-password', endpoint, { detail });
  throw connectionFault('server-error', endpoint, { detail });
}

/** Undefined: signed in. Otherwise the refusal. */
async function exchange(
  context: SMTPConnectionCustomAuthContext,
  mechanism: Mechanism,
): Promise<Reply | undefined> {
  const send = async (line: string): Promise<Reply> => {
    const reply = await context.sendCommand(line);
    return { status: reply.status, response: reply.response, text: reply.text };
  };
  const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');
  const command = `AUTH ${mechanism.name}`;
  let said = mechanism.initial === null ? null : encode(mechanism.initial) || '=';
  let reply: Reply;
  if (said !== null && command.length + said.length < MAX_AUTH_LINE) {
    reply = await send(`${command} ${said}`);
    said = null;
  } else reply = await send(command);
  for (let step = 0; reply.status === 334 && step < 10; step += 1) {
    if (said !== null) {
      reply = await send(said === '=' ? '' : said);
      said = null;
      continue;
    }
    const challenge = Buffer.from(reply.response.replace(/^334[ -]?/, '').trim(), 'base64').toString('utf8');
    let answer: string;
    try {
      answer = await mechanism.answer(challenge);
    } catch (failure) {
      // RFC 4954 section 4: a lone asterisk ends the exchange.
      await send('*');
      throw failure;
    }
    reply = await send(encode(answer));
  }
  if (reply.status !== 235) return reply;
  mechanism.finish();
  return undefined;
}
