/**
 * One line of recipients: chips and a field that completes. Names of people come from the engine
 * (people.suggest); the address is always shown. Arrow keys reach the chips, so Tab stays the way to the next line.
 */
import { Globe, X } from 'lucide-react';
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import { useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { isCancelled } from '../../transport/fault.ts';
import { Portrait } from '../../ui/chip.tsx';
import { classes } from '../../ui/class-names.ts';
import styles from './recipients.module.css';
import {
  addressProblem,
  domainOf,
  type Recipient,
  readRecipients,
  standingOf,
  withoutDoubles,
  writeRecipient,
} from './recipients.ts';

type Person = Output<'people.suggest'>[number];

export type RecipientLine = 'to' | 'cc' | 'bcc' | 'replyTo';

export interface RecipientsFieldProps {
  line: RecipientLine;
  label: string;
  recipients: readonly Recipient[];
  onChange: (recipients: Recipient[]) => void;
  /** A chip was dragged here from another line. */
  onMoved: (from: RecipientLine, recipient: Recipient) => void;
  houses: ReadonlySet<string>;
  ownDomains: ReadonlySet<string>;
  autoFocus?: boolean;
  /** At the right end. */
  children?: ReactNode;
  inputRef?: Ref<HTMLInputElement>;
}

/** Rest after a key press before people are looked up. */
const LOOKUP_MS = 80;
const DRAG_TYPE = 'application/x-postroom-recipient';

function usePeople(typed: string, taken: readonly Recipient[]): readonly Person[] {
  const [people, setPeople] = useState<readonly Person[]>([]);
  useEffect(() => {
    const text = typed.trim();
    if (text === '') {
      setPeople([]);
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      engine()
        .request('people.suggest', { text: text.slice(0, 200) }, { signal: abort.signal })
        .then(setPeople, (thrown) => {
          // Completion is a help: without it the address can still be typed.
          if (!isCancelled(thrown)) setPeople([]);
        })
        .then(() =>
          engine().request('contacts.lookup', { text: text.slice(0, 200) }, { signal: abort.signal }),
        )
        // What directories say comes late and stands below: nothing moves under the pointer.
        .then(
          (found) => setPeople((present) => withFound(present, found)),
          () => undefined,
        );
    }, LOOKUP_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [typed]);
  const there = new Set(taken.map((each) => each.address.toLowerCase()));
  return people.filter((each) => each.address === '' || !there.has(each.address.toLowerCase()));
}

/** Suggestions shown at once; a longer list is not read. */
const MOST_SHOWN = 12;

/** People of directories below those who are there already. */
function withFound(present: readonly Person[], found: Output<'contacts.lookup'>): readonly Person[] {
  const known = new Set(present.map((each) => each.address.toLowerCase()));
  const more = found
    .filter((each) => !known.has(each.address.toLowerCase()))
    .map(({ name, address, department }) => ({ name, address, department, source: 'office' as const }));
  return more.length === 0 ? present : [...present, ...more].slice(0, MOST_SHOWN);
}

export function RecipientsField(props: RecipientsFieldProps): ReactNode {
  const { line, label, recipients, houses, ownDomains } = props;
  const t = useText();
  const base = useId();
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(-1);
  const [open, setOpen] = useState(false);
  const chips = useRef<HTMLUListElement>(null);
  const field = useRef<HTMLInputElement | null>(null);
  const people = usePeople(typed, recipients);
  const showing = open && people.length > 0;
  const whole = addressProblem(typed.trim(), ownDomains) === null;
  const at = active >= people.length ? -1 : active === -1 && !whole ? 0 : active;

  const { autoFocus } = props;
  useEffect(() => {
    if (autoFocus) field.current?.focus();
  }, [autoFocus]);

  const add = (more: readonly Recipient[]) => {
    if (more.length > 0) props.onChange(withoutDoubles([...recipients, ...more]));
    setTyped('');
    setActive(-1);
    setOpen(false);
  };
  const remove = (index: number) => {
    props.onChange(recipients.filter((_, place) => place !== index));
    field.current?.focus();
  };
  const choose = (person: Person | undefined) => {
    // A group comes in as its people.
    if (person) add(person.members ?? [{ name: person.name, address: person.address }]);
  };
  const focusChip = (index: number) =>
    chips.current?.querySelectorAll<HTMLElement>('[data-chip]')[index]?.focus();

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { key } = event;
    const ends = key === 'Enter' || key === ',' || key === ';' || (key === 'Tab' && !event.shiftKey);
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey) return;
    if (key === 'ArrowDown' && people.length > 0) {
      setOpen(true);
      setActive(Math.min(people.length - 1, at + 1));
    } else if (key === 'ArrowUp' && showing) setActive(Math.max(0, at - 1));
    else if (key === 'Escape' && showing) setOpen(false);
    else if (ends && typed.trim() !== '') {
      if (showing && at >= 0 && key !== ',' && key !== ';') choose(people[at]);
      else add(readRecipients(typed));
      if (key === 'Tab') return;
    } else if (key === 'Enter') {
      // A field alone would send a form; here Enter only ends an address.
    } else if (
      (key === 'Backspace' || key === 'ArrowLeft') &&
      caretAtStart(event.currentTarget) &&
      recipients.length > 0
    )
      focusChip(recipients.length - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text/plain');
    if (!/[@,;\n]/.test(text) || typed.trim() !== '') return;
    event.preventDefault();
    add(readRecipients(text));
  };
  const onChipKey = (event: KeyboardEvent, index: number) => {
    const { key } = event;
    const recipient = recipients[index];
    if (key === 'Backspace' || key === 'Delete') remove(index);
    else if (key === 'ArrowLeft') focusChip(Math.max(0, index - 1));
    else if (key === 'ArrowRight') {
      if (index + 1 < recipients.length) focusChip(index + 1);
      else field.current?.focus();
    } else if ((key === 'Enter' || key === 'F2') && recipient) edit(index, recipient);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const edit = (index: number, recipient: Recipient) => {
    remove(index);
    setTyped(writeRecipient(recipient));
    setOpen(false);
  };
  const onDrop = (event: DragEvent) => {
    const dragged = readDragged(event);
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
    if (dragged.line !== line) props.onMoved(dragged.line, dragged.recipient);
  };
  const invalid = recipients.find((each) => addressProblem(each.address, ownDomains) !== null);
  const problem = invalid && addressProblem(invalid.address, ownDomains);
  return (
    <div
      role="group"
      aria-label={label}
      className={styles.line}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(DRAG_TYPE)) event.preventDefault();
      }}
      onDrop={onDrop}
    >
      <label className={styles.label} htmlFor={`${base}field`}>
        {label}
      </label>
      <div className={styles.middle}>
        <ul className={styles.chips} ref={chips}>
          {recipients.map((recipient, index) => (
            <Chip
              key={recipient.address.toLowerCase()}
              recipient={recipient}
              standing={standingOf(recipient, houses, ownDomains)}
              ownDomains={ownDomains}
              onKeyDown={(event) => onChipKey(event, index)}
              onRemove={() => remove(index)}
              onEdit={() => edit(index, recipient)}
              onDragStart={(event) => {
                event.dataTransfer.setData(DRAG_TYPE, JSON.stringify({ line, recipient }));
                event.dataTransfer.setData('text/plain', writeRecipient(recipient));
                event.dataTransfer.effectAllowed = 'move';
              }}
            />
          ))}
          <li className={styles.entry}>
            <input
              id={`${base}field`}
              ref={(element) => {
                field.current = element;
                const { inputRef } = props;
                if (typeof inputRef === 'function') inputRef(element);
                else if (inputRef) inputRef.current = element;
              }}
              role="combobox"
              aria-label={label}
              aria-autocomplete="list"
              aria-expanded={showing}
              aria-controls={showing ? `${base}list` : undefined}
              aria-activedescendant={showing && at >= 0 ? `${base}${at}` : undefined}
              aria-describedby={problem ? `${base}problem` : undefined}
              aria-invalid={problem ? true : undefined}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => {
                setTyped(event.target.value);
                setActive(-1);
                setOpen(true);
              }}
              onKeyDown={onKeyDown}
              onPaste={onPaste}
              onBlur={() => {
                if (typed.trim() !== '') add(readRecipients(typed));
                setOpen(false);
              }}
            />
            {showing ? (
              <Suggestions
                base={base}
                field={field.current}
                people={people}
                at={at}
                onChoose={choose}
                onActive={setActive}
              />
            ) : null}
          </li>
        </ul>
        {problem && invalid ? (
          <p className={styles.problem} id={`${base}problem`}>
            {invalid.address}: {t.composer.addressProblems[problem]}
          </p>
        ) : null}
      </div>
      {props.children}
    </div>
  );
}

const caretAtStart = (input: HTMLInputElement): boolean =>
  input.selectionStart === 0 && input.selectionEnd === 0;

function readDragged(event: DragEvent): { line: RecipientLine; recipient: Recipient } | null {
  const data = event.dataTransfer.getData(DRAG_TYPE);
  if (data === '') return null;
  try {
    return JSON.parse(data) as { line: RecipientLine; recipient: Recipient };
  } catch {
    return null;
  }
}

interface ChipProps {
  recipient: Recipient;
  standing: ReturnType<typeof standingOf>;
  ownDomains: ReadonlySet<string>;
  onKeyDown: (event: KeyboardEvent) => void;
  onRemove: () => void;
  onEdit: () => void;
  onDragStart: (event: DragEvent) => void;
}

function Chip({ recipient, standing, ownDomains, ...on }: ChipProps): ReactNode {
  const t = useText();
  const { name, address } = recipient;
  const problem = addressProblem(address, ownDomains);
  const shown = name || address || '?';
  const title = problem
    ? `${address}: ${t.composer.addressProblems[problem]}`
    : standing === 'outside'
      ? `${writeRecipient(recipient)}. ${t.composer.outsideTip}`
      : writeRecipient(recipient);
  return (
    <li
      className={classes(styles.chip, styles[standing])}
      title={title}
      draggable
      onDragStart={on.onDragStart}
      onDoubleClick={on.onEdit}
    >
      {standing === 'outside' ? <Globe size={14} strokeWidth={1.75} aria-hidden="true" /> : null}
      <span className={styles.name}>{shown}</span>
      {standing === 'outside' && name ? <span className={styles.domain}>{domainOf(address)}</span> : null}
      <button
        type="button"
        data-chip=""
        tabIndex={-1}
        className={styles.remove}
        aria-label={t.composer.removeRecipient(problem ? title : shown)}
        onKeyDown={on.onKeyDown}
        onClick={on.onRemove}
      >
        <X size={13} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </li>
  );
}

function Suggestions(props: {
  base: string;
  field: HTMLElement | null;
  people: readonly Person[];
  at: number;
  onChoose: (person: Person) => void;
  onActive: (at: number) => void;
}): ReactNode {
  const t = useText();
  // Fixed, because the lines above the text scroll when there are many of them.
  const place = props.field?.getBoundingClientRect();
  return (
    <div
      className={styles.list}
      style={{ left: place?.left ?? 0, top: (place?.bottom ?? 0) + 4 }}
      role="listbox"
      id={`${props.base}list`}
      aria-label={t.composer.suggestions}
      data-overlay=""
    >
      {props.people.map((person, index) => (
        <div
          key={`${person.address} ${person.name}`}
          id={`${props.base}${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === props.at}
          className={classes(styles.option, index === props.at && styles.active)}
          onPointerMove={() => props.onActive(index)}
          // Before the field loses the focus, which would take the typed letters for an address.
          onPointerDown={(event) => {
            event.preventDefault();
            props.onChoose(person);
          }}
        >
          <Portrait name={person.name} address={person.address} size={24} />
          <span className={styles.person}>
            <b>{person.name || person.address}</b>
            {person.members ? (
              <span>{t.contacts.members(person.members.length)}</span>
            ) : person.name ? (
              <span>{[person.address, person.department].filter(Boolean).join(' · ')}</span>
            ) : null}
          </span>
          <span className={styles.source}>{t.composer.sources[person.source]}</span>
        </div>
      ))}
    </div>
  );
}
