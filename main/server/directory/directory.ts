/**
 * The directory: who lives in the office. Domains, people, aliases, lists, catch-all, and where a recipient's
 * letters go. Every other room asks this interface; only this folder knows the tables behind it.
 *
 * It must never hand out a password, a verifier or a legacy secret (credentials.ts checks them and answers yes
 * or no), and never tell a stranger who exists (the protocols decide what is said, with `Route`).
 *
 * Invariants:
 * - An address is compared in lower case, its domain as U-labels in NFC; it is shown as it was written.
 * - `postmaster` of every local domain, and `postmaster` alone, always has a target (RFC 5321 section 4.5.1).
 * - Expansion of aliases and lists ends: each address is expanded once.
 */

export interface Office {
  /** The office's name as people call it. */
  readonly name: string;
  /** Fully qualified name of this host: greeting, EHLO, Received, Message-ID. */
  readonly hostname: string;
  /** Local domains as U-labels; the first is the one that completes an address without a domain. */
  readonly domains: readonly string[];
}

export interface Person {
  readonly id: number;
  /** As provisioned, e.g. `Petrov@comp3.otd2.constr.org`. */
  readonly address: string;
  /** Display name; may be empty. */
  readonly name: string;
  readonly disabled: boolean;
  /** Octets; null is without a limit. */
  readonly quotaBytes: number | null;
  /** True when a legacy secret is kept: CRAM-MD5, APOP and DIGEST-MD5 work for this person. */
  readonly legacySecret: boolean;
}

export type ListWriters = 'anyone' | 'members' | 'owners';

export interface MailingList {
  readonly id: number;
  readonly address: string;
  readonly name: string;
  readonly who: ListWriters;
  /** Addresses, local or not; a list may hold a list. */
  readonly members: readonly string[];
  readonly owners: readonly string[];
}

export interface Alias {
  readonly address: string;
  readonly to: readonly string[];
}

/** A mailbox of this office that a letter goes into. */
export interface LocalTarget {
  readonly personId: number;
  /** The person's own address (not the one that was asked for). */
  readonly address: string;
  /** What stood behind the plus: `petrov+invoices@…` gives `invoices`; a folder of that name takes the letter. */
  readonly detail: string | null;
}

/** Where letters for one recipient go, everything expanded. */
export type Route =
  | {
      readonly kind: 'local';
      readonly targets: readonly LocalTarget[];
      /** Members and alias targets outside the office. */
      readonly remote: readonly string[];
      /** The list that was written to, if it was one. */
      readonly list: { readonly address: string; readonly owners: readonly string[] } | null;
    }
  /** The domain is not ours. */
  | { readonly kind: 'remote'; readonly domain: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'disabled' }
  /** A list this sender may not write to. */
  | { readonly kind: 'not-allowed' };

export interface Asker {
  /** Envelope sender; empty for `<>`. */
  readonly sender: string;
  /** The signed-in person, if there is one. */
  readonly personId: number | null;
}

/** What VRFY and EXPN say (RFC 5321 section 3.5). */
export interface Verified {
  readonly name: string;
  readonly address: string;
}

export interface Directory {
  office(): Promise<Office>;
  /** True for a domain of this office; any case, A-label or U-label, trailing dot allowed. */
  isLocal(domain: string): Promise<boolean>;
  person(id: number): Promise<Person | undefined>;
  personByAddress(address: string): Promise<Person | undefined>;
  people(): Promise<Person[]>;
  /** @param recipient a parsed mailbox `local@domain`, quotes of the local part removed; or a lone `postmaster`. */
  route(recipient: string, asker: Asker): Promise<Route>;
  /** True when this person may send as `address`: own, an alias that leads to them alone, or granted. */
  mayUse(personId: number, address: string): Promise<boolean>;
  /** Exact hits for a local part, an address or a display name. */
  verify(text: string): Promise<Verified[]>;
  /** Members of a list; undefined when there is no such list. */
  expand(text: string): Promise<Verified[] | undefined>;
}
