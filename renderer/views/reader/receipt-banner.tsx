/**
 * The sender wants to know that the letter was read (RFC 8098). What is done about it is the settings' and the person's
 * matter: this asks, or carries out what was decided before, once the letter is really in front of somebody.
 */
import { MailCheck } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Letter } from '../../../main/contract/mail/messages.ts';
import type { ReceiptState } from '../../../main/contract/mail/sending.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';

export interface Receipt {
  state: ReceiptState | null;
  answer: (send: boolean) => void;
}

/** How the letter's wish stands; null while that is not known, or where it has none. */
export function useReceipt(letter: Letter): Receipt {
  const { id } = letter.row;
  const wanted = letter.banners.some((banner) => banner.kind === 'receipt');
  const [known, setKnown] = useState<{ id: number; state: ReceiptState } | null>(null);
  const t = useText();
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    const ask = async () => {
      let state = await engine().request('receipts.state', { id });
      if (gone) return;
      // Decided in the settings: the letter is on the screen now.
      if (state.state === 'send')
        state = await engine().request('receipts.answer', { id, send: true, byHand: false });
      if (!gone) setKnown({ id, state });
    };
    // Without an answer the letter can be read all the same.
    ask().catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [id, wanted]);
  return {
    state: known?.id === id ? known.state : null,
    answer: (send) => {
      engine()
        .request('receipts.answer', { id, send, byHand: true })
        .then((state) => {
          setKnown({ id, state });
          showToast({ text: send ? t.sending.receipt.told : t.sending.receipt.notTold, icon: 'check' });
        }, sayFailure);
    },
  };
}

export function ReceiptBanner({ receipt, onClose }: { receipt: Receipt; onClose: () => void }): ReactNode {
  const t = useText();
  const words = t.sending.receipt;
  const { state } = receipt;
  if (state?.state === 'ask') {
    return (
      <Banner
        label={words.label}
        icon={<MailCheck size={18} strokeWidth={1.75} aria-hidden="true" />}
        title={words.title(state.to)}
        actions={
          <>
            <Button variant="quiet" onPress={() => receipt.answer(true)}>
              {words.tell}
            </Button>
            <Button variant="quiet" onPress={() => receipt.answer(false)}>
              {words.not}
            </Button>
          </>
        }
        onClose={onClose}
      />
    );
  }
  if (state?.state !== 'sent') return null;
  return (
    <Banner
      label={words.label}
      icon={<MailCheck size={18} strokeWidth={1.75} aria-hidden="true" />}
      title={words.sent(state.to)}
      onClose={onClose}
    />
  );
}
