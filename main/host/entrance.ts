/**
 * Who may come in to the browser host. The address holds a token that works once; it is exchanged for a cookie that works
 * until the host ends. A token that was seen by somebody else later (history, process list) opens nothing.
 *
 * Pure: it sees header values and gives verdicts. It never writes a token to a log.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export type Verdict =
  /** Let in. */
  | { readonly is: 'known' }
  /** The token was right: send this cookie and go to the address without it. */
  | { readonly is: 'new'; readonly cookie: string }
  | { readonly is: 'refused'; readonly why: 'no-token' | 'wrong-token' | 'used-token' };

const secret = (): string => randomBytes(24).toString('base64url');
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

export class Entrance {
  readonly token: string = secret();
  readonly #session: string = secret();
  readonly #name: string;
  #used = false;

  /** @param port cookies do not know ports, so that the name tells two hosts of one machine apart */
  constructor(port: number) {
    this.#name = `postroom-${port}`;
  }

  /** @param token from the address, null when there is none */
  judge(token: string | null, cookies: string | undefined): Verdict {
    if (this.knows(cookies)) return { is: 'known' };
    if (token === null) return { is: 'refused', why: 'no-token' };
    if (!same(token, this.token)) return { is: 'refused', why: 'wrong-token' };
    if (this.#used) return { is: 'refused', why: 'used-token' };
    this.#used = true;
    return { is: 'new', cookie: `${this.#name}=${this.#session}; Path=/; HttpOnly; SameSite=Strict` };
  }

  /** True when the request carries our cookie. */
  knows(cookies: string | undefined): boolean {
    for (const pair of (cookies ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at < 0 || pair.slice(0, at).trim() !== this.#name) continue;
      if (same(pair.slice(at + 1).trim(), this.#session)) return true;
    }
    return false;
  }
}

/**
 * A request that does not name our own address was sent to us by a name that somebody else resolves to loopback
 * (DNS rebinding), and one with another Origin by somebody else's page.
 */
export function isOwnRequest(
  headers: { host?: string | undefined; origin?: string | undefined },
  port: number,
): boolean {
  const own = `127.0.0.1:${port}`;
  if (headers.host !== own) return false;
  return headers.origin === undefined || headers.origin === `http://${own}`;
}
