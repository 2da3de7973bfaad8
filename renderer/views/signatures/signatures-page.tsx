/** Signatures: the list, the editor of the chosen one, and who uses which. Kept as it is typed; removing can be undone. */
import { ArrowDown, ArrowUp, Plus } from 'lucide-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Signature } from '../../../main/contract/mail/signatures.ts';
import { Editor, type EditorHandle } from '../../editor/editor.tsx';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useUsualSpelling } from '../../state/spelling.ts';
import { refreshWriting, useWriting } from '../../state/writing.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { FieldMenu, SIGNATURE_FIELDS } from './field-menu.tsx';
import { heldPictures } from './held-pictures.ts';
import { changeKept, freeName, KeptList, useChosen } from './kept-list.tsx';
import { SignaturePreview } from './preview.tsx';
import { SignatureUses } from './signature-uses.tsx';
import styles from './signatures.module.css';
import { useKept } from './use-kept.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

export function SignaturesPage(): ReactNode {
  const t = useText();
  const words = t.signatures;
  const signatures = useWriting((state) => state.signatures);
  const [present, choose] = useChosen(signatures);
  const add = () =>
    changeKept(async () => {
      const name = freeName(words.newName, signatures);
      const made = await engine().request('signatures.save', { name, html: '' });
      choose(made.id);
    });
  const move = (at: number, by: number) => {
    const ids = signatures.map((each) => each.id);
    const [moved] = ids.splice(at, 1);
    if (moved !== undefined) ids.splice(at + by, 0, moved);
    void changeKept(() => engine().request('signatures.order', { ids }));
  };
  return (
    <>
      <p className={styles.intro}>{words.intro}</p>
      {signatures.length === 0 ? <p className={styles.intro}>{words.none}</p> : null}
      <div className={styles.halves}>
        <div className={styles.side}>
          <KeptList
            label={words.list}
            items={signatures}
            present={present}
            onChoose={choose}
            words={words}
            note={(_, at) => (at === 0 && signatures.length > 1 ? <span>{words.first}</span> : null)}
            tools={({ name }, at) => (
              <>
                <IconButton
                  size="small"
                  label={words.up(name)}
                  icon={<ArrowUp {...icon} />}
                  isDisabled={at === 0}
                  onPress={() => move(at, -1)}
                />
                <IconButton
                  size="small"
                  label={words.down(name)}
                  icon={<ArrowDown {...icon} />}
                  isDisabled={at === signatures.length - 1}
                  onPress={() => move(at, 1)}
                />
              </>
            )}
            remove={(id) => engine().request('signatures.remove', { id })}
            keep={(id) => engine().request('signatures.keep', { id })}
          />
          <Button
            variant={signatures.length === 0 ? 'primary' : 'default'}
            icon={<Plus {...icon} />}
            onPress={() => void add()}
          >
            {words.add}
          </Button>
        </div>
        {present ? <SignatureEditor key={present.id} signature={present} /> : null}
      </div>
      {signatures.length === 0 ? null : <SignatureUses />}
    </>
  );
}

function SignatureEditor({ signature }: { signature: Signature }): ReactNode {
  const t = useText();
  const words = t.signatures;
  const { id } = signature;
  const spelling = useUsualSpelling();
  const first = useRef(signature.html);
  const editor = useRef<EditorHandle>(null);
  const pictures = useMemo(() => heldPictures('signatures', id), [id]);
  useEffect(() => () => pictures.release(), [pictures]);
  const [form, setForm] = useState({ name: signature.name, html: signature.html, text: signature.text });
  const taken = useWriting((state) =>
    state.signatures.some(
      (each) => each.id !== id && each.name.toLowerCase() === form.name.trim().toLowerCase(),
    ),
  );
  const nameless = form.name.trim() === '';
  const kept = useKept(async (value: typeof form) => {
    // Without a name of its own it keeps the one it had.
    const name = nameless || taken ? signature.name : value.name;
    await engine().request('signatures.save', { id, ...value, name });
    await refreshWriting();
  });
  const now = useRef(form);
  const change = (what: Partial<typeof form>) => {
    now.current = { ...now.current, ...what };
    setForm(now.current);
    kept.change(now.current);
  };
  return (
    <div className={styles.editor} role="group" aria-label={form.name} onBlur={kept.flush}>
      <TextField
        label={words.name}
        value={form.name}
        onChange={(name) => change({ name: name.slice(0, 200) })}
        problem={taken ? t.settings.tags.exists : undefined}
      />
      <div className={styles.paper}>
        <Editor
          ref={editor}
          html={first.current}
          stamp="one"
          label={words.text}
          pictures={pictures}
          spelling={spelling}
          onFailure={sayFailure}
          onWritten={(html) =>
            change({ html: /[^\s<>]/.test(html.replace(/<(?!img)[^>]*>/g, '')) ? html : '' })
          }
          tools={<FieldMenu fields={SIGNATURE_FIELDS} onInsert={(token) => editor.current?.insert(token)} />}
        />
      </div>
      <SignaturePreview id={id} html={signature.html} pictures={pictures} />
      <TextField
        label={words.plain}
        hint={words.plainHint}
        value={form.text}
        lines={3}
        onChange={(text) => change({ text })}
      />
    </div>
  );
}
