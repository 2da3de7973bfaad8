import { Check, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useFormats, useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { saveBlob } from '../reader/bytes.ts';
import styles from './composer.module.css';
import type { DraftView } from './draft-session.ts';
import { letterAsText } from './open-composers.ts';

/** What became of the text so far; red with a way out when it is not on the disk. */
export function DraftStatus({ view, online }: { view: DraftView; online: boolean }): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.composer.draft;
  const { journal, draft } = view;
  // A letter of this computer's own folders has no server to wait for.
  const remote = useSession(
    (state) => state.accounts.find((each) => each.id === draft.account)?.kind === 'imap',
  );
  const failed = journal.state === 'failed';
  const said =
    journal.state === 'saved'
      ? journal.kept === 'server' || !online || !remote
        ? words.saved(formats.time(journal.at))
        : words.savedHere(formats.time(journal.at))
      : journal.state === 'failed'
        ? words.failed(reasonOf(words.reasons, journal.fault.code))
        : journal.state === 'saving' || journal.state === 'waiting'
          ? words.saving
          : words.untouched;
  return (
    <div className={classes(styles.state, failed && styles.failed)}>
      {journal.state === 'saved' ? <Check size={14} strokeWidth={1.75} aria-hidden="true" /> : null}
      {failed ? <TriangleAlert size={14} strokeWidth={1.75} aria-hidden="true" /> : null}
      <span role="status" aria-label={t.a11y.draft}>
        {said}
      </span>
      {failed ? (
        <Button
          size="small"
          variant="link"
          onPress={() =>
            saveBlob(new Blob([letterAsText(view.draft)], { type: 'text/plain' }), `${t.a11y.draft}.txt`)
          }
        >
          {t.composer.saveAsFile}
        </Button>
      ) : null}
    </div>
  );
}

function reasonOf(
  reasons: Record<'disk-full' | 'engine-stopped' | 'no-such-draft' | 'other', string>,
  code: string,
): string {
  if (code === 'disk-full' || code === 'engine-stopped' || code === 'no-such-draft') return reasons[code];
  return reasons.other;
}
