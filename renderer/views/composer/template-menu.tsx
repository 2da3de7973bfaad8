/** Templates in the composer: put one into the letter, or make one of it. */
import { FileText, Pencil, Save } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { sentence } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { openSettings } from '../../state/place.ts';
import { showToast } from '../../state/toasts.ts';
import { useWriting } from '../../state/writing.ts';
import { asFault } from '../../transport/fault.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { MenuButton, type MenuEntry } from '../../ui/menu.tsx';
import styles from './composer.module.css';
import type { useSignature } from './use-signature.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export interface TemplateMenuProps {
  hold: ReturnType<typeof useSignature>;
  /** Of the letter: what the template may be called. */
  subject: string;
}

export function TemplateMenu({ hold, subject }: TemplateMenuProps): ReactNode {
  const t = useText();
  const words = t.signatures.templates;
  const templates = useWriting((state) => state.templates);
  const [naming, setNaming] = useState(false);
  const items = (kind: 'template' | 'stationery') =>
    templates
      .filter((each) => each.kind === kind)
      .map((each) => ({ id: String(each.id), label: each.name, run: () => void hold.template(each.id) }));
  const section = (head: string, kind: 'template' | 'stationery'): MenuEntry[] => {
    const found = items(kind);
    return found.length === 0 ? [] : [{ head, items: found }];
  };
  const sections = [...section(words.title, 'template'), ...section(words.stationery, 'stationery')];
  return (
    <>
      <MenuButton
        label={words.one}
        entries={[
          ...sections,
          ...(sections.length === 0 ? [{ id: 'none', label: words.none, reason: words.noneWhy }] : []),
          { separator: true },
          { id: 'save', label: words.saveAs, icon: <Save {...icon} />, run: () => setNaming(true) },
          {
            id: 'edit',
            label: words.edit,
            icon: <Pencil {...icon} />,
            run: () => openSettings('templates'),
          },
        ]}
      >
        <Button variant="quiet" icon={<FileText {...icon} />} tooltip={words.one}>
          <span className={styles.barLabel}>{words.one}</span>
        </Button>
      </MenuButton>
      {naming ? <NameDialog hold={hold} subject={subject} onClose={() => setNaming(false)} /> : null}
    </>
  );
}

function NameDialog({ hold, subject, onClose }: TemplateMenuProps & { onClose: () => void }): ReactNode {
  const t = useText();
  const words = t.signatures.templates;
  const [name, setName] = useState(subject.slice(0, 200));
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const save = async () => {
    try {
      await hold.saveTemplate(name.trim());
      showToast({ text: words.saved(name.trim()), icon: 'check' });
      onClose();
    } catch (thrown) {
      setProblem(sentence(asFault(thrown)).title);
    }
  };
  return (
    <Dialog
      isOpen
      title={words.saveAsTitle}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button variant="primary" isDisabled={name.trim() === ''} onPress={() => void save()}>
            {t.common.save}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void save();
        }}
      >
        <TextField label={words.name} value={name} onChange={setName} problem={problem} autoFocus />
      </form>
    </Dialog>
  );
}
