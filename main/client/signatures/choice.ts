/** Which signature a letter begins with. Pure. */
import type { SignatureChoices } from '../../contract/mail/identities.ts';
import { houseOfAddress } from '../../mail/organisation.ts';

export interface SignatureQuestion {
  choices: SignatureChoices;
  use: 'new' | 'reply';
  /** Addresses the letter goes to. */
  recipients: readonly string[];
  /** Addresses of the person: their houses are "inside". */
  own: readonly string[];
  /** Ids in the order of the list. */
  signatures: readonly number[];
}

/** true: everybody a letter goes to is of the own office. Nobody yet is not inside. */
export function allInside(recipients: readonly string[], own: readonly string[]): boolean {
  const houses = new Set(own.map(houseOfAddress).filter((house) => house !== ''));
  return recipients.length > 0 && recipients.every((each) => houses.has(houseOfAddress(each)));
}

/**
 * The id, or null for no signature. What is left at "default" follows the next wider choice: reply inside -> reply -> new,
 * new inside -> new, new -> the first of the list. A signature that is gone counts as "default".
 */
export function chooseSignature(question: SignatureQuestion): number | null {
  const { choices, use, signatures } = question;
  const inside = allInside(question.recipients, question.own);
  const reply = inside ? [choices.replyInside, choices.reply] : [choices.reply];
  const fresh = inside && use === 'new' ? [choices.newInside, choices.new] : [choices.new];
  for (const choice of use === 'reply' ? [...reply, ...fresh] : fresh) {
    if (choice === 'none') return null;
    if (choice !== 'default' && signatures.includes(choice)) return choice;
  }
  return signatures[0] ?? null;
}
