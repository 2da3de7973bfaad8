/** The pictures inside one draft's text: kept with the letter by the engine. */
import { KeptPictures } from '../../editor/kept-pictures.ts';
import { engine } from '../../state/engine.ts';
import type { DraftSession } from './draft-session.ts';

export function draftPictures(session: DraftSession): KeptPictures {
  return new KeptPictures({
    async attach(picture) {
      const { contentId } = await session.attach({ ...picture, inline: true });
      return contentId;
    },
    async read(contentId, onChunk) {
      const { id, attachments } = session.draft;
      const attachment = attachments.find((each) => each.contentId === contentId);
      if (!attachment) return null;
      const asked = { id, attachment: attachment.id };
      const { type } = await engine().request('drafts.attachment', asked, { onChunk });
      return type;
    },
  });
}
