import { Check, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { refreshTags, useSession } from '../../state/session.ts';
import { Tag } from '../../ui/chip.tsx';
import { COLOURS, isColour } from '../../ui/colours.ts';
import { Picker } from '../../ui/picker.tsx';

export interface TagPickerProps {
  /** Tags the focused letter has. */
  worn: readonly string[];
  onPick: (name: string) => void;
  onClose: () => void;
}

/** Tags on and off; a name that is not there yet becomes a new tag. */
export function TagPicker({ worn, onPick, onClose }: TagPickerProps): ReactNode {
  const t = useText();
  const tags = useSession((state) => state.tags);
  const create = async (name: string) => {
    const colour = COLOURS[(tags.length + 5) % COLOURS.length] ?? 'blue';
    await engine().request('tags.save', { name, colour });
    await refreshTags();
    onPick(name);
  };
  return (
    <Picker
      title={t.list.tagTitle}
      placeholder={t.list.tagTitle}
      none={t.tree.words.noMatch}
      choices={tags.map((tag, at) => ({
        id: tag.name,
        label: tag.name,
        hint: at < 8 ? String(at + 1) : undefined,
        icon: (
          <>
            {worn.includes(tag.name) ? <Check size={14} strokeWidth={1.75} /> : null}
            <Tag colour={isColour(tag.colour) ? tag.colour : 'grey'}>{tag.name}</Tag>
          </>
        ),
      }))}
      extra={(typed) =>
        tags.some((tag) => tag.name.toLowerCase() === typed.toLowerCase())
          ? null
          : { id: 'new', label: t.list.newTag(typed), icon: <Plus size={16} strokeWidth={1.75} /> }
      }
      onClose={onClose}
      onPick={(id, typed) => {
        onClose();
        if (id === 'new' && !tags.some((tag) => tag.name === 'new')) create(typed).catch(sayFailure);
        else onPick(id);
      }}
    />
  );
}
