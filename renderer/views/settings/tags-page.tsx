import { X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { refreshTags, useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Tag } from '../../ui/chip.tsx';
import { COLOURS, type Colour, isColour } from '../../ui/colours.ts';
import { Select, TextField } from '../../ui/field.tsx';
import styles from './settings.module.css';

/** Tags: name and colour. The first eight have the number keys. */
export function TagsPage(): ReactNode {
  const t = useText();
  const words = t.settings.tags;
  const tags = useSession((state) => state.tags);
  const [name, setName] = useState('');
  const [colour, setColour] = useState<Colour>('blue');
  const trimmed = name.trim();
  const exists = tags.some((tag) => tag.name.toLowerCase() === trimmed.toLowerCase());
  const options = COLOURS.map((id) => ({ id, label: words.colours[id] }));
  const save = async (tag: string, chosen: Colour, keyword?: string) => {
    try {
      await engine().request('tags.save', { name: tag, colour: chosen, ...(keyword ? { keyword } : {}) });
      await refreshTags();
      return true;
    } catch (thrown) {
      sayFailure(thrown);
      return false;
    }
  };
  const remove = async (tag: (typeof tags)[number]) => {
    try {
      await engine().request('tags.remove', { name: tag.name });
      await refreshTags();
      const back = isColour(tag.colour) ? tag.colour : 'grey';
      showToast({
        text: words.removed(tag.name),
        icon: 'tag',
        actions: [{ label: t.common.undo, run: () => void save(tag.name, back, tag.keyword) }],
      });
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <>
      <p className={styles.intro}>{words.intro}</p>
      {tags.length === 0 ? <p className={styles.intro}>{words.none}</p> : null}
      <ul className={styles.tags} aria-label={words.list}>
        {tags.map((tag, at) => {
          const present = isColour(tag.colour) ? tag.colour : 'grey';
          return (
            <li key={tag.name}>
              <Tag colour={present}>{tag.name}</Tag>
              <span className={styles.key}>{at < 8 ? words.key(at + 1) : ''}</span>
              <Select
                hideLabel
                label={`${words.colour}: ${tag.name}`}
                value={present}
                options={options}
                onChange={(next) => void save(tag.name, next, tag.keyword)}
              />
              <IconButton
                size="small"
                label={words.remove(tag.name)}
                icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => void remove(tag)}
              />
            </li>
          );
        })}
      </ul>
      <form
        className={styles.newTag}
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed === '' || exists) return;
          void save(trimmed, colour).then((kept) => {
            if (kept) setName('');
          });
        }}
      >
        <TextField
          label={words.name}
          value={name}
          onChange={(next) => setName(next.slice(0, 64))}
          problem={exists && trimmed !== '' ? words.exists : undefined}
        />
        <Select label={words.colour} value={colour} options={options} onChange={setColour} />
        <Button variant="primary" type="submit" isDisabled={trimmed === '' || exists}>
          {words.add}
        </Button>
      </form>
    </>
  );
}
