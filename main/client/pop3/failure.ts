/** A POP3 server's refusals as Faults: the one table for POP3 (RFC 2449 section 8, RFC 3206). */
import { Fault } from '../../base/errors.ts';
import { connectionFault, type Endpoint } from '../../net/failure.ts';
import type { Reply } from './wire.ts';

const TOO_MANY = /too many|maximum number of connections|connection limit|simultaneous/i;
/** RFC 1939 section 4 lets a server say so in words only. */
const LOCKED =
  /already (?:locked|in use|open)|is locked|in use by|lock(?:ed)? by|mailbox lock|maildrop lock|being accessed/i;
/** PASS and AUTH refused because the connection is not encrypted, on servers without response codes. */
const NEEDS_TLS =
  /plaintext (?:auth|access)|(?:ssl|tls|encryption) (?:is )?required|must (?:issue|use) (?:a )?stls|secure connection/i;

/**
 * A refusal as a Fault with the server's own words in `detail.reply`. Beside CONNECTION_ERRORS: `refused` for one command.
 */
export function refusalFault(
  reply: Pick<Reply, 'code' | 'text'>,
  endpoint: Endpoint,
  phase: 'greeting' | 'sign-in' | 'command',
): Fault {
  const { code, text } = reply;
  const detail = { reply: text, response: code };
  if (code === 'IN-USE') return connectionFault('mailbox-in-use', endpoint, { detail });
  if (code === 'LOGIN-DELAY') return connectionFault('login-too-soon', endpoint, { detail });
  if (code === 'SYS/PERM') return connectionFault('server-error', endpoint, { detail, retryable: false });
  if (code === 'SYS/TEMP') return connectionFault('server-error', endpoint, { detail });
  if (code === 'AUTH' && phase === 'sign-in') return connectionFault('wrong-password', endpoint, { detail });
  if (phase === 'command') {
    return new Fault('remote', 'refused', `The server refused: ${text}`, { detail });
  }
  if (TOO_MANY.test(text)) return connectionFault('too-many-connections', endpoint, { detail });
  if (LOCKED.test(text)) return connectionFault('mailbox-in-use', endpoint, { detail });
  if (phase === 'greeting') return connectionFault('server-error', endpoint, { detail });
  if (NEEDS_TLS.test(text)) return connectionFault('login-disabled', endpoint, { detail });
  return connectionFault('wrong-password', endpoint, { detail });
}
