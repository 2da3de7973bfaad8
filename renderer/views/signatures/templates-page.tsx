/** Templates and stationery, snippets, and the person's own words. Kept as they are typed; removing can be undone. */
import { FileText, Palette, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Template } from '../../../main/contract/mail/signatures.ts';
import { useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { useWriting } from '../../state/writing.ts';
import { Button } from '../../ui/button.tsx';
import { changeKept, freeName, KeptList, useChosen } from './kept-list.tsx';
import { OwnWords } from './own-words.tsx';
import styles from './signatures.module.css';
import { Snippets } from './snippets.tsx';
import { TemplateEditor } from './template-editor.tsx';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function TemplatesPage(): ReactNode {
  const t = useText();
  const words = t.signatures.templates;
  const templates = useWriting((state) => state.templates);
  const [present, choose] = useChosen(templates);
  const add = (kind: Template['kind']) =>
    changeKept(async () => {
      const made = await engine().request('templates.save', {
        name: freeName(kind === 'template' ? words.newName : words.newStationery, templates),
        kind,
        content: {
          subject: '',
          to: [],
          cc: [],
          bcc: [],
          html: kind === 'template' ? '' : `<div>{{${t.signatures.tokens.cursor}}}</div>`,
          text: '',
          paper: { background: kind === 'template' ? '' : '#fffbe6', font: '' },
        },
      });
      choose(made.id);
    });
  return (
    <>
      <p className={styles.intro}>{words.intro}</p>
      <div className={styles.halves}>
        <div className={styles.side}>
          {templates.length === 0 ? <p className={styles.quiet}>{words.none}</p> : null}
          <KeptList
            label={words.list}
            items={templates}
            present={present}
            onChoose={choose}
            words={words}
            note={({ kind, attachments }) => (
              <span>
                {words.kinds[kind]}
                {attachments.length > 0 ? `, ${words.count(attachments.length)}` : ''}
              </span>
            )}
            remove={(id) => engine().request('templates.remove', { id })}
            keep={(id) => engine().request('templates.keep', { id })}
          />
          <Button icon={<Plus {...icon} />} onPress={() => void add('template')}>
            {words.add}
          </Button>
          <Button variant="quiet" icon={<Palette {...icon} />} onPress={() => void add('stationery')}>
            {words.addStationery}
          </Button>
        </div>
        {present ? (
          <TemplateEditor key={present.id} template={present} />
        ) : (
          <p className={styles.empty}>
            <FileText size={20} strokeWidth={1.75} aria-hidden="true" />
            {words.noneWhy}
          </p>
        )}
      </div>
      <Snippets />
      <OwnWords />
    </>
  );
}
