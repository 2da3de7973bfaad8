/** What a letter's menu and the palette offer of rules. */
import { ListFilter, Waypoints } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Question } from '../../../main/contract/mail/rules.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { openSettings, useInMail, usePlace } from '../../state/place.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox } from '../../ui/field.tsx';
import editor from './editor.module.css';
import { LogDialog } from './log-dialog.tsx';
import { reasonWords } from './rule-words.ts';
import styles from './rules.module.css';
import { startRule } from './rules-state.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

interface Proposed {
  name: string;
  questions: readonly Question[];
}

/** Registers the commands; draws their dialogs. */
export function RuleCommands(): ReactNode {
  const t = useText();
  const words = t.rules.fromLetter;
  const letter = usePlace((state) => state.letter);
  const [proposed, setProposed] = useState<Proposed | null>(null);
  const [why, setWhy] = useState<number | null>(null);
  const inMail = useInMail();
  const none = inMail ? (letter === null ? t.window.needsOne : undefined) : t.window.notInMail;
  const commands: Command[] = [
    {
      id: 'go.rules',
      label: t.rules.open,
      group: 'go',
      icon: <ListFilter {...icon} />,
      run: () => openSettings('rules'),
    },
    {
      id: 'message.makeRule',
      label: words.command,
      group: 'message',
      icon: <ListFilter {...icon} />,
      reason: none,
      run: () => {
        if (letter === null) return;
        engine().request('rules.propose', { message: letter }).then(setProposed, sayFailure);
      },
    },
    {
      id: 'message.whyHere',
      label: words.why,
      group: 'message',
      icon: <Waypoints {...icon} />,
      reason: none,
      run: () => setWhy(letter),
    },
  ];
  useCommands(commands);
  return (
    <>
      {proposed ? <ProposalDialog proposed={proposed} onClose={() => setProposed(null)} /> : null}
      {why === null ? null : <LogDialog message={why} onClose={() => setWhy(null)} />}
    </>
  );
}

function ProposalDialog({ proposed, onClose }: { proposed: Proposed; onClose: () => void }): ReactNode {
  const t = useText();
  const shown = useFormats();
  const words = t.rules.fromLetter;
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set([0]));
  const said = (question: Question): string => {
    const test = 'test' in question ? question.test : 'is';
    const value = 'value' in question ? String(question.value) : '';
    const field = question.field === 'header' ? question.name : question.field;
    return reasonWords({ field, test, value, text: '', from: 0, to: 0 }, t, shown, new Map());
  };
  const picked = proposed.questions.filter((_, n) => chosen.has(n));
  return (
    <Dialog
      isOpen
      title={words.title}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>{t.common.cancel}</Button>
          <Button
            variant="primary"
            isDisabled={picked.length === 0}
            onPress={() => {
              onClose();
              startRule({ name: proposed.name, when: { match: 'all', of: [...picked] } });
            }}
          >
            {words.next}
          </Button>
        </>
      }
    >
      <p className={editor.about}>{proposed.questions.length === 0 ? words.nothing : words.about}</p>
      <div className={styles.proposals}>
        {proposed.questions.map((question, n) => (
          <Checkbox
            key={said(question)}
            selected={chosen.has(n)}
            onChange={(on) => {
              const next = new Set(chosen);
              if (on) next.add(n);
              else next.delete(n);
              setChosen(next);
            }}
          >
            {said(question)}
          </Checkbox>
        ))}
      </div>
    </Dialog>
  );
}
