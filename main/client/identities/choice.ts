/** Which identity a letter is written from. Pure. */
import type { Identity } from '../../contract/mail/identities.ts';

export type Sender = Pick<Identity, 'id' | 'account' | 'address' | 'sends' | 'main'>;

/** `anna+shop@x` is delivered to `anna@x` (the custom RFC 5233 calls subaddressing). Lower case. */
export function withoutTag(address: string): string {
  return address.toLowerCase().replace(/^([^+@]+)\+[^@]*@/, '$1@');
}

export interface ChoiceInput<S extends Sender> {
  /** In their order: those that can send first. */
  readonly identities: readonly S[];
  /** The person said from which account, or even as whom. */
  readonly account?: number | undefined;
  readonly identity?: number | undefined;
  /** The account that holds the letter which is answered. */
  readonly holder?: number | undefined;
  /** Where that letter came to: Delivered-To and its like first, then To, then Cc. */
  readonly recipients: readonly string[];
}

/**
 * As asked for; else the one the letter came to, in the account that holds it before the others; else the main one of that
 * account; else the first that can send. undefined: there is none at all.
 */
export function chooseIdentity<S extends Sender>(input: ChoiceInput<S>): S | undefined {
  const { identities, account, holder } = input;
  const asked = identities.find((each) => each.id === input.identity);
  if (asked && (account === undefined || asked.account === account)) return asked;
  const of = account === undefined ? identities : identities.filter((each) => each.account === account);
  const sending = of.filter((each) => each.sends);
  const held = sending.filter((each) => each.account === holder);
  return (
    addressed(held, input.recipients) ??
    addressed(sending, input.recipients) ??
    held[0] ??
    (account === undefined ? undefined : of[0]) ??
    sending[0] ??
    identities[0]
  );
}

function addressed<S extends Sender>(from: readonly S[], recipients: readonly string[]): S | undefined {
  for (const recipient of recipients) {
    const exact = recipient.toLowerCase();
    const bare = withoutTag(recipient);
    const found =
      from.find((each) => each.address.toLowerCase() === exact) ??
      from.find((each) => each.address.toLowerCase() === bare);
    if (found) return found;
  }
  return undefined;
}
