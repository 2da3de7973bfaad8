/** `people`, `aliases`, `lists`, `domains`. */
import type { OfficeInput } from '../../contract/office/office.ts';
import { type Arguments, UsageError } from './arguments.ts';
import type { Command, Session } from './session.ts';

const MiB = 1024 * 1024;

/** The address: the first word, or --address. */
function addressOf(args: Arguments): string {
  const address = args.words[0] ?? args.text('address');
  if (address) return address;
  throw new UsageError('An address is missing.', 'Не хватает адреса.');
}

function quotaOf(args: Arguments): number | null | undefined {
  const quota = args.text('quota');
  if (quota === undefined) return undefined;
  if (quota === 'none') return null;
  const size = Number(quota);
  if (Number.isFinite(size) && size > 0) return Math.round(size * MiB);
  throw new UsageError('--quota is a number of MiB or "none".', '--quota: число МиБ или «none».');
}

async function passwordOf({ args, readPassword }: Session, always: boolean): Promise<string | undefined> {
  const given = args.text('password');
  if (given !== undefined && given !== '-') return given;
  return given === '-' || always ? readPassword() : undefined;
}

export const peopleList: Command = async ({ call, print }) => {
  const people = await call('people.list', {});
  await print(people, () =>
    people.map(({ address, name, disabled, usedBytes, messages, quotaBytes }) => {
      const quota = quotaBytes === null ? '' : `/${Math.round(quotaBytes / MiB)}`;
      const size = `${(usedBytes / MiB).toFixed(1)}${quota} MiB`;
      return `${address}\t${name}\t${messages}\t${size}${disabled ? '\tdisabled' : ''}`;
    }),
  );
};

export const peopleAdd: Command = async (session) => {
  const { args, call, print } = session;
  const address = addressOf(args);
  const quotaBytes = quotaOf(args);
  const added = await call('people.add', {
    address,
    name: args.text('name') ?? '',
    password: (await passwordOf(session, true)) ?? '',
    disabled: args.has('disable') || args.has('disabled'),
    legacySecret: args.has('legacy'),
    ...(quotaBytes === undefined ? {} : { quotaBytes }),
  });
  await print(added, () => [added.address]);
};

export const peopleChange: Command = async (session) => {
  const { args, call, print } = session;
  const password = await passwordOf(session, false);
  const quotaBytes = quotaOf(args);
  const name = args.text('name');
  const rename = args.text('rename');
  const changes: OfficeInput<'people.change'>['changes'] = {
    ...(rename === undefined ? {} : { address: rename }),
    ...(name === undefined ? {} : { name }),
    ...(password === undefined ? {} : { password }),
    ...(quotaBytes === undefined ? {} : { quotaBytes }),
    ...(args.has('disable') || args.has('disabled') ? { disabled: true } : {}),
    ...(args.has('enable') ? { disabled: false } : {}),
    ...(args.has('legacy') ? { legacySecret: true } : {}),
    ...(args.has('no-legacy') ? { legacySecret: false } : {}),
  };
  const changed = await call('people.change', { address: addressOf(args), changes });
  await print(changed, () => [changed.address]);
};

export const peopleRemove: Command = async ({ args, call, print }) => {
  const removed = await call('people.remove', { address: addressOf(args) });
  await print(removed, () => [...removed.aliases, ...removed.lists]);
};

export const aliasesList: Command = async ({ call, print }) => {
  const aliases = await call('aliases.list', {});
  await print(aliases, () => aliases.map(({ address, to }) => `${address}\t${to.join(', ')}`));
};

const aliasesPut =
  (mode: 'add' | 'change'): Command =>
  async ({ args, call, print }) => {
    const address = addressOf(args);
    const to = [...args.words.slice(1), ...args.list('to')];
    if (to.length === 0)
      throw new UsageError(
        'An alias needs an address it leads to.',
        'Псевдониму нужен адрес, на который он ведёт.',
      );
    const alias = { address, to };
    await call('aliases.put', { alias, mode });
    await print(alias, () => [`${address}\t${to.join(', ')}`]);
  };
export const aliasesAdd = aliasesPut('add');
export const aliasesChange = aliasesPut('change');

export const aliasesRemove: Command = async ({ args, call, print }) => {
  await call('aliases.remove', { address: addressOf(args) });
  await print({}, () => []);
};

export const listsList: Command = async ({ call, print }) => {
  const lists = await call('lists.list', {});
  await print(lists, () =>
    lists.map(({ address, name, who, members }) => `${address}\t${name}\t${who}\t${members.join(', ')}`),
  );
};

const listsPut =
  (mode: 'add' | 'change'): Command =>
  async ({ args, call, print }) => {
    const address = addressOf(args);
    const wanted = mode === 'change' ? await kept(call, address) : undefined;
    const members = [...args.words.slice(1), ...args.list('member', 'members')];
    const owners = args.list('owner', 'owners');
    const who = args.text('who') ?? wanted?.who ?? 'anyone';
    if (who !== 'anyone' && who !== 'members' && who !== 'owners') {
      throw new UsageError('--who is anyone, members or owners.', '--who: anyone, members или owners.');
    }
    const list = {
      address,
      name: args.text('name') ?? wanted?.name ?? '',
      who,
      members: members.length > 0 ? members : (wanted?.members ?? []),
      owners: owners.length > 0 ? owners : (wanted?.owners ?? []),
    } as const;
    await call('lists.put', {
      list: { ...list, members: [...list.members], owners: [...list.owners] },
      mode,
    });
    await print(list, () => [`${address}\t${list.members.join(', ')}`]);
  };
export const listsAdd = listsPut('add');
export const listsChange = listsPut('change');

/** The list as it is: what is not named stays. */
async function kept(call: Session['call'], address: string) {
  const wanted = address.toLowerCase();
  return (await call('lists.list', {})).find(({ address: each }) => {
    const own = each.toLowerCase();
    return own === wanted || (!wanted.includes('@') && own.split('@')[0] === wanted);
  });
}

export const listsRemove: Command = async ({ args, call, print }) => {
  await call('lists.remove', { address: addressOf(args) });
  await print({}, () => []);
};

function domainOf(args: Arguments): string {
  const name = args.words[0] ?? args.text('name');
  if (name) return name;
  throw new UsageError('The name of a domain is missing.', 'Не хватает имени домена.');
}

export const domainsList: Command = async ({ call, print }) => {
  const domains = await call('domains.list', {});
  await print(domains, () => domains.map(({ name, catchAll }) => (catchAll ? `${name}\t${catchAll}` : name)));
};

export const domainsAdd: Command = async ({ args, call, print }) => {
  const name = domainOf(args);
  await call('domains.add', { name });
  await print({ name }, () => [name]);
};

export const domainsChange: Command = async ({ args, call, print }) => {
  const name = domainOf(args);
  const address = args.required('catch-all');
  const catchAll = address === 'none' ? null : address;
  await call('domains.change', { name, catchAll });
  await print({ name, catchAll }, () => [catchAll ? `${name}\t${catchAll}` : name]);
};

export const domainsRemove: Command = async ({ args, call, print }) => {
  await call('domains.remove', { name: domainOf(args) });
  await print({}, () => []);
};
