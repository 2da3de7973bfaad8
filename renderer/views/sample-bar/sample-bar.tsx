import { DraftingCompass } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { refreshFolders, refreshHello } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Question } from '../../ui/dialog.tsx';
import styles from './sample-bar.module.css';

/** Says that the letters are a sample, and takes them away after one question: that cannot be undone. */
export function SampleBar(): ReactNode {
  const t = useText();
  const words = t.firstRun.sampleBar;
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    setAsking(false);
    try {
      await engine().request('sample.remove', {});
      go({ view: null, letter: null, search: null });
      await Promise.all([refreshFolders(), refreshHello()]);
      showToast({ text: words.removed, icon: 'trash' });
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <div className={styles.bar}>
      <DraftingCompass size={14} strokeWidth={1.75} aria-hidden="true" />
      <span>{words.text}</span>
      <Button variant="link" onPress={() => setAsking(true)}>
        {words.remove}
      </Button>
      <Question
        isOpen={asking}
        question={words.question}
        confirm={words.confirm}
        onClose={() => setAsking(false)}
        onConfirm={() => void remove()}
      >
        {words.body}
      </Question>
    </div>
  );
}
