/** The program's own sounds of a new letter. */
import type { Sound } from '../../../main/contract/mail/notices.ts';
import chime from '../../sounds/chime.wav';
import drop from '../../sounds/drop.wav';
import knock from '../../sounds/knock.wav';

const FILES: Readonly<Record<Exclude<Sound, 'none' | 'system'>, string>> = { chime, drop, knock };

/** Plays it if it is one of ours; a browser that wants a click first keeps silent. */
export function playSound(sound: Sound): void {
  if (sound === 'none' || sound === 'system') return;
  new Audio(FILES[sound]).play().catch(() => {
    // Nobody has touched this page yet: the browser allows no sound, and the letter is shown all the same.
  });
}
