import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components';
import { classes } from './class-names.ts';
import dialog from './dialog.module.css';
import styles from './picker.module.css';
import { rank } from './rank.ts';

export interface Choice {
  id: string;
  label: string;
  /** At the right: a key, an account. */
  hint?: string | undefined;
  icon?: ReactNode;
  /** Why it cannot be chosen now. */
  reason?: string | undefined;
  checked?: boolean;
}

export interface PickerProps {
  title: string;
  placeholder: string;
  /** Said when nothing matches. */
  none: string;
  choices: readonly Choice[];
  /** One more choice made of the typed text ("New tag ..."). */
  extra?: (typed: string) => Choice | null;
  onPick: (id: string, typed: string) => void;
  onClose: () => void;
}

/** Drawn at once; more match only words nobody would scroll to. */
const DRAWN = 100;

/** A list one types into: type-ahead over folders, tags, commands. Enter picks, Esc closes. */
export function Picker({
  title,
  placeholder,
  none,
  choices,
  extra,
  onPick,
  onClose,
}: PickerProps): ReactNode {
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => {
    const ranked = rank(typed, choices, (choice) => choice.label).slice(0, DRAWN);
    const more = typed.trim() ? extra?.(typed.trim()) : null;
    return more ? [...ranked, more] : ranked;
  }, [typed, choices, extra]);
  const at = Math.min(active, found.length - 1);

  useLayoutEffect(() => {
    list.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const pick = (choice: Choice | undefined) => {
    if (choice && !choice.reason) onPick(choice.id, typed.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(Math.min(found.length - 1, at + 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(0, at - 1));
    else if (event.key === 'Enter') pick(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <ModalOverlay
      className={dialog.overlay ?? ''}
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={classes(dialog.modal, styles.picker)}>
        <AriaDialog className={dialog.dialog ?? ''} aria-label={title} data-scope="dialog">
          <div className={styles.field}>
            <input
              role="combobox"
              aria-label={title}
              aria-expanded="true"
              aria-controls={`${base}list`}
              aria-activedescendant={found.length > 0 ? `${base}${at}` : undefined}
              aria-autocomplete="list"
              placeholder={placeholder}
              spellCheck={false}
              value={typed}
              // The dialog was asked for by a key or a press: its field is where the person means to be.
              ref={focusOnce}
              onChange={(event) => {
                setTyped(event.target.value);
                setActive(0);
              }}
              onKeyDown={onKeyDown}
            />
          </div>
          <div ref={list} id={`${base}list`} role="listbox" aria-label={title} className={styles.list}>
            {found.map((choice, place) => (
              <div
                key={choice.id}
                id={`${base}${place}`}
                data-at={place}
                role="option"
                tabIndex={-1}
                aria-selected={place === at}
                aria-disabled={choice.reason !== undefined}
                title={choice.reason}
                className={classes(
                  styles.option,
                  place === at && styles.active,
                  choice.reason && styles.disabled,
                )}
                onClick={() => pick(choice)}
              >
                {choice.icon}
                <span className={styles.label}>{choice.label}</span>
                {choice.hint ? <span className={styles.hint}>{choice.hint}</span> : null}
              </div>
            ))}
            {found.length === 0 ? <p className={styles.none}>{none}</p> : null}
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

function focusOnce(input: HTMLInputElement | null): void {
  if (input && !input.dataset['met']) {
    input.dataset['met'] = '1';
    input.focus();
  }
}
