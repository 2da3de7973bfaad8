/**
 * Accounts and who writes by them, as a file of an export and back. Passwords are never in it: an account that comes back asks
 * for its own. Signatures and Sent folders are named. An account that is here already is left as it is, its identities too.
 */
import { z } from 'zod';
import { Fault } from '../../base/errors.ts';
import { KeepPolicy, Pop3Policy, Server } from '../../contract/mail/accounts.ts';
import { Address } from '../../contract/mail/views.ts';
import type { Names } from './arrangement.ts';
import type { Call } from './belongings.ts';
import { cleanLevel } from './export-manifest.ts';

/** `{name}`: a signature of that name. */
const Choice = z.union([z.literal('default'), z.literal('none'), z.object({ name: z.string() })]);
type Choice = z.infer<typeof Choice>;

const NamedIdentity = z.object({
  main: z.boolean(),
  label: z.string(),
  name: z.string(),
  address: z.string(),
  replyTo: z.array(Address),
  organisation: z.string(),
  bcc: z.array(Address),
  /** Levels as the export calls them; null: the account's own Sent. */
  sentFolder: z.array(z.string()).nullable(),
  signatures: z.object({ new: Choice, reply: Choice, newInside: Choice, replyInside: Choice }),
});

export const AccountFile = z.object({
  accounts: z.array(
    z.object({
      kind: z.enum(['imap', 'pop3']),
      address: z.string(),
      name: z.string(),
      incoming: Server,
      outgoing: Server.nullable(),
      policy: KeepPolicy,
      pop3: Pop3Policy.nullable(),
      saveSent: z.boolean(),
      identities: z.array(NamedIdentity),
    }),
  ),
});
export type AccountFile = z.infer<typeof AccountFile>;

export async function gatherAccounts(call: Call, names: Names): Promise<AccountFile> {
  const signatures = new Map((await call('signatures.list', {})).map(({ id, name }) => [id, name]));
  const levels = new Map(names.folders.map((each) => [each.folder.id, each.levels]));
  const identities = await call('identities.list', {});
  const named = (choice: number | 'default' | 'none'): Choice => {
    if (typeof choice !== 'number') return choice;
    const name = signatures.get(choice);
    return name === undefined ? 'default' : { name };
  };
  const accounts: AccountFile['accounts'] = [];
  for (const each of await call('accounts.list', {})) {
    const { id, kind, address, name, incoming, outgoing, policy, pop3, saveSent } = each;
    if (kind === 'local' || incoming === null) continue;
    accounts.push({
      ...{ kind, address, name, incoming, outgoing, policy, pop3, saveSent },
      identities: identities
        .filter((identity) => identity.account === id)
        .map((identity) => ({
          main: identity.main,
          label: identity.label,
          name: identity.name,
          address: identity.address,
          replyTo: identity.replyTo,
          organisation: identity.organisation,
          bcc: identity.bcc,
          sentFolder: (identity.sentFolder === null ? null : levels.get(identity.sentFolder)) ?? null,
          signatures: {
            new: named(identity.signatures.new),
            reply: named(identity.signatures.reply),
            newInside: named(identity.signatures.newInside),
            replyInside: named(identity.signatures.replyInside),
          },
        })),
    });
  }
  return { accounts };
}

/** @returns senders that came in */
export async function takeAccounts(call: Call, from: AccountFile, names: Names): Promise<number> {
  let taken = 0;
  const signatures = new Map((await call('signatures.list', {})).map(({ id, name }) => [name, id]));
  const folders = new Map(names.folders.map((each) => [each.folder.path, each.folder.id]));
  const chosen = (choice: Choice) =>
    typeof choice === 'string' ? choice : (signatures.get(choice.name) ?? ('default' as const));
  for (const { identities, pop3, ...account } of from.accounts) {
    let id: number;
    try {
      // Without a password it waits for one.
      ({ id } = await call('accounts.add', { ...account, ...(pop3 ? { pop3 } : {}), password: '' }));
    } catch (failure) {
      if (failure instanceof Fault && failure.code === 'account-exists') continue;
      throw failure;
    }
    const main = (await call('identities.list', {})).find((each) => each.account === id && each.main);
    for (const { main: isMain, sentFolder, signatures: choices, ...identity } of identities) {
      const whole = {
        ...identity,
        sentFolder: sentFolder ? (folders.get(sentFolder.map(cleanLevel).join('/')) ?? null) : null,
        signatures: {
          new: chosen(choices.new),
          reply: chosen(choices.reply),
          newInside: chosen(choices.newInside),
          replyInside: chosen(choices.replyInside),
        },
      };
      if (isMain && main) await call('identities.update', { id: main.id, ...whole });
      else await call('identities.add', { account: id, ...whole });
      taken++;
    }
  }
  return taken;
}
