/**
 * The list beside an editor: things that have a name, one of them chosen, its tools below it. Signatures and templates
 * differ in what they say of a thing and in what can be done with it.
 */
import { Trash2 } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { showToast } from '../../state/toasts.ts';
import { refreshWriting } from '../../state/writing.ts';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import styles from './signatures.module.css';

interface Named {
  id: number;
  name: string;
}

/** "New signature", "New signature 2" ...: a name that is free. */
export function freeName(name: string, taken: readonly { name: string }[]): string {
  const known = new Set(taken.map((each) => each.name.toLowerCase()));
  let free = name;
  for (let n = 2; known.has(free.toLowerCase()); n++) free = `${name} ${n}`;
  return free;
}

/** Does the work and reads everything anew; says what failed. */
export async function changeKept(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    await refreshWriting();
  } catch (thrown) {
    sayFailure(thrown);
  }
}

/** The chosen one: the first until a person chooses. */
export function useChosen<T extends Named>(items: readonly T[]): [T | undefined, (id: number) => void] {
  const [chosen, setChosen] = useState<number | null>(null);
  return [items.find((each) => each.id === chosen) ?? items[0], setChosen];
}

export interface KeptListProps<T extends Named> {
  label: string;
  items: readonly T[];
  present: T | undefined;
  onChoose(id: number): void;
  /** The second line of a thing. */
  note(item: T, at: number): ReactNode;
  /** Tools of the chosen one, before its removal. */
  tools?: (item: T, at: number) => ReactNode;
  words: { remove: (name: string) => string; removed: (name: string) => string };
  remove(id: number): Promise<unknown>;
  /** Takes the removal back. */
  keep(id: number): Promise<unknown>;
}

export function KeptList<T extends Named>(props: KeptListProps<T>): ReactNode {
  const { items, present, words } = props;
  const t = useText();
  const list = useRef<HTMLUListElement>(null);
  const remove = async ({ id, name }: T) => {
    await changeKept(async () => {
      await props.remove(id);
      showToast({
        text: words.removed(name),
        icon: 'trash',
        actions: [{ label: t.common.undo, run: () => void changeKept(() => props.keep(id)) }],
      });
    });
    // Its button is gone: the keyboard goes to the one that is chosen now.
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>('[aria-current]')?.focus());
  };
  if (items.length === 0) return null;
  return (
    <ul ref={list} className={styles.list} aria-label={props.label}>
      {items.map((each, at) => (
        <li key={each.id} className={classes(each === present && styles.chosen)}>
          <button
            type="button"
            className={styles.item}
            {...(each === present ? { 'aria-current': 'true' as const } : {})}
            onClick={() => props.onChoose(each.id)}
          >
            <b>{each.name}</b>
            {props.note(each, at)}
          </button>
          {each === present ? (
            <span className={styles.tools}>
              {props.tools?.(each, at)}
              <IconButton
                size="small"
                label={words.remove(each.name)}
                icon={<Trash2 size={16} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => void remove(each)}
              />
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
