/** Templates and stationery, snippets, and the person's own words. Kept as they are typed; removing can be undone. */
import { FileText, Palette, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Template } from '../../../main/contract/mail/signatures.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { refreshWriting, useWriting } from '../../state/writing.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { OwnWords } from './own-words.tsx';
import styles from './signatures.module.css';
import { freeName } from './signatures-page.tsx';
import { Snippets } from './snippets.tsx';
import { TemplateEditor } from './template-editor.tsx';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function TemplatesPage(): ReactNode {
  const t = useText();
  const words = t.signatures.templates;
  const templates = useWriting((state) => state.templates);
  const [chosen, setChosen] = useState<number | null>(null);
  const present = templates.find((each) => each.id === chosen) ?? templates[0];
  const run = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await refreshWriting();
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  const add = (kind: Template['kind']) =>
    run(async () => {
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
      setChosen(made.id);
    });
  const remove = (template: Template) =>
    run(async () => {
      await engine().request('templates.remove', { id: template.id });
      showToast({
        text: words.removed(template.name),
        icon: 'trash',
        actions: [
          {
            label: t.common.undo,
            run: () => void run(() => engine().request('templates.keep', { id: template.id })),
          },
        ],
      });
    });
  return (
    <>
      <p className={styles.intro}>{words.intro}</p>
      <div className={styles.halves}>
        <div className={styles.side}>
          {templates.length === 0 ? <p className={styles.quiet}>{words.none}</p> : null}
          {templates.length === 0 ? null : (
            <ul className={styles.list} aria-label={words.list}>
              {templates.map((each) => (
                <li key={each.id} className={classes(each === present && styles.chosen)}>
                  <button
                    type="button"
                    className={styles.item}
                    {...(each === present ? { 'aria-current': 'true' as const } : {})}
                    onClick={() => setChosen(each.id)}
                  >
                    <b>{each.name}</b>
                    <span>
                      {words.kinds[each.kind]}
                      {each.attachments.length > 0 ? `, ${words.count(each.attachments.length)}` : ''}
                    </span>
                  </button>
                  {each === present ? (
                    <span className={styles.tools}>
                      <IconButton
                        size="small"
                        label={words.remove(each.name)}
                        icon={<Trash2 {...icon} />}
                        onPress={() => void remove(each)}
                      />
                    </span>
                  ) : null}
                </li>
              ))}
            </ul>
          )}
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
