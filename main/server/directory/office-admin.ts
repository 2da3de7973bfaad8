/** The administrator's half on the store: derivations first, off the event loop, then one short write. */
import { createHash } from 'node:crypto';
import { Fault } from '../../base/errors.ts';
import { requireDomain, requireMailbox } from './addresses.ts';
import type {
  DirectoryAdmin,
  Domain,
  Grant,
  ListEntry,
  NewPerson,
  PersonChanges,
  PutMode,
  Removed,
} from './admin.ts';
import {
  importedCredentials,
  makeCredentials,
  matchesPassword,
  sealLegacy,
  unsealLegacy,
} from './credentials.ts';
import { Derivations } from './derivations.ts';
import type { Alias, MailingList, Office, Person } from './directory.ts';
import type { DirectoryStore, OfficeDirectory } from './office-directory.ts';
import type { SealedCredentials } from './operations.ts';
import { postmasterRoute } from './routes.ts';
import { noSuchAddress } from './row-rules.ts';
import type { CredentialRow, PersonRow } from './rows.ts';
import type { SecretBox } from './secret-box.ts';
import { personOf } from './view.ts';

/** Settings of other rooms stand apart from the directory's own. */
const settingName = (name: string) => `setting:${name}`;

export function openAdmin(store: DirectoryStore, directory: OfficeDirectory, box: SecretBox): DirectoryAdmin {
  return new OfficeAdmin(store, directory, box);
}

class OfficeAdmin implements DirectoryAdmin {
  readonly #store: DirectoryStore;
  readonly #directory: OfficeDirectory;
  readonly #box: SecretBox;
  readonly #derivations = new Derivations(undefined, Number.POSITIVE_INFINITY);

  constructor(store: DirectoryStore, directory: OfficeDirectory, box: SecretBox) {
    this.#store = store;
    this.#directory = directory;
    this.#box = box;
  }

  office(): Promise<Office> {
    return this.#directory.office();
  }
  async setOffice({ name, hostname }: { name?: string; hostname?: string }): Promise<void> {
    if (name !== undefined) await this.#set('name', name.trim());
    if (hostname !== undefined) await this.#set('hostname', requireDomain(hostname));
  }
  async setPostmaster(address: string | null): Promise<void> {
    if (address !== null) requireMailbox(address);
    await this.#set('postmaster', address);
  }
  async hasPostmaster(): Promise<boolean> {
    const asker = { sender: '', personId: null };
    return postmasterRoute(await this.#directory.view(), asker) !== undefined;
  }

  async domains(): Promise<Domain[]> {
    return [...(await this.#directory.view()).rows.domains];
  }
  async addDomain(name: string): Promise<void> {
    await this.#store.write('directory.addDomain', { name });
  }
  async removeDomain(name: string): Promise<void> {
    await this.#store.write('directory.removeDomain', { name });
  }
  async orderDomains(names: readonly string[]): Promise<void> {
    await this.#store.write('directory.orderDomains', { names });
  }
  async setCatchAll(domain: string, address: string | null): Promise<void> {
    await this.#store.write('directory.setCatchAll', { domain, address });
  }

  people(): Promise<Person[]> {
    return this.#directory.people();
  }
  async addPerson(person: NewPerson): Promise<Person> {
    requireMailbox(person.address);
    const credentials = await this.#make(person.password, person.legacySecret ?? false);
    return this.#add(person, credentials);
  }
  async addPeople(people: readonly NewPerson[]): Promise<Person[]> {
    for (const { address } of people) requireMailbox(address);
    const made = await Promise.all(
      people.map((each) => this.#make(each.password, each.legacySecret ?? false)),
    );
    const added = await Promise.allSettled(people.map((each, at) => this.#add(each, made[at]!)));
    return added.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
  }
  async addPersonWithHash(
    person: Omit<NewPerson, 'password' | 'legacySecret'>,
    hash: string,
  ): Promise<Person> {
    return this.#add(person, importedCredentials(hash));
  }
  async changePerson(address: string, changes: PersonChanges): Promise<Person> {
    const { password, legacySecret, ...rest } = changes;
    const row = await this.#row(address);
    const credentials = await this.#credentials(row, password, legacySecret);
    const input = { key: row.key, ...rest, ...(credentials ? { credentials } : {}) };
    return personOf(await this.#store.write('directory.changePerson', input));
  }
  async removePerson(address: string): Promise<Removed & { readonly id: number }> {
    const { key } = await this.#row(address);
    return this.#store.write('directory.removePerson', { key });
  }
  async checkPassword(address: string, password: string): Promise<boolean> {
    const kept = await this.#kept(await this.#row(address));
    // An administrator may know what a stranger may not: a legacy secret answers at once.
    const legacy = kept.legacy === null ? null : this.#legacy(kept.legacy);
    if (legacy !== null) return legacy === password;
    return this.#derivations.run(() => matchesPassword(password, kept, kept.scram === null, this.#box));
  }

  async credentialState(): Promise<string> {
    const hash = createHash('sha256');
    for (const { id, scram, hash: phc, legacy } of await this.#store.read('directory.credentials'))
      hash.update(JSON.stringify([id, scram, phc, legacy && Buffer.from(legacy).toString('base64')]));
    return hash.digest('base64');
  }

  async aliases(): Promise<Alias[]> {
    return (await this.#directory.view()).rows.aliases.map(({ address, to }) => ({ address, to }));
  }
  async putAliases(aliases: readonly Alias[], mode: PutMode): Promise<void> {
    await this.#store.write('directory.putAliases', { aliases, mode });
  }
  async removeAlias(address: string): Promise<void> {
    await this.#store.write('directory.removeAlias', { address });
  }

  async lists(): Promise<MailingList[]> {
    return (await this.#directory.view()).rows.lists.map(({ key: _, ...list }) => list);
  }
  async putLists(lists: readonly ListEntry[], mode: PutMode): Promise<void> {
    await this.#store.write('directory.putLists', { lists, mode });
  }
  async removeList(address: string): Promise<void> {
    await this.#store.write('directory.removeList', { address });
  }

  async grants(): Promise<Grant[]> {
    const view = await this.#directory.view();
    return view.rows.grants.flatMap(({ person, address }) => {
      const row = view.person(person);
      return row ? [{ person: row.address, address }] : [];
    });
  }
  async grant(person: string, address: string, granted: boolean): Promise<void> {
    const { key } = await this.#row(person);
    await this.#store.write('directory.grant', { key, address, granted });
  }

  async setting(name: string): Promise<string | null> {
    return (await this.#directory.view()).rows.settings[settingName(name)] ?? null;
  }
  async setSetting(name: string, value: string | null): Promise<void> {
    await this.#set(settingName(name), value);
  }
  async secret(name: string): Promise<string | null> {
    const sealed = await this.#store.read('directory.secret', { name });
    return sealed === null ? null : this.#box.unseal(name, sealed);
  }
  async setSecret(name: string, value: string | null): Promise<void> {
    const sealed = value === null ? null : this.#box.seal(name, value);
    await this.#store.write('directory.seal', { name, sealed });
  }

  async #set(name: string, value: string | null): Promise<void> {
    await this.#store.write('directory.set', { name, value });
  }

  async #row(address: string): Promise<PersonRow> {
    const { key } = requireMailbox(address);
    const entry = (await this.#directory.view()).byKey(key);
    if (entry?.kind !== 'person') throw noSuchAddress(address);
    return entry.row;
  }

  async #kept(row: PersonRow): Promise<CredentialRow> {
    const kept = (await this.#store.read('directory.credentials')).find(({ id }) => id === row.id);
    if (!kept) throw noSuchAddress(row.address);
    return kept;
  }

  #make(password: string, legacy: boolean): Promise<SealedCredentials> {
    return this.#derivations.run(() => makeCredentials(password, legacy, this.#box));
  }

  async #add(
    person: Omit<NewPerson, 'password' | 'legacySecret'>,
    credentials: SealedCredentials,
  ): Promise<Person> {
    const { address, name = '', disabled = false, quotaBytes = null } = person;
    const row = { address, name, disabled, quotaBytes, ...credentials };
    return personOf(await this.#store.write('directory.addPerson', row));
  }

  /** Null when the key file is another one than it was sealed with: then the verifier has to answer. */
  #legacy(sealed: Uint8Array): string | null {
    try {
      return unsealLegacy(sealed, this.#box);
    } catch {
      return null;
    }
  }

  /** Undefined: stay as they are. */
  async #credentials(
    row: PersonRow,
    password: string | undefined,
    legacySecret: boolean | undefined,
  ): Promise<SealedCredentials | undefined> {
    const wanted = legacySecret ?? row.legacy;
    if (password === undefined) {
      if (wanted === row.legacy) return undefined;
      if (wanted)
        throw new Fault('user', 'password-needed', `A legacy secret for ${row.address} needs the password.`, {
          detail: { address: row.address },
        });
      return { ...(await this.#kept(row)), legacy: null };
    }
    if (await this.checkPassword(row.address, password)) {
      // The same password: its verifier stays, so clients that keep derived keys go on working.
      const kept = await this.#kept(row);
      const readable = kept.legacy !== null && this.#legacy(kept.legacy) !== null;
      if (wanted ? readable : !row.legacy) return undefined;
      return { ...kept, legacy: wanted ? sealLegacy(password, this.#box) : null };
    }
    return this.#make(password, wanted);
  }
}
