import { Archive, Check, Folder, Send, Tag, Trash2, TriangleAlert, Undo2 } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { hideToast, type Toast, useToastState } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import styles from './window.module.css';

const ICONS = {
  archive: Archive,
  trash: Trash2,
  send: Send,
  check: Check,
  undo: Undo2,
  folder: Folder,
  warning: TriangleAlert,
  tag: Tag,
} as const;
const SECOND = 1000;

/** One toast at a time, bottom left of the sheet. Hovered or focused it stays. */
export function Toasts(): ReactNode {
  const t = useText();
  const toast = useToastState((state) => state.toast);
  return (
    <section className={styles.toastPlace} aria-label={t.a11y.notices} data-pane="toast" tabIndex={-1}>
      {toast ? <OneToast key={toast.id} toast={toast} /> : null}
    </section>
  );
}

function OneToast({ toast }: { toast: Toast }): ReactNode {
  const [held, setHeld] = useState(false);
  const [left, setLeft] = useState(() => secondsLeft(toast));
  useEffect(() => {
    if (toast.until === undefined) {
      if (held) return;
      const timer = setTimeout(() => hideToast(toast.id), toast.stays);
      return () => clearTimeout(timer);
    }
    const timer = setInterval(() => {
      const seconds = secondsLeft(toast);
      setLeft(seconds);
      if (seconds <= 0) hideToast(toast.id);
    }, SECOND / 4);
    return () => clearInterval(timer);
  }, [toast, held]);
  const Icon = toast.icon ? ICONS[toast.icon] : null;
  const words =
    toast.countdown && toast.until !== undefined ? toast.countdown(Math.max(0, left)) : toast.text;
  return (
    <div
      role="group"
      className={styles.toast}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {Icon ? <Icon size={16} strokeWidth={1.75} aria-hidden="true" /> : null}
      {/* A countdown is seen every second and spoken once. */}
      <span role="status" className={words === toast.text ? undefined : 'visually-hidden'}>
        {toast.text}
      </span>
      {words === toast.text ? null : <span aria-hidden="true">{words}</span>}
      {toast.actions.map((action) => (
        <Button
          key={action.label}
          variant="link"
          onPress={() => {
            action.run();
            hideToast(toast.id);
          }}
        >
          {action.label}
        </Button>
      ))}
    </div>
  );
}

function secondsLeft(toast: Toast): number {
  return toast.until === undefined ? 0 : Math.ceil((toast.until - Date.now()) / SECOND);
}
