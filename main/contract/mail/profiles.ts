/**
 * "Another person uses this computer": each person has a profile, which is a folder, a database, a window and an address
 * book of their own. What goes on in another profile is not seen from here but for its name and whether it is open.
 */
import { z } from 'zod';
import { entry } from '../entry.ts';

const Name = z.string().trim().min(1).max(80);
const ProfileId = z.string().regex(/^[a-z0-9-]{1,64}$/);

export const ProfileEntry = z.object({
  id: ProfileId,
  /** '' for the first one, as long as nobody has named it. */
  name: z.string(),
  /** Its folder, as the command line takes it. */
  folder: z.string(),
  /** A Postroom has it open. */
  open: z.boolean(),
  /** The one of this window. */
  own: z.boolean(),
  /** Opened at start. */
  start: z.boolean(),
  /** The one that holds the list; it cannot be removed. */
  first: z.boolean(),
});
export type ProfileEntry = z.infer<typeof ProfileEntry>;

const List = z.object({
  profiles: z.array(ProfileEntry),
  /** false: the host cannot open a second window by itself (a browser); it is done as the window says. */
  canOpen: z.boolean(),
});

export const profilesEntries = {
  'profiles.list': entry(z.object({}), List),
  'profiles.add': entry(z.object({ name: Name }), ProfileEntry, [
    'profile-exists',
    'too-many-profiles',
    'no-access',
  ]),
  'profiles.rename': entry(z.object({ id: ProfileId, name: Name }), z.object({}), [
    'no-such-profile',
    'profile-exists',
  ]),
  /** With all its letters that are on no server. The window asks first. */
  'profiles.remove': entry(z.object({ id: ProfileId }), z.object({}), [
    'no-such-profile',
    'profile-open',
    'not-allowed',
  ]),
  'profiles.start': entry(z.object({ id: ProfileId }), z.object({}), ['no-such-profile']),
  /** A window of its own, or the one it has. */
  'profiles.open': entry(z.object({ id: ProfileId }), z.object({}), ['no-such-profile', 'not-allowed']),
};
