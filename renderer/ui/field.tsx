/** Inputs with their label, hint and problem. The label is always visible unless `hideLabel` says it stands elsewhere. */
import { Check, ChevronDown, Minus } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  Radio as AriaRadio,
  RadioGroup as AriaRadioGroup,
  Select as AriaSelect,
  Switch as AriaSwitch,
  TextField as AriaTextField,
  FieldError,
  Input,
  type KeyboardEvent,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  Text,
  TextArea,
} from 'react-aria-components';
import { classes } from './class-names.ts';
import styles from './field.module.css';

interface Labelled {
  label: string;
  hideLabel?: boolean;
  hint?: string | undefined;
}

export interface TextFieldProps extends Labelled {
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'password' | 'email' | 'search' | 'number';
  placeholder?: string;
  /** Why the value cannot be used. */
  problem?: string | undefined;
  isDisabled?: boolean;
  isRequired?: boolean;
  autoFocus?: boolean;
  autoComplete?: string;
  /** Lines of a text area; absent: one line. */
  lines?: number;
  className?: string;
  onKeyDown?: (event: { key: string; preventDefault(): void }) => void;
  onBlur?: () => void;
  inputRef?: Ref<HTMLInputElement>;
}

/** The library keeps a key to the field that looks at it; Esc and chords are for the dialog and the window around it. */
function passingOn(look: NonNullable<TextFieldProps['onKeyDown']>) {
  return (event: KeyboardEvent) => {
    look(event);
    if (!event.defaultPrevented) event.continuePropagation();
  };
}

export function TextField(props: TextFieldProps): ReactNode {
  const { label, hideLabel, hint, problem, lines } = props;
  return (
    <AriaTextField
      className={classes(styles.field, props.className)}
      value={props.value}
      onChange={props.onChange}
      type={props.type ?? 'text'}
      isInvalid={problem !== undefined}
      isDisabled={props.isDisabled ?? false}
      isRequired={props.isRequired ?? false}
      validationBehavior="aria"
      {...(props.autoFocus ? { autoFocus: true } : {})}
      {...(props.autoComplete ? { autoComplete: props.autoComplete } : {})}
      {...(props.onKeyDown ? { onKeyDown: passingOn(props.onKeyDown) } : {})}
      {...(props.onBlur ? { onBlur: props.onBlur } : {})}
      {...(hideLabel ? { 'aria-label': label } : {})}
    >
      {hideLabel ? null : <Label className={styles.label ?? ''}>{label}</Label>}
      {lines === undefined ? (
        <Input
          className={styles.input ?? ''}
          placeholder={props.placeholder ?? ''}
          spellCheck="false"
          {...(props.inputRef ? { ref: props.inputRef } : {})}
        />
      ) : (
        <TextArea className={styles.input ?? ''} rows={lines} placeholder={props.placeholder ?? ''} />
      )}
      {hint ? (
        <Text slot="description" className={styles.hint ?? ''}>
          {hint}
        </Text>
      ) : null}
      <FieldError className={styles.problem ?? ''}>{problem}</FieldError>
    </AriaTextField>
  );
}

export interface Option<K extends string> {
  id: K;
  label: string;
  hint?: string;
}

export interface SelectProps<K extends string> extends Labelled {
  options: readonly Option<K>[];
  value: K;
  onChange: (value: K) => void;
  isDisabled?: boolean;
  className?: string;
}

export function Select<K extends string>(props: SelectProps<K>): ReactNode {
  return (
    <AriaSelect
      className={classes(styles.field, props.className)}
      selectedKey={props.value}
      onSelectionChange={(key) => {
        const option = props.options.find((candidate) => candidate.id === key);
        if (option) props.onChange(option.id);
      }}
      isDisabled={props.isDisabled ?? false}
      {...(props.hideLabel ? { 'aria-label': props.label } : {})}
    >
      {props.hideLabel ? null : <Label className={styles.label ?? ''}>{props.label}</Label>}
      <AriaButton className={styles.select ?? ''}>
        <SelectValue />
        <ChevronDown size={14} strokeWidth={1.75} aria-hidden="true" />
      </AriaButton>
      {props.hint ? (
        <Text slot="description" className={styles.hint ?? ''}>
          {props.hint}
        </Text>
      ) : null}
      <Popover className={styles.options ?? ''} offset={4}>
        <ListBox>
          {props.options.map((option) => (
            <ListBoxItem
              key={option.id}
              id={option.id}
              textValue={option.label}
              className={styles.option ?? ''}
            >
              {option.label}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export interface SwitchProps {
  children: ReactNode;
  selected: boolean;
  onChange: (selected: boolean) => void;
  isDisabled?: boolean;
}

export function Switch({ children, selected, onChange, isDisabled }: SwitchProps): ReactNode {
  return (
    <AriaSwitch
      className={styles.choice ?? ''}
      isSelected={selected}
      onChange={onChange}
      isDisabled={isDisabled ?? false}
    >
      <span className={styles.track} />
      <span>{children}</span>
    </AriaSwitch>
  );
}

export interface CheckboxProps extends SwitchProps {
  indeterminate?: boolean;
  label?: string;
}

export function Checkbox({
  children,
  selected,
  onChange,
  isDisabled,
  indeterminate,
  label,
}: CheckboxProps): ReactNode {
  return (
    <AriaCheckbox
      className={styles.choice ?? ''}
      isSelected={selected}
      onChange={onChange}
      isDisabled={isDisabled ?? false}
      isIndeterminate={indeterminate ?? false}
      {...(label ? { 'aria-label': label } : {})}
    >
      <span className={styles.box}>
        {indeterminate ? <Minus size={12} strokeWidth={2.5} /> : <Check size={12} strokeWidth={2.5} />}
      </span>
      {children}
    </AriaCheckbox>
  );
}

export interface RadioGroupProps<K extends string> extends Labelled {
  options: readonly (Option<K> & { content?: ReactNode })[];
  value: K | null;
  onChange: (value: K) => void;
  className?: string;
}

export function RadioGroup<K extends string>(props: RadioGroupProps<K>): ReactNode {
  return (
    <AriaRadioGroup
      className={classes(styles.group, props.className)}
      value={props.value}
      onChange={(value) => {
        const option = props.options.find((candidate) => candidate.id === value);
        if (option) props.onChange(option.id);
      }}
      {...(props.hideLabel ? { 'aria-label': props.label } : {})}
    >
      {props.hideLabel ? null : <Label className={styles.label ?? ''}>{props.label}</Label>}
      {props.options.map((option) => (
        <AriaRadio key={option.id} value={option.id} className={styles.choice ?? ''}>
          <span className={styles.dot} />
          {option.content ?? <span>{option.label}</span>}
        </AriaRadio>
      ))}
    </AriaRadioGroup>
  );
}
