/** Pieces of text by keyword: the list, and a form for one more. */
import { X } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Editor, type EditorHandle } from '../../editor/editor.tsx';
import { htmlToText } from '../../editor/markup.ts';
import { sentence } from '../../i18n/sentence.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { refreshWriting, useWriting } from '../../state/writing.ts';
import { asFault } from '../../transport/fault.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { FieldMenu, TEMPLATE_FIELDS } from './field-menu.tsx';
import styles from './signatures.module.css';

export function Snippets(): ReactNode {
  const t = useText();
  const words = t.signatures.snippets;
  const snippets = useWriting((state) => state.snippets);
  const [keyword, setKeyword] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const [stamp, setStamp] = useState(0);
  const editor = useRef<EditorHandle>(null);
  const html = useRef('');
  const add = async () => {
    editor.current?.read();
    try {
      await engine().request('snippets.save', {
        keyword,
        html: html.current,
        text: htmlToText(html.current),
      });
      html.current = '';
      setKeyword('');
      setProblem(undefined);
      setStamp((n) => n + 1);
      await refreshWriting();
    } catch (thrown) {
      setProblem(sentence(asFault(thrown)).title);
    }
  };
  const remove = async (snippet: (typeof snippets)[number]) => {
    try {
      await engine().request('snippets.remove', { id: snippet.id });
      await refreshWriting();
      const { keyword: name, html: markup, text } = snippet;
      const back = () => engine().request('snippets.save', { keyword: name, html: markup, text });
      showToast({
        text: words.removed(name),
        icon: 'trash',
        actions: [{ label: t.common.undo, run: () => void back().then(refreshWriting).catch(sayFailure) }],
      });
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <section className={styles.uses} aria-label={words.title}>
      <h2>{words.title}</h2>
      <p className={styles.intro}>{words.intro}</p>
      {snippets.length === 0 ? (
        <p className={styles.quiet}>{words.none}</p>
      ) : (
        <ul className={styles.snippets} aria-label={words.list}>
          {snippets.map((each) => (
            <li key={each.id}>
              <code>;{each.keyword}</code>
              <span title={each.text}>{each.text}</span>
              <IconButton
                size="small"
                label={words.remove(each.keyword)}
                icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => void remove(each)}
              />
            </li>
          ))}
        </ul>
      )}
      <form
        className={styles.snippetForm}
        onSubmit={(event) => {
          event.preventDefault();
          if (keyword.trim() !== '') void add();
        }}
      >
        <TextField
          label={words.keyword}
          placeholder=";"
          value={keyword}
          onChange={(typed) => {
            setKeyword(typed.slice(0, 50));
            setProblem(undefined);
          }}
          problem={problem}
        />
        <div className={styles.paper}>
          <Editor
            ref={editor}
            html=""
            stamp={String(stamp)}
            label={words.text}
            pictures={null}
            onFailure={sayFailure}
            onWritten={(written) => {
              html.current = written;
            }}
            tools={<FieldMenu fields={TEMPLATE_FIELDS} onInsert={(token) => editor.current?.insert(token)} />}
          />
        </div>
        <Button type="submit" isDisabled={keyword.trim() === ''}>
          {words.add}
        </Button>
      </form>
    </section>
  );
}
