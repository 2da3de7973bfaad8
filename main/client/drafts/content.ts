/** Who writes, and what a draft begins with. Pure. */
import { randomUUID } from 'node:crypto';
import type { DraftContent } from '../../contract/mail/drafts.ts';
import { type Address, domainOf } from '../../mail/address.ts';
import type { DraftMaterial } from './letters.ts';

/** An account as a sender. */
export interface Identity {
  id: number;
  address: string;
  name: string;
  sends: number;
}

/** The account to write from: the one asked for, the one the letter came to, the first that can send. */
export function pick(
  identities: readonly Identity[],
  asked: number | undefined,
  holder: number | undefined,
  recipients: readonly string[],
): Identity | undefined {
  return (
    identities.find((each) => each.id === asked) ??
    identities.find((each) => each.sends !== 0 && recipients.includes(each.address.toLowerCase())) ??
    identities.find((each) => each.sends !== 0 && each.id === holder) ??
    identities.find((each) => each.sends !== 0) ??
    identities[0]
  );
}

export function emptyContent(sender: Identity | undefined): DraftContent {
  return {
    account: sender?.id ?? null,
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
