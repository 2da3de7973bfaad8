/** The pictures of a signature or a template: kept with it by the engine. */
import { KeptPictures } from '../../editor/kept-pictures.ts';
import { engine } from '../../state/engine.ts';

export type Holder = 'signatures' | 'templates';

export function heldPictures(holder: Holder, id: number): KeptPictures {
  return new KeptPictures({
    async attach({ name, type, bytes }) {
      const input = { id, name: name.slice(0, 255), type, bytes };
      const { contentId } = await (holder === 'signatures'
        ? engine().request('signatures.attach', input)
        : engine().request('templates.attach', { ...input, inline: true }));
      return contentId;
    },
    async read(contentId, onChunk) {
      const { type } = await engine().request(`${holder}.picture`, { id, contentId }, { onChunk });
      return type;
    },
  });
}
