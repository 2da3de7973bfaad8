/** One template: its name, head, text, files; a stationery has paper and font instead of a head. */
import { Paperclip, SquarePen, X } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Paper, Template } from '../../../main/contract/mail/signatures.ts';
import { Editor, type EditorHandle } from '../../editor/editor.tsx';
import { textToHtml } from '../../editor/markup.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { compose } from '../../state/compose.ts';
import { engine } from '../../state/engine.ts';
import { openMail } from '../../state/place.ts';
import { useUsualSpelling } from '../../state/spelling.ts';
import { refreshWriting, useWriting } from '../../state/writing.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { FileBadge } from '../../ui/chip.tsx';
import { Select, TextField } from '../../ui/field.tsx';
import { readRecipients, writeRecipient } from '../composer/recipients.ts';
import { FieldMenu, TEMPLATE_FIELDS } from './field-menu.tsx';
import { heldPictures } from './held-pictures.ts';
import styles from './signatures.module.css';
import { useKept } from './use-kept.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
const BACKGROUNDS = ['', '#fffbe6', '#eef4ff', '#eef8f0', '#fbeef0', '#26313f'] as const;
/** A list's line needs a name of its own. */
const NONE = 'none';
const FONTS = ['', 'sans', 'serif', 'mono'] as const;
const people = (list: Template['to']) => list.map(writeRecipient).join(', ');

export function TemplateEditor({ template }: { template: Template }): ReactNode {
  const t = useText();
  const words = t.signatures.templates;
  const { id, kind } = template;
  const spelling = useUsualSpelling();
  const editor = useRef<EditorHandle>(null);
  const picker = useRef<HTMLInputElement>(null);
  const first = useRef(template.html ?? textToHtml(template.text));
  const pictures = useMemo(() => heldPictures('templates', id), [id]);
  useEffect(() => () => pictures.release(), [pictures]);
  const [form, setForm] = useState({
    name: template.name,
    subject: template.subject,
    to: people(template.to),
    cc: people(template.cc),
    bcc: people(template.bcc),
    html: first.current,
    paper: template.paper,
  });
  const taken = useWriting((state) =>
    state.templates.some(
      (each) => each.id !== id && each.name.toLowerCase() === form.name.trim().toLowerCase(),
    ),
  );
  const kept = useKept(async (value: typeof form) => {
    const usable = value.name.trim() !== '' && !taken;
    await engine().request('templates.save', {
      id,
      kind,
      name: usable ? value.name : template.name,
      content: {
        subject: value.subject,
        to: readRecipients(value.to),
        cc: readRecipients(value.cc),
        bcc: readRecipients(value.bcc),
        html: value.html,
        text: '',
        paper: value.paper,
      },
    });
    await refreshWriting();
  });
  const now = useRef(form);
  const change = (what: Partial<typeof form>) => {
    now.current = { ...now.current, ...what };
    setForm(now.current);
    kept.change(now.current);
  };
  const paper = (what: Partial<Paper>) => change({ paper: { ...now.current.paper, ...what } });
  return (
    <div className={styles.editor} role="group" aria-label={form.name} onBlur={kept.flush}>
      <div className={styles.pair}>
        <TextField
          label={words.name}
          value={form.name}
          onChange={(name) => change({ name: name.slice(0, 200) })}
          problem={taken ? t.settings.tags.exists : undefined}
        />
        <Button
          icon={<SquarePen {...icon} />}
          onPress={() => {
            kept.flush();
            openMail();
            compose({ open: 'template', template: id });
          }}
        >
          {words.use}
        </Button>
      </div>
      {kind === 'template' ? (
        <>
          <TextField label={words.to} value={form.to} onChange={(to) => change({ to })} />
          <div className={styles.choices}>
            <TextField label={words.cc} value={form.cc} onChange={(cc) => change({ cc })} />
            <TextField label={words.bcc} value={form.bcc} onChange={(bcc) => change({ bcc })} />
          </div>
          <TextField label={words.subject} value={form.subject} onChange={(subject) => change({ subject })} />
        </>
      ) : (
        <div className={styles.choices}>
          <Select
            label={words.background}
            value={form.paper.background || NONE}
            options={BACKGROUNDS.map((each) => ({ id: each || NONE, label: words.backgrounds[each] }))}
            onChange={(chosen) => paper({ background: chosen === NONE ? '' : chosen })}
          />
          <Select
            label={words.font}
            value={form.paper.font || NONE}
            options={FONTS.map((each) => ({ id: each || NONE, label: words.fonts[each] }))}
            onChange={(chosen) => paper({ font: FONTS.find((each) => each === chosen) ?? '' })}
          />
        </div>
      )}
      <div className={styles.paper} style={paperOf(form.paper)}>
        <Editor
          ref={editor}
          html={first.current}
          stamp="one"
          label={words.text}
          pictures={pictures}
          spelling={spelling}
          onFailure={sayFailure}
          onWritten={(html) => change({ html })}
          tools={<FieldMenu fields={TEMPLATE_FIELDS} onInsert={(token) => editor.current?.insert(token)} />}
        />
      </div>
      <Files template={template} onPick={() => picker.current?.click()} />
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          void attach(id, [...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </div>
  );
}

const FONT_STACKS = {
  '': '',
  sans: 'Verdana, sans-serif',
  serif: 'Georgia, serif',
  mono: 'var(--mono)',
} as const;

/** The ground and font of a stationery, as custom properties of the editor's frame. */
function paperOf({ background, font }: Paper): Record<string, string> {
  return {
    ...(background ? { '--paper': background, '--ink': isDark(background) ? '#ffffff' : '#1f1d1a' } : {}),
    ...(font ? { '--paper-font': FONT_STACKS[font] } : {}),
  };
}

const isDark = (colour: string): boolean =>
  [1, 3, 5].reduce((sum, at) => sum + Number.parseInt(colour.slice(at, at + 2), 16), 0) < 3 * 118;

async function attach(id: number, files: readonly File[]): Promise<void> {
  try {
    for (const file of files) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const type = file.type || 'application/octet-stream';
      await engine().request('templates.attach', { id, name: file.name.slice(0, 255), type, bytes });
    }
    await refreshWriting();
  } catch (thrown) {
    sayFailure(thrown);
  }
}

function Files({ template, onPick }: { template: Template; onPick: () => void }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.signatures.templates;
  const files = template.attachments.filter((each) => !each.inline);
  const detach = async (attachment: string) => {
    try {
      await engine().request('templates.detach', { id: template.id, attachment });
      await refreshWriting();
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <div className={styles.files}>
      {files.length === 0 ? null : (
        <ul aria-label={words.files}>
          {files.map((file) => (
            <li key={file.id}>
              <FileBadge name={file.name} />
              <span>{file.name}</span>
              <span className={styles.quiet}>{formats.size(file.size)}</span>
              <IconButton
                size="small"
                label={t.composer.files.removeFile(file.name)}
                icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => void detach(file.id)}
              />
            </li>
          ))}
        </ul>
      )}
      <Button variant="quiet" size="small" icon={<Paperclip {...icon} />} onPress={onPick}>
        {words.attach}
      </Button>
    </div>
  );
}
