/**
 * The administrator's half of the directory: everything the command line, the config file and the administration page
 * change. Every refusal is a Fault of kind `user` with the address or domain in its detail: `bad-address`,
 * `bad-domain`, `bad-password`, `bad-hash`, `duplicate-address`, `duplicate-domain`, `unknown-domain`,
 * `no-such-address`, `alias-without-target`, `alias-loop`, `list-without-members`, `list-without-owners`,
 * `domain-in-use`.
 *
 * It must never tell a password, and takes nothing away that was not named.
 */
import type { Alias, ListWriters, MailingList, Office, Person } from './directory.ts';
import type { Removed } from './operations.ts';
import type { PutMode } from './row-rules.ts';

export type { Removed } from './operations.ts';
export type { PutMode } from './row-rules.ts';

export interface NewPerson {
  readonly address: string;
  readonly name?: string;
  readonly password: string;
  readonly disabled?: boolean;
  /** Octets; null or absent is without a limit. */
  readonly quotaBytes?: number | null;
  /** Keep the password recoverable for CRAM-MD5, APOP and DIGEST-MD5 (rule G7). */
  readonly legacySecret?: boolean;
}

export interface PersonChanges {
  /** A new address; mailboxes stay with the person. */
  readonly address?: string;
  readonly name?: string;
  readonly password?: string;
  readonly disabled?: boolean;
  readonly quotaBytes?: number | null;
  /** True needs the password beside it, unless a legacy secret is kept already. */
  readonly legacySecret?: boolean;
}

export interface ListEntry {
  readonly address: string;
  readonly name: string;
  readonly who: ListWriters;
  readonly members: readonly string[];
  readonly owners: readonly string[];
}

export interface Domain {
  /** U-label. */
  readonly name: string;
  readonly catchAll: string | null;
}

export interface Grant {
  readonly person: string;
  readonly address: string;
}

export interface DirectoryAdmin {
  office(): Promise<Office>;
  setOffice(change: { name?: string; hostname?: string }): Promise<void>;
  /** Who gets the postmaster's letters; null: whoever is called postmaster, else the first enabled person. */
  setPostmaster(address: string | null): Promise<void>;
  /** False while the office has nobody who could be postmaster: then no mail service may start (rule S8). */
  hasPostmaster(): Promise<boolean>;

  domains(): Promise<Domain[]>;
  addDomain(name: string): Promise<void>;
  /** `domain-in-use` while an address of it is left. */
  removeDomain(name: string): Promise<void>;
  /** Adds what is missing; these come first, in this order. */
  orderDomains(names: readonly string[]): Promise<void>;
  setCatchAll(domain: string, address: string | null): Promise<void>;

  people(): Promise<Person[]>;
  addPerson(person: NewPerson): Promise<Person>;
  /** Several, whose passwords are derived side by side; they get their numbers in this order. */
  addPeople(people: readonly NewPerson[]): Promise<Person[]>;
  /** Somebody from another server, with the scrypt hash (PHC string) of their password. */
  addPersonWithHash(person: Omit<NewPerson, 'password' | 'legacySecret'>, hash: string): Promise<Person>;
  changePerson(address: string, changes: PersonChanges): Promise<Person>;
  /** Also out of aliases, lists and catch-all; says where. Their mailboxes are the mailstore's to keep or remove. */
  removePerson(address: string): Promise<Removed & { readonly id: number }>;
  /** True when this is the person's password now. */
  checkPassword(address: string, password: string): Promise<boolean>;

  /** Changes whenever any credential of anybody does; tells nothing about them. */
  credentialState(): Promise<string>;

  aliases(): Promise<Alias[]>;
  putAliases(aliases: readonly Alias[], mode: PutMode): Promise<void>;
  removeAlias(address: string): Promise<void>;

  lists(): Promise<MailingList[]>;
  putLists(lists: readonly ListEntry[], mode: PutMode): Promise<void>;
  removeList(address: string): Promise<void>;

  grants(): Promise<Grant[]>;
  /** Lets a person send as an address that is not theirs. */
  grant(person: string, address: string, granted: boolean): Promise<void>;

  /** Settings of other rooms that are kept beside the directory; null when never set. */
  setting(name: string): Promise<string | null>;
  setSetting(name: string, value: string | null): Promise<void>;
  /** A secret that must be readable again, sealed at rest. @throws Fault internal `secret-damaged`. */
  secret(name: string): Promise<string | null>;
  setSecret(name: string, value: string | null): Promise<void>;
}
