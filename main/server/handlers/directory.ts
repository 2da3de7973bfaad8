/** People, aliases, lists and domains: contract -> directory. */

import { Fault } from '../../base/errors.ts';
import type { HandlersOf } from '../../contract/door.ts';
import type { directoryEntries } from '../../contract/office/directory.ts';
import type { OfficeEntries } from '../../contract/office/office.ts';
import type { Person } from '../directory/directory.ts';
import type { Office } from '../office.ts';

type DirectoryHandlers = HandlersOf<Pick<OfficeEntries, keyof typeof directoryEntries>>;

export function directoryHandlers({ admin, mailstore, context }: Office): DirectoryHandlers {
  const shown = async (person: Person) => {
    const { usedBytes, messages } = await mailstore.quota(person.id);
    const { address, name, disabled, quotaBytes, legacySecret } = person;
    return { address, name, disabled, quotaBytes, legacySecret, usedBytes, messages };
  };
  const full = async (address: string): Promise<string> => {
    if (address.includes('@')) return address;
    const { domains } = await context.directory.office();
    return domains[0] === undefined ? address : `${address}@${domains[0]}`;
  };
  return {
    'people.list': async () => Promise.all((await admin.people()).map(shown)),
    async 'people.add'(input) {
      const person = await admin.addPerson({ ...input, address: await full(input.address) });
      await mailstore.provision(person.id);
      return shown(person);
    },
    'people.change': async ({ address, changes }) => {
      const { address: renamed, name, password, disabled, quotaBytes, legacySecret } = changes;
      return shown(
        await admin.changePerson(await full(address), {
          ...(renamed === undefined ? {} : { address: await full(renamed) }),
          ...(name === undefined ? {} : { name }),
          ...(password === undefined ? {} : { password }),
          ...(disabled === undefined ? {} : { disabled }),
          ...(quotaBytes === undefined ? {} : { quotaBytes }),
          ...(legacySecret === undefined ? {} : { legacySecret }),
        }),
      );
    },
    async 'people.remove'({ address }) {
      const { id, aliases, lists } = await admin.removePerson(await full(address));
      await mailstore.removePerson(id);
      return { aliases: [...aliases], lists: [...lists] };
    },
    'aliases.list': async () => (await admin.aliases()).map(({ address, to }) => ({ address, to: [...to] })),
    async 'aliases.put'({ alias, mode }) {
      await admin.putAliases(
        [{ address: await full(alias.address), to: await Promise.all(alias.to.map(full)) }],
        mode,
      );
      return {};
    },
    async 'aliases.remove'({ address }) {
      await admin.removeAlias(await full(address));
      return {};
    },
    'lists.list': async () =>
      (await admin.lists()).map(({ address, name, who, members, owners }) => {
        return { address, name, who, members: [...members], owners: [...owners] };
      }),
    async 'lists.put'({ list, mode }) {
      const members = await Promise.all(list.members.map(full));
      const owners = await Promise.all(list.owners.map(full));
      await admin.putLists([{ ...list, address: await full(list.address), members, owners }], mode);
      return {};
    },
    async 'lists.remove'({ address }) {
      await admin.removeList(await full(address));
      return {};
    },
    'domains.list': async () => (await admin.domains()).map(({ name, catchAll }) => ({ name, catchAll })),
    async 'domains.add'({ name }) {
      await admin.addDomain(name);
      return {};
    },
    async 'domains.change'({ name, catchAll }) {
      const known = (await admin.domains()).some((each) => each.name.toLowerCase() === name.toLowerCase());
      if (!known && !(await context.directory.isLocal(name))) {
        throw new Fault('user', 'unknown-domain', `${name} is no domain of this office.`, {
          detail: { domain: name },
        });
      }
      await admin.setCatchAll(name, catchAll === null ? null : await full(catchAll));
      return {};
    },
    async 'domains.remove'({ name }) {
      await admin.removeDomain(name);
      return {};
    },
  };
}
