/** The page of rules: the list in its order, the editor, and at the right what an edit would catch. */
import { Copy, Download, FileDown, Play, Plus, ScrollText, Trash2, Upload } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Toolbar } from 'react-aria-components';
import { text, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { saveBlob } from '../reader/bytes.ts';
import { PageBar } from '../window/page-bar.tsx';
import { LogDialog } from './log-dialog.tsx';
import { Preview } from './preview.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { RuleList } from './rule-list.tsx';
import styles from './rules.module.css';
import { loadRules, remove, startRule, useRules } from './rules-state.ts';
import { RunDialog } from './run-dialog.tsx';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Of a file of rules; the engine takes no more. */
const MOST_OCTETS = 4_000_000;

async function exportRules(as: 'json' | 'sieve'): Promise<void> {
  try {
    const { text: file } = await engine().request('rules.export', { as });
    const name = as === 'json' ? 'postroom-rules.json' : 'postroom-rules.sieve';
    saveBlob(new Blob([file], { type: as === 'json' ? 'application/json' : 'application/sieve' }), name);
  } catch (failure) {
    sayFailure(failure);
  }
}

async function importRules(file: File): Promise<void> {
  try {
    // What is larger than any rules is no file of them; the engine says so of the empty one, too.
    const content = file.size > MOST_OCTETS ? '' : await file.text();
    const { added, problems } = await engine().request('rules.import', { text: content });
    await loadRules();
    const words = text().rules;
    showToast({
      text: problems.length === 0 ? words.imported(added) : words.importedWith(added, problems.length),
      icon: problems.length === 0 ? 'check' : 'warning',
    });
  } catch (failure) {
    sayFailure(failure);
  }
}

export function RulesPage(): ReactNode {
  const t = useText();
  const words = t.rules;
  const { rules, id, draft } = useRules();
  const [open, setOpen] = useState<'run' | 'log' | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const chosen = rules?.find((rule) => rule.id === id);
  const none = chosen ? undefined : words.pick;
  useEffect(() => void loadRules(), []);
  return (
    <div className={styles.page}>
      <PageBar>
        <Toolbar aria-label={words.actionsBar} className={styles.bar ?? ''}>
          <Button variant="quiet" icon={<Plus {...icon} />} onPress={() => startRule()}>
            {words.create}
          </Button>
          <Button
            variant="quiet"
            icon={<Copy {...icon} />}
            reason={draft ? undefined : words.pick}
            onPress={() => {
              if (draft) startRule({ ...draft, name: words.copyOf(draft.name) });
            }}
          >
            {words.duplicate}
          </Button>
          <Button
            variant="quiet"
            icon={<Trash2 {...icon} />}
            reason={none}
            onPress={() => {
              if (chosen) void remove(chosen);
            }}
          >
            {words.remove}
          </Button>
          <span className={styles.line} />
          <Button variant="quiet" icon={<Play {...icon} />} onPress={() => setOpen('run')}>
            {words.run}
          </Button>
          <Button variant="quiet" icon={<ScrollText {...icon} />} onPress={() => setOpen('log')}>
            {words.log}
          </Button>
          <span className={styles.line} />
          <Button variant="quiet" icon={<Upload {...icon} />} onPress={() => void exportRules('json')}>
            {words.export}
          </Button>
          <Button variant="quiet" icon={<FileDown {...icon} />} onPress={() => void exportRules('sieve')}>
            {words.exportSieve}
          </Button>
          <Button variant="quiet" icon={<Download {...icon} />} onPress={() => file.current?.click()}>
            {words.import}
          </Button>
        </Toolbar>
      </PageBar>
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label={words.import}
        onChange={(event) => {
          const [picked] = event.target.files ?? [];
          event.target.value = '';
          if (picked) void importRules(picked);
        }}
      />
      <div className={styles.columns}>
        <RuleList />
        <RuleEditor />
        <Preview />
      </div>
      {open === 'run' ? <RunDialog onClose={() => setOpen(null)} /> : null}
      {open === 'log' ? <LogDialog message={null} onClose={() => setOpen(null)} /> : null}
    </div>
  );
}
