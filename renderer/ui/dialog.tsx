import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useText } from '../i18n/text.ts';
import { Button, IconButton } from './button.tsx';
import { classes } from './class-names.ts';
import styles from './dialog.module.css';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Buttons at the bottom right. */
  foot?: ReactNode;
  wide?: boolean;
  /** alertdialog: a question that must be answered; no closing by a click outside. */
  role?: 'dialog' | 'alertdialog';
}

/** Holds the focus while it is open and gives it back to what opened it. Esc closes. */
export function Dialog({
  title,
  isOpen,
  onClose,
  children,
  foot,
  wide,
  role = 'dialog',
}: DialogProps): ReactNode {
  const t = useText();
  return (
    <ModalOverlay
      className={styles.overlay ?? ''}
      isOpen={isOpen}
      isDismissable={role === 'dialog'}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className={classes(styles.modal, wide && styles.wide)}>
        <AriaDialog className={styles.dialog ?? ''} role={role} data-scope="dialog">
          <div className={styles.head}>
            <Heading slot="title" className={styles.title ?? ''}>
              {title}
            </Heading>
            {role === 'dialog' ? (
              <IconButton
                label={t.common.close}
                size="small"
                icon={<X size={16} strokeWidth={1.75} />}
                onPress={onClose}
              />
            ) : null}
          </div>
          <div className={styles.body}>{children}</div>
          {foot ? <div className={styles.foot}>{foot}</div> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface QuestionProps {
  question: string;
  children?: ReactNode;
  /** The verb of the button that does it. */
  confirm: string;
  danger?: boolean;
  isOpen: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before what cannot be undone; its name is the question. */
export function Question(props: QuestionProps): ReactNode {
  const t = useText();
  return (
    <Dialog
      role="alertdialog"
      title={props.question}
      isOpen={props.isOpen}
      onClose={props.onClose}
      foot={
        <>
          <Button onPress={props.onClose} autoFocus>
            {t.common.cancel}
          </Button>
          <Button variant={props.danger === false ? 'primary' : 'danger'} onPress={props.onConfirm}>
            {props.confirm}
          </Button>
        </>
      }
    >
      {props.children}
    </Dialog>
  );
}
