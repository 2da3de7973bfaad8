import { z } from 'zod';
import { entry } from '../entry.ts';
import { Address, Id } from './views.ts';

/** A signature's id; `default`: the first of the list; `none`: no signature. */
export const SignatureChoice = z.union([z.literal('default'), z.literal('none'), Id]);
export type SignatureChoice = z.infer<typeof SignatureChoice>;

/** Which signature a letter begins with. The `Inside` rows count when everybody it goes to is of the own office. */
export const SignatureChoices = z.object({
  new: SignatureChoice,
  reply: SignatureChoice,
  newInside: SignatureChoice,
  replyInside: SignatureChoice,
});
export type SignatureChoices = z.infer<typeof SignatureChoices>;

const Shape = {
  /** Shown beside the address where a sender is chosen; '' : none. */
  label: z.string().max(100),
  name: z.string().max(200),
  address: z.string().max(320),
  replyTo: z.array(Address).max(20),
  organisation: z.string().max(200),
  /** Gets a blind copy of every letter of this identity. */
  bcc: z.array(Address).max(20),
  /** Where sent letters are kept; null: the account's own Sent. */
  sentFolder: Id.nullable(),
};

/** Who a letter may come from. Every account has a main identity, which has the account's name and address. */
export const Identity = z.object({
  id: Id,
  account: Id,
  main: z.boolean(),
  ...Shape,
  /** Its account can send. */
  sends: z.boolean(),
  signatures: SignatureChoices,
});
export type Identity = z.infer<typeof Identity>;

const Changes = {
  label: Shape.label.optional(),
  name: Shape.name.optional(),
  address: Shape.address.optional(),
  replyTo: Shape.replyTo.optional(),
  organisation: Shape.organisation.optional(),
  bcc: Shape.bcc.optional(),
  sentFolder: Shape.sentFolder.optional(),
  signatures: z
    .object({
      new: SignatureChoice.optional(),
      reply: SignatureChoice.optional(),
      newInside: SignatureChoice.optional(),
      replyInside: SignatureChoice.optional(),
    })
    .optional(),
};

const ERRORS = ['no-such-identity', 'no-such-account', 'no-such-folder', 'bad-address'] as const;

export const identityEntries = {
  'identities.list': entry(z.object({}), z.array(Identity)),
  'identities.add': entry(
    z.object({ account: Id, ...Changes, address: Shape.address.min(3) }),
    Identity,
    ERRORS,
  ),
  /** Of a main identity name and address are changed too: they are the account's. */
  'identities.update': entry(z.object({ id: Id, ...Changes }), Identity, [...ERRORS, 'main-identity']),
  'identities.remove': entry(z.object({ id: Id }), z.object({}), ['no-such-identity', 'main-identity']),
};

export const identityEvents = { 'identities.changed': z.array(Identity) };
