import { ArrowDown, ArrowUp, PenLine, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { refreshTags, useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Tag } from '../../ui/chip.tsx';
import { COLOURS, type Colour, isColour } from '../../ui/colours.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { movedTo } from '../tree/moved.ts';
import styles from './settings.module.css';

/** Tags: name and colour. The first eight have the number keys. */
export function TagsPage(): ReactNode {
  const t = useText();
  const words = t.settings.tags;
  const tags = useSession((state) => state.tags);
  const [name, setName] = useState('');
  const [renaming, setRenaming] = useState<{ name: string; to: string } | null>(null);
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
  const arrange = (name: string, by: number) => {
    const names = tags.map((tag) => tag.name);
    const next = movedTo(names, name, names.indexOf(name) + by);
    engine()
      .request('tags.arrange', { names: [...next] })
      .then(refreshTags, sayFailure);
  };
  const rename = () => {
    const to = renaming?.to.trim() ?? '';
    if (!renaming || to === '') return;
    setRenaming(null);
    engine().request('tags.rename', { name: renaming.name, to }).then(refreshTags, sayFailure);
  };
  const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
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
                label={t.looks.up(tag.name)}
                isDisabled={at === 0}
                icon={<ArrowUp {...icon} />}
                onPress={() => arrange(tag.name, -1)}
              />
              <IconButton
                size="small"
                label={t.looks.down(tag.name)}
                isDisabled={at === tags.length - 1}
                icon={<ArrowDown {...icon} />}
                onPress={() => arrange(tag.name, 1)}
              />
              <IconButton
                size="small"
                label={t.looks.renameTag(tag.name)}
                icon={<PenLine {...icon} />}
                onPress={() => setRenaming({ name: tag.name, to: tag.name })}
              />
              <IconButton
                size="small"
                label={words.remove(tag.name)}
                icon={<X {...icon} />}
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
      <Dialog
        title={t.looks.renameTag(renaming?.name ?? '')}
        isOpen={renaming !== null}
        onClose={() => setRenaming(null)}
        foot={
          <Button variant="primary" onPress={rename} isDisabled={!renaming?.to.trim()}>
            {t.common.save}
          </Button>
        }
      >
        <TextField
          label={t.looks.tagName}
          value={renaming?.to ?? ''}
          onChange={(to) => setRenaming((old) => old && { ...old, to: to.slice(0, 64) })}
          autoFocus
          onKeyDown={(event) => {
            if (event.key === 'Enter') rename();
          }}
        />
      </Dialog>
    </>
  );
}
