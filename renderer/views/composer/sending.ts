/** How a letter leaves the composer: sent with a countdown, sent later, kept, or discarded with a way back. */
import type { OutboxItem } from '../../../main/contract/mail/drafts.ts';
import { isBlank } from '../../editor/markup.ts';
import { formats, text } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { go } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { contentOf } from './draft-session.ts';
import { type OpenComposer, openDraft, removeComposer, useComposers } from './open-composers.ts';

/** Letters sent from this window whose end has not been said yet. */
const watched = new Set<number>();

export interface SendChoice {
  /** Seconds in which it can be called back. */
  delay: number;
  /** Send later: ms. */
  at?: number;
}

/** Freezes the letter into the outbox and closes the composer. Rejects with the engine's reason: all stays open. */
export async function sendLetter(composer: OpenComposer, choice: SendChoice): Promise<void> {
  const item = await composer.session.hand((draft) =>
    engine().request('drafts.send', {
      id: draft.id,
      base: draft.version,
      content: contentOf(draft),
      ...choice,
    }),
  );
  removeComposer(composer.key);
  watched.add(item.id);
  if (choice.at === undefined) countDown(item);
  else sayScheduled(item, choice.at);
}

function countDown(item: OutboxItem): void {
  const words = text().composer.toasts;
  const left = item.notBefore - Date.now();
  if (left < 500) {
    showToast({ text: words.sending, icon: 'send' });
    return;
  }
  showToast({
    text: words.sendsIn(Math.ceil(left / 1000)),
    icon: 'send',
    stays: left,
    until: item.notBefore,
    countdown: (seconds) => (seconds > 0 ? words.sendsIn(seconds) : words.sending),
    actions: [
      { label: text().common.undo, run: () => void callBack(item.id) },
      {
        label: words.sendNow,
        run: () => {
          engine().request('outbox.now', { id: item.id }).catch(sayFailure);
        },
      },
    ],
  });
}

function sayScheduled(item: OutboxItem, at: number): void {
  const words = text().composer.toasts;
  showToast({
    text: words.scheduled(formats().letterDate(at, Date.now())),
    icon: 'send',
    actions: [
      { label: text().common.undo, run: () => void callBack(item.id) },
      { label: words.show, run: () => go({ section: 'mail', outbox: 'scheduled' }) },
    ],
  });
}

/** Back to a draft, exactly as it was; opens it. */
export async function callBack(id: number, remaining = false): Promise<void> {
  try {
    const draft = await engine().request('outbox.edit', { id, remaining });
    watched.delete(id);
    openDraft(draft, !remaining);
  } catch (thrown) {
    sayFailure(thrown);
  }
}

/** Says the end of letters sent from here. */
export function tellOutcomes(items: readonly OutboxItem[]): void {
  const words = text().composer;
  for (const id of [...watched]) {
    const item = items.find((each) => each.id === id);
    if (!item || item.state === 'sent') {
      watched.delete(id);
      showToast({ text: words.toasts.sent, icon: 'check' });
    } else if (item.state === 'failed' || item.state === 'unknown') {
      watched.delete(id);
      showToast({
        text: item.state === 'unknown' ? words.outbox.unknownTitle : words.outbox.failedTitle,
        icon: 'warning',
        actions: [{ label: words.toasts.show, run: () => go({ section: 'mail', outbox: 'outbox' }) }],
      });
    }
  }
}

/** Nothing a person would miss: such a letter leaves no draft behind. */
function isEmpty(composer: OpenComposer): boolean {
  const { draft } = composer.session;
  return (
    composer.fresh &&
    draft.kind === 'new' &&
    draft.subject.trim() === '' &&
    draft.to.length + draft.cc.length + draft.bcc.length + draft.attachments.length === 0 &&
    isBlank(draft.html, draft.text)
  );
}

/** Closing keeps the draft; there is no question. */
export async function closeAndKeep(composer: OpenComposer): Promise<void> {
  const { session } = composer;
  const untouched = session.view.journal.state === 'untouched' && composer.fresh;
  if (isEmpty(composer) || (untouched && session.draft.attachments.length === 0)) {
    removeComposer(composer.key);
    await engine()
      .request('drafts.discard', { id: session.draft.id })
      .catch(() => undefined);
    return;
  }
  await session.flush();
  const { journal } = session.view;
  if (journal.state === 'failed') {
    // What is not on the disk must not leave the screen.
    sayFailure(journal.fault);
    return;
  }
  removeComposer(composer.key);
  // Whoever closes a letter looks for it among the drafts; when this fails its copy is made a little later.
  engine()
    .request('drafts.close', { id: session.draft.id })
    .catch(() => undefined);
  const words = text().composer;
  showToast({
    text: words.toasts.kept,
    icon: 'check',
    actions: [{ label: words.discard, run: () => void discardDraft(session.draft.id) }],
  });
}

export async function discardComposer(composer: OpenComposer): Promise<void> {
  const { session } = composer;
  await session.flush();
  removeComposer(composer.key);
  await discardDraft(session.draft.id);
}

async function discardDraft(id: number): Promise<void> {
  // The toast may outlive its reason: the letter may have been opened again since.
  const open = useComposers.getState().open.find((each) => each.session.draft.id === id);
  if (open) return discardComposer(open);
  try {
    const { undo } = await engine().request('drafts.discard', { id });
    showToast({
      text: text().composer.toasts.discarded,
      icon: 'trash',
      actions: [
        {
          label: text().common.undo,
          run: () => {
            engine()
              .request('drafts.keep', { undo })
              .then((draft) => openDraft(draft), sayFailure);
          },
        },
      ],
    });
  } catch (thrown) {
    sayFailure(thrown);
  }
}

/** Seconds of undo as the person chose them. */
export function undoSeconds(): number {
  return useSession.getState().settings?.undoSendSeconds ?? 10;
}
