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
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';

/** Seconds until a letter counts as read where the person has set none. */
const REST_S = 2;

export interface Receipt {
  state: ReceiptState | null;
  answer: (send: boolean) => void;
}

/** How the letter's wish stands; null while that is not known, or where it has none. */
export function useReceipt(letter: Letter): Receipt {
  const { id } = letter.row;
  // Of a letter known by its header only nothing can be said yet.
  const whole = letter.row.body !== 'header';
  const wanted = whole && letter.banners.some((banner) => banner.kind === 'receipt');
  const [known, setKnown] = useState<{ id: number; state: ReceiptState } | null>(null);
  const t = useText();
  const after = useSession((state) => state.settings?.markReadAfter ?? REST_S);
  const rest = (after < 0 ? REST_S : after) * 1000;
  useEffect(() => {
    if (!wanted) return;
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = async () => {
      const state = await engine().request('receipts.answer', { id, send: true, byHand: false });
      if (!gone) setKnown({ id, state });
    };
    const ask = async () => {
      const state = await engine().request('receipts.state', { id });
      if (gone) return;
      setKnown({ id, state });
      // Decided in the settings: told once the letter has rested on the screen, not because it flew by.
      if (state.state === 'send') timer = setTimeout(() => void tell().catch(() => undefined), rest);
    };
    // Without an answer the letter can be read all the same.
    ask().catch(() => undefined);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [id, wanted, rest]);
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
