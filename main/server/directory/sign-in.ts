/**
 * The authenticator: whoever signs in, by whatever protocol and mechanism, passes here (protocol rules G6-G9).
 *
 * Invariants:
 * - Unknown name, wrong password, disabled person: the same Fault after the same work. A disabled person is checked
 *   like any other and refused at the end.
 * - Every attempt asks the guard before, and tells it the outcome after.
 * - A good password is remembered for a few minutes as an HMAC under a key of this process; a wrong one never is, so
 *   failures always cost a derivation. Any change of the person's credentials forgets it.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Clock, delay } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { SIGNED_IN_KEPT_MS } from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import {
  apopDigest,
  cramMd5Server,
  digestMd5Server,
  loginServer,
  type ServerMechanism as Machine,
  plainServer,
  sameText,
  scramServer,
} from '../../net/sasl-server.ts';
import { parseVerifier } from '../../net/scram.ts';
import type { Guard } from '../guard/guard.ts';
import { localKey, parseMailbox } from './addresses.ts';
import type { Authenticator, SaslExchange, ServerMechanism, SignInContext } from './authenticator.ts';
import { matchesPassword, standInVerifier, unsealLegacy } from './credentials.ts';
import { Derivations } from './derivations.ts';
import type { Person } from './directory.ts';
import { Exchange } from './exchange.ts';
import type { DirectoryStore, OfficeDirectory } from './office-directory.ts';
import type { CredentialRow, PersonRow } from './rows.ts';
import type { SecretBox } from './secret-box.ts';
import { upgradeVerifier } from './upgrade.ts';
import { type DirectoryView, personOf } from './view.ts';

export interface AuthenticatorParts {
  readonly store: DirectoryStore;
  readonly directory: OfficeDirectory;
  readonly guard: Guard;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly log: Log;
}

/** Somebody who has proved a secret; refused in the end when disabled. */
export interface Proved {
  readonly row: PersonRow;
}

interface Credentials {
  readonly view: DirectoryView;
  readonly byId: ReadonlyMap<number, CredentialRow>;
  /** Someone has a foreign hash and no verifier yet. */
  readonly both: boolean;
}

export function openAuthenticator(parts: AuthenticatorParts): OfficeAuthenticator {
  return new OfficeAuthenticator(parts);
}

export class OfficeAuthenticator implements Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #derivations = new Derivations();
  readonly #unsubscribe: () => void;
  /** Key of the remembered passwords; lives and dies with this process. */
  readonly #key = randomBytes(32);
  #remembered = new Map<number, { mac: Buffer; until: number }>();
  #credentials: Promise<Credentials> | undefined;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.store.changes.on(({ changes }) => {
      if (!changes.some(({ kind }) => kind === 'directory')) return;
      this.#credentials = undefined;
      this.#remembered = new Map();
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  async clearTextAllowed(context: SignInContext): Promise<boolean> {
    return context.encrypted || this.#parts.guard.isClearTextAllowed(context.ip);
  }

  async apopOffered(): Promise<boolean> {
    return (await this.#parts.directory.view()).allLegacy;
  }

  async mechanisms(context: SignInContext): Promise<ServerMechanism[]> {
    const view = await this.#parts.directory.view();
    const clear = await this.clearTextAllowed(context);
    // Rule S50: on port 25 nobody signs in without TLS, unless this peer may do so in clear anyway.
    if (context.service === 'smtp' && !clear) return [];
    const offered: ServerMechanism[] = [];
    // Rule G8: only what every enabled person can complete.
    if (view.allScram) offered.push('SCRAM-SHA-256');
    if (clear) offered.push('PLAIN', 'LOGIN');
    if (view.allLegacy) offered.push('CRAM-MD5', 'DIGEST-MD5');
    return offered;
  }

  exchange(mechanism: ServerMechanism, context: SignInContext): SaslExchange {
    return new Exchange({
      mechanism,
      machine: (attempt) => this.#machine(mechanism, context, attempt),
      begin: (name) => this.#begin(name, context),
      require: () => this.#require(mechanism, context),
      finish: (name, proved) => this.#finish(name, proved, context),
    });
  }

  async password(user: string, password: string, context: SignInContext): Promise<Person> {
    await this.#requireClear(context);
    await this.#begin(user, context);
    return this.#finish(user, await this.#check(user, password), context);
  }

  async apop(user: string, timestamp: string, digest: string, context: SignInContext): Promise<Person> {
    await this.#begin(user, context);
    const { secret, who } = await this.#secret(user, '');
    const good = sameText(apopDigest(timestamp, secret), digest.toLowerCase());
    return this.#finish(user, good ? who : null, context);
  }

  #machine(
    mechanism: ServerMechanism,
    context: SignInContext,
    attempt: (name: string) => Promise<void>,
  ): Machine<Proved> {
    const check = async (user: string, password: string, authzid: string) => {
      await attempt(user);
      const proved = await this.#check(user, password);
      if (!proved || authzid === '') return proved;
      // Nobody acts for another person here.
      const view = await this.#parts.directory.view();
      return view.signIn(authzid)?.id === proved.row.id ? proved : null;
    };
    const secret = async (user: string, realm: string) => {
      await attempt(user);
      return this.#secret(user, realm);
    };
    switch (mechanism) {
      case 'PLAIN':
        return plainServer(check);
      case 'LOGIN':
        return loginServer(check);
      case 'CRAM-MD5':
        return cramMd5Server(secret, context.hostname);
      case 'DIGEST-MD5':
        return digestMd5Server(secret, context.hostname);
      case 'SCRAM-SHA-256':
        return scramServer(async (user) => {
          await attempt(user);
          return this.#verifier(user);
        });
    }
  }

  /** @throws Fault user `clear-text-refused` (rule G6); syntax `sasl-mechanism` when it is not offered here. */
  async #require(mechanism: ServerMechanism, context: SignInContext): Promise<void> {
    if (mechanism === 'PLAIN' || mechanism === 'LOGIN') await this.#requireClear(context);
    if ((await this.mechanisms(context)).includes(mechanism)) return;
    throw new Fault('syntax', 'sasl-mechanism', `${mechanism} is not offered here.`, {
      detail: { mechanism },
    });
  }

  async #requireClear(context: SignInContext): Promise<void> {
    if (await this.clearTextAllowed(context)) return;
    throw new Fault('user', 'clear-text-refused', 'A password is taken over an encrypted connection only.');
  }

  async #begin(name: string, { ip }: SignInContext): Promise<void> {
    const { guard, clock } = this.#parts;
    const { waitMs, banned } = guard.beforeSignIn(ip, await this.#account(name));
    if (banned) {
      throw new Fault('transient', 'sign-in-later', 'Too many failed sign-ins. Try again later.', {
        detail: { seconds: Math.ceil(waitMs / 1000) },
      });
    }
    if (waitMs > 0) await delay(clock, waitMs);
  }

  async #finish(name: string, proved: Proved | null, { ip }: SignInContext): Promise<Person> {
    const { guard } = this.#parts;
    const account = await this.#account(name);
    if (!proved || proved.row.disabled) {
      await guard.signInFailed(ip, account);
      throw new Fault('user', 'sign-in-failed', 'The name or the password is not right.');
    }
    guard.signedIn(ip, account);
    return personOf(proved.row);
  }

  /** One word for all the ways to write one account, also of accounts that do not exist. */
  async #account(name: string): Promise<string> {
    const view = await this.#parts.directory.view();
    return view.signIn(name)?.key ?? standInName(name, view, this.#parts.box);
  }

  async #check(user: string, password: string): Promise<Proved | null> {
    const { box } = this.#parts;
    const { view, byId, both } = await this.#current();
    const row = view.signIn(user);
    const mac = createHmac('sha256', this.#key).update(password).digest();
    const known = row && this.#remembered.get(row.id);
    const now = this.#parts.clock.ticks();
    if (row && known && known.until > now && timingSafeEqual(known.mac, mac)) return { row };
    const kept = row && byId.get(row.id);
    const good = await this.#derivations.run(() => matchesPassword(password, kept, both, box));
    if (!good || !row) return null;
    // Not what was asked about if the password was changed while this one was checked.
    if (!row.disabled && (await this.#current()).byId.get(row.id) === kept)
      this.#remembered.set(row.id, { mac, until: now + SIGNED_IN_KEPT_MS });
    if (kept) upgradeVerifier(this.#parts, this.#derivations, kept, password);
    return { row };
  }

  async #verifier(user: string) {
    const { view, byId } = await this.#current();
    const row = view.signIn(user);
    const text = row && byId.get(row.id)?.scram;
    const verifier = text ? parseVerifier(text) : undefined;
    if (row && verifier) return { verifier, who: { row } };
    // The same name in another writing must not get another salt, as it does not for people who exist.
    return {
      verifier: standInVerifier(standInName(user, view, this.#parts.box), this.#parts.box),
      who: null,
    };
  }

  async #secret(user: string, realm: string): Promise<{ secret: string; who: Proved | null }> {
    const { box, log } = this.#parts;
    const { view, byId } = await this.#current();
    // Clients built on Cyrus SASL send `user` and the domain as realm (RFC 2831 section 2.1.2).
    const row = (user.includes('@') ? undefined : view.signIn(`${user}@${realm}`)) ?? view.signIn(user);
    const sealed = row && byId.get(row.id)?.legacy;
    if (!row || !sealed) return { secret: box.mark('legacy secret', user).toString('hex'), who: null };
    try {
      return { secret: unsealLegacy(sealed, box), who: { row } };
    } catch (cause) {
      log.error('legacy-secret-unreadable', { person: row.id, cause });
      return { secret: box.mark('legacy secret', user).toString('hex'), who: null };
    }
  }

  #current(): Promise<Credentials> {
    if (this.#credentials) return this.#credentials;
    const reading = this.#read();
    this.#credentials = reading;
    reading.catch(() => {
      if (this.#credentials === reading) this.#credentials = undefined;
    });
    return reading;
  }

  async #read(): Promise<Credentials> {
    const { store, directory } = this.#parts;
    const [view, rows] = await Promise.all([directory.view(), store.read('directory.credentials')]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return { view, byId, both: rows.some(({ scram }) => scram === null) };
  }
}

/**
 * A name that nobody has, as the full address it would be: salts and throttles must not tell by their treatment of
 * `name` and `name@domain` whether that is one account.
 */
function standInName(user: string, view: DirectoryView, box: SecretBox): string {
  const name = user.slice(0, 254);
  const { domains } = view.office;
  if (name.includes('@')) return parseMailbox(name)?.key ?? localKey(name);
  if (domains.length === 0) return localKey(name);
  return `${localKey(name)}@${domains[box.mark('stand-in domain', localKey(name))[0]! % domains.length]!}`;
}
