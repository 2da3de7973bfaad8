/** What a rule does: a list of actions, each with what it needs to know. */
import { Folder as FolderIcon, Plus, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { RuleAction } from '../../../main/contract/mail/rules.ts';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { useWriting } from '../../state/writing.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { FieldMenu, SIGNATURE_FIELDS } from '../signatures/field-menu.tsx';
import { FolderPicker } from '../tree/folder-picker.tsx';
import styles from './editor.module.css';
import { TagField } from './question-row.tsx';
import { folderWords } from './rule-words.ts';
import { isAddress } from './rules-state.ts';

type Kind = RuleAction['do'];
const KINDS: readonly Kind[] = [
  'move',
  'copy',
  'tag',
  'flag',
  'read',
  'delete',
  'forward',
  'redirect',
  'reply',
  'sound',
  'notify',
  'plan',
];
/** A letter that nobody writes has no cursor and quotes nothing. */
const REPLY_FIELDS = [...SIGNATURE_FIELDS, 'subject'] as const;
/** No folder chosen yet. */
const NONE = 0;

function blank(kind: Kind): RuleAction {
  switch (kind) {
    case 'move':
    case 'copy':
      return { do: kind, to: NONE };
    case 'tag':
      return { do: kind, tag: '' };
    case 'forward':
    case 'redirect':
      return { do: kind, to: [] };
    case 'reply':
      return { do: kind, subject: '', text: '', days: 7 };
    case 'plan':
      return { do: kind, mark: 'fetch' };
    default:
      return { do: kind };
  }
}

/** An action has no identity but its place. */
const placeKey = (at: number): string => `action ${at}`;

export function ActionRows({
  actions,
  onChange,
}: {
  actions: readonly RuleAction[];
  onChange: (actions: RuleAction[]) => void;
}): ReactNode {
  const t = useText();
  const words = t.rules;
  const kinds = KINDS.map((id) => ({ id, label: words.actions[id] }));
  const put = (at: number, action: RuleAction): void =>
    onChange(actions.map((each, n) => (n === at ? action : each)));
  return (
    <div className={styles.conditions}>
      <h2>{words.does}</h2>
      {actions.map((action, at) => (
        <div key={placeKey(at)} className={styles.questionRow}>
          <div className={styles.action}>
            <Select
              hideLabel
              label={words.actionKind}
              value={action.do}
              options={kinds}
              onChange={(kind) => put(at, blank(kind))}
            />
            <Details action={action} onChange={(next) => put(at, next)} />
          </div>
          <IconButton
            size="small"
            label={words.removeAction}
            icon={<X size={15} strokeWidth={1.75} aria-hidden="true" />}
            onPress={() => onChange(actions.filter((_, n) => n !== at))}
          />
        </div>
      ))}
      <div className={styles.adders}>
        <Button
          variant="quiet"
          size="small"
          icon={<Plus size={14} strokeWidth={1.75} aria-hidden="true" />}
          onPress={() =>
            onChange([...actions, blank(actions.some((each) => each.do === 'move') ? 'tag' : 'move')])
          }
        >
          {words.action}
        </Button>
      </div>
    </div>
  );
}

function Details({
  action,
  onChange,
}: {
  action: RuleAction;
  onChange: (action: RuleAction) => void;
}): ReactNode {
  const t = useText();
  const words = t.rules;
  switch (action.do) {
    case 'move':
    case 'copy':
      return <FolderField folder={action.to} onChange={(to) => onChange({ ...action, to })} />;
    case 'tag':
      return (
        <TagField value={action.tag} onChange={(tag) => onChange({ ...action, tag: tag.slice(0, 64) })} />
      );
    case 'forward':
    case 'redirect':
      return <AddressesField to={action.to} onChange={(to) => onChange({ ...action, to })} />;
    case 'plan':
      return (
        <Select
          hideLabel
          label={words.planKind}
          value={action.mark}
          options={(['fetch', 'keep', 'delete'] as const).map((id) => ({ id, label: words.plans[id] }))}
          onChange={(mark) => onChange({ ...action, mark })}
        />
      );
    case 'reply':
      return <Answer action={action} onChange={onChange} />;
    default:
      return <span />;
  }
}

type Reply = Extract<RuleAction, { do: 'reply' }>;
const OWN_WORDS = 'own';

/** What is answered: a template, or words of the rule's own. */
function Answer({ action, onChange }: { action: Reply; onChange: (action: Reply) => void }): ReactNode {
  const t = useText();
  const words = t.rules;
  const templates = useWriting((state) => state.templates).filter((each) => each.kind === 'template');
  const { template } = action;
  const known = template === undefined || templates.some(({ id }) => id === template);
  const options = [
    { id: OWN_WORDS, label: words.replyOwn },
    ...templates.map(({ id, name }) => ({ id: String(id), label: name })),
    ...(known ? [] : [{ id: String(template), label: words.templateGone }]),
  ];
  const insert = (token: string): void => {
    const space = action.text === '' || /\s$/.test(action.text) ? '' : ' ';
    onChange({ ...action, text: `${action.text}${space}${token}`.slice(0, 20_000) });
  };
  return (
    <div className={styles.answer}>
      <Select
        hideLabel
        label={words.replyWith}
        value={template === undefined ? OWN_WORDS : String(template)}
        options={options}
        onChange={(id) => {
          const { template: _former, ...rest } = action;
          onChange(id === OWN_WORDS ? rest : { ...rest, template: Number(id) });
        }}
      />
      {template === undefined ? (
        <>
          <TextField
            hideLabel
            label={words.replySubject}
            placeholder={words.replySubject}
            value={action.subject}
            onChange={(subject) => onChange({ ...action, subject: subject.slice(0, 200) })}
          />
          <TextField
            hideLabel
            lines={5}
            label={words.replyText}
            placeholder={words.replyText}
            value={action.text}
            onChange={(text) => onChange({ ...action, text: text.slice(0, 20_000) })}
          />
          <div>
            <FieldMenu fields={REPLY_FIELDS} onInsert={insert} />
          </div>
        </>
      ) : null}
      <TextField
        type="number"
        label={words.replyDays}
        value={String(action.days)}
        onChange={(typed) =>
          onChange({ ...action, days: Math.min(365, Math.max(1, Math.round(Number(typed)) || 1)) })
        }
      />
    </div>
  );
}

function AddressesField({
  to,
  onChange,
}: {
  to: readonly string[];
  onChange: (to: string[]) => void;
}): ReactNode {
  const t = useText();
  const words = t.rules;
  // As it is typed: a comma at its end is on its way to the next address.
  const [typed, setTyped] = useState(to.join(', '));
  const wrong = to.find((each) => !isAddress(each));
  return (
    <TextField
      hideLabel
      label={words.addresses}
      placeholder={words.addresses}
      value={typed}
      problem={wrong === undefined ? undefined : words.badAddress(wrong)}
      onChange={(next) => {
        setTyped(next);
        const all = next.split(/[,;\s]+/).filter((each) => each !== '');
        onChange(all.slice(0, 20));
      }}
    />
  );
}

/** A folder, chosen by typing a part of its name. */
export function FolderField({
  folder,
  onChange,
  none,
}: {
  folder: number;
  onChange: (folder: number) => void;
  /** Said where none is chosen. */
  none?: string;
}): ReactNode {
  const t = useText();
  const words = t.rules;
  const folders = useSession((state) => state.folders);
  const [picking, setPicking] = useState(false);
  const path = folder === NONE ? (none ?? words.chooseFolder) : folderWords(folder, folders, t);
  return (
    <>
      <Button
        className={styles.folder}
        label={words.folderOf(path)}
        icon={<FolderIcon size={15} strokeWidth={1.75} aria-hidden="true" />}
        onPress={() => setPicking(true)}
      >
        {path}
      </Button>
      {picking ? (
        <FolderPicker
          title={words.chooseFolder}
          onClose={() => setPicking(false)}
          onPick={(id) => {
            setPicking(false);
            onChange(id);
          }}
        />
      ) : null}
    </>
  );
}
