/** Who lives in the office: people, aliases, lists, domains. */
import { z } from 'zod';
import { entry } from '../entry.ts';

const text = z.string().max(1000);

export const OfficePerson = z.object({
  address: z.string(),
  name: z.string(),
  disabled: z.boolean(),
  /** Octets; null is without a limit. */
  quotaBytes: z.number().nullable(),
  legacySecret: z.boolean(),
  /** What the person's mailboxes hold, octets and letters. */
  usedBytes: z.number(),
  messages: z.number(),
});
export type OfficePerson = z.infer<typeof OfficePerson>;

export const OfficeAlias = z.object({ address: text, to: z.array(text) });
export type OfficeAlias = z.infer<typeof OfficeAlias>;

export const OfficeList = z.object({
  address: text,
  name: text,
  who: z.enum(['anyone', 'members', 'owners']),
  members: z.array(text),
  owners: z.array(text),
});
export type OfficeList = z.infer<typeof OfficeList>;

export const OfficeDomain = z.object({ name: z.string(), catchAll: z.string().nullable() });
export type OfficeDomain = z.infer<typeof OfficeDomain>;

const nothing = z.object({});
const person = [
  'bad-address',
  'unknown-domain',
  'duplicate-address',
  'bad-password',
  'no-such-address',
] as const;
const group = ['bad-address', 'unknown-domain', 'duplicate-address', 'no-such-address'] as const;

export const directoryEntries = {
  'people.list': entry(nothing, z.array(OfficePerson)),
  'people.add': entry(
    z.object({
      address: text,
      name: text.default(''),
      password: text,
      disabled: z.boolean().default(false),
      quotaBytes: z.number().positive().nullable().default(null),
      legacySecret: z.boolean().default(false),
    }),
    OfficePerson,
    person,
  ),
  'people.change': entry(
    z.object({
      address: text,
      /** Only what is named is changed. */
      changes: z.object({
        address: text.optional(),
        name: text.optional(),
        password: text.optional(),
        disabled: z.boolean().optional(),
        quotaBytes: z.number().positive().nullable().optional(),
        legacySecret: z.boolean().optional(),
      }),
    }),
    OfficePerson,
    person,
  ),
  /** With all mailboxes. */
  'people.remove': entry(
    z.object({ address: text }),
    /** Where the address stood besides. */
    z.object({ aliases: z.array(z.string()), lists: z.array(z.string()) }),
    ['no-such-address', 'bad-address'],
  ),
  'aliases.list': entry(nothing, z.array(OfficeAlias)),
  'aliases.put': entry(z.object({ alias: OfficeAlias, mode: z.enum(['add', 'change']) }), nothing, [
    ...group,
    'alias-without-target',
    'alias-loop',
  ]),
  'aliases.remove': entry(z.object({ address: text }), nothing, ['no-such-address']),
  'lists.list': entry(nothing, z.array(OfficeList)),
  'lists.put': entry(z.object({ list: OfficeList, mode: z.enum(['add', 'change']) }), nothing, [
    ...group,
    'list-without-members',
    'list-without-owners',
  ]),
  'lists.remove': entry(z.object({ address: text }), nothing, ['no-such-address']),
  'domains.list': entry(nothing, z.array(OfficeDomain)),
  'domains.add': entry(z.object({ name: text }), nothing, ['bad-domain', 'duplicate-domain']),
  'domains.change': entry(z.object({ name: text, catchAll: text.nullable() }), nothing, [
    'bad-domain',
    'unknown-domain',
    'bad-address',
    'no-such-address',
  ]),
  'domains.remove': entry(z.object({ name: text }), nothing, [
    'bad-domain',
    'unknown-domain',
    'domain-in-use',
  ]),
};
