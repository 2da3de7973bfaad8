/** Whom a draft comes from, and what it begins with. Pure. */
import { randomUUID } from 'node:crypto';
import type { DraftContent } from '../../contract/mail/drafts.ts';
import type { Identity } from '../../contract/mail/identities.ts';
import { type Address, domainOf } from '../../mail/address.ts';
import { chooseIdentity } from '../identities/choice.ts';
import type { DraftMaterial } from './letters.ts';
import type { DraftRow } from './rows.ts';

/** Who wrote a letter that is gone on with, as far as its From is one of ours. */
export function senderOf(
  material: DraftMaterial,
  identities: readonly Identity[],
  holder: number,
): Identity | undefined {
  const recipients = material.from ? [material.from.address] : [];
  return chooseIdentity({ identities, holder, recipients });
}

/** Whom a draft comes from: the identity it names while that is one of its account, else the account's main one. */
export function identityOf(
  { account, content }: Pick<DraftRow, 'account' | 'content'>,
  identities: readonly Identity[],
): Identity | undefined {
  const of = identities.filter((each) => each.account === account);
  return of.find((each) => each.id === content.identity) ?? of[0] ?? identities[0];
}

/** The content with what its identity adds to every letter: where answers go, a blind copy for the sender. */
export function asIdentity(content: DraftContent, identity: Identity | undefined): DraftContent {
  if (!identity) return content;
  const { to, cc, bcc } = content;
  const named = new Set([...to, ...cc, ...bcc].map((each) => each.address.toLowerCase()));
  return {
    ...content,
    replyTo: content.replyTo.length > 0 ? content.replyTo : identity.replyTo,
    bcc: [...bcc, ...identity.bcc.filter((each) => !named.has(each.address.toLowerCase()))],
  };
}

export function emptyContent(sender: Identity | undefined): DraftContent {
  return {
    account: sender?.account ?? null,
    identity: sender?.id ?? null,
    from: sender ? { name: sender.name, address: sender.address } : null,
    to: [],
    cc: [],
    bcc: [],
    replyTo: [],
    subject: '',
    html: null,
    text: '',
    quoteHtml: null,
    quoteText: '',
    importance: 'normal',
    requestReadReceipt: false,
  };
}

export function contentOf(material: DraftMaterial, sender: Identity | undefined): DraftContent {
  const { to, cc, bcc, replyTo, subject, html, text, quoteHtml } = material;
  return {
    ...emptyContent(sender),
    to,
    cc,
    bcc,
    replyTo,
    subject,
    html,
    text,
    quoteHtml,
    quoteText: material.quoteText,
  };
}

export function uniqueAddresses(list: readonly Address[]): string[] {
  const seen = new Map<string, string>();
  for (const { address } of list) {
    if (!seen.has(address.toLowerCase())) seen.set(address.toLowerCase(), address);
  }
  return [...seen.values()];
}

/** Without angle brackets. The sender's domain makes it unique for ever (RFC 5322 section 3.6.4). */
export function newMessageId(from: Address | null): string {
  const domain = domainOf(from?.address ?? '').toLowerCase();
  return `${randomUUID()}@${/^[a-z0-9.-]+$/.test(domain) ? domain : 'postroom.invalid'}`;
}
