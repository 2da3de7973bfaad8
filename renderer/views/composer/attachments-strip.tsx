import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Draft } from '../../../main/contract/mail/drafts.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { IconButton } from '../../ui/button.tsx';
import { FileBadge } from '../../ui/chip.tsx';
import styles from './files.module.css';

/** A file on its way to the engine. */
export interface AddingFile {
  key: number;
  name: string;
  size: number;
}

export interface AttachmentsStripProps {
  draft: Draft;
  adding: readonly AddingFile[];
  onRemove: (id: string) => void;
}

/** Files of the letter and what it weighs as a whole. */
export function AttachmentsStrip({ draft, adding, onRemove }: AttachmentsStripProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const delay = useSession((state) => state.settings?.undoSendSeconds ?? 10);
  const files = draft.attachments.filter((each) => !each.inline);
  const words = t.composer.files;
  return (
    <div className={styles.foot}>
      {files.length + adding.length === 0 ? null : (
        <ul className={styles.files} aria-label={t.a11y.attachments}>
          {files.map((file) => (
            <li key={file.id} className={styles.file}>
              <FileBadge name={file.name} />
              <span className={styles.fileWords}>
                <b title={file.name}>{file.name}</b>
                <span>{formats.size(file.size)}</span>
              </span>
              <IconButton
                size="small"
                label={words.removeFile(file.name)}
                icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => onRemove(file.id)}
              />
            </li>
          ))}
          {adding.map((file) => (
            <li key={file.key} className={styles.file} aria-busy="true">
              <FileBadge name={file.name} />
              <span className={styles.fileWords}>
                <b title={file.name}>{file.name}</b>
                <span>
                  {formats.size(file.size)}, {words.adding}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <span className={styles.weight}>
        {words.inLetter(formats.size(draft.size))} · {words.leavesIn(delay)}
      </span>
    </div>
  );
}
