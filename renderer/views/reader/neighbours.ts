/** The letters before and after this one in its conversation, by key. */
import type { Row } from '../../../main/contract/mail/views.ts';
import type { Catalogue } from '../../i18n/text.ts';
import { type Command, MAIL } from '../../state/commands.ts';
import { go } from '../../state/place.ts';

/** @param conversation oldest first; a letter that is not in it has no neighbours. */
export function neighbourCommands(t: Catalogue, conversation: readonly Row[], id: number): Command[] {
  const at = conversation.findIndex((row) => row.id === id);
  const step = (name: 'older' | 'newer', other: Row | undefined): Command => ({
    id: `letter.${name}`,
    label: t.commands[name],
    group: 'message',
    where: MAIL,
    reason: at < 0 || !other ? t.window.noNeighbour[name] : undefined,
    run: () => {
      if (other) go({ letter: other.id });
    },
  });
  return [step('older', conversation[at - 1]), step('newer', conversation[at + 1])];
}
