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

/** More seconds of undo than this nobody can set. */
const LONGEST_UNDO_MS = 60_000;
/** A fact about something that happened without the person stays longer than the echo of a click. */
const MISSED_TOAST_MS = 20_000;

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

/** The same for a letter that was sent on: called back it is not written anew, it just does not go. */
export function watchRedirected(items: readonly OutboxItem[]): void {
  for (const item of items) watched.add(item.id);
  const [first] = items;
  if (!first) return;
  const words = text().sending;
  const left = first.notBefore - Date.now();
  if (left < 500) return;
  showToast({
    text: words.redirect.sendsIn(Math.ceil(left / 1000)),
    icon: 'send',
    stays: left,
    until: first.notBefore,
    countdown: words.redirect.sendsIn,
    actions: [
      { label: text().common.undo, run: () => void takeOut(items) },
      { label: text().composer.toasts.sendNow, run: () => void sendAll(items) },
    ],
  });
}

async function takeOut(items: readonly OutboxItem[]): Promise<void> {
  try {
    for (const { id } of items) {
      await engine().request('outbox.drop', { id });
      watched.delete(id);
    }
    showToast({ text: text().sending.notSent, icon: 'check' });
  } catch (thrown) {
    sayFailure(thrown);
  }
}

async function sendAll(items: readonly OutboxItem[]): Promise<void> {
  try {
    for (const { id } of items) await engine().request('outbox.now', { id });
  } catch (thrown) {
    sayFailure(thrown);
  }
}

/**
 * Letters that can still be called back when a window opens (the program was ended, or this is another window): the same
 * countdown goes on. Said once a window; the outbox has the others.
 */
export function goOnCounting(items: readonly OutboxItem[]): void {
  const now = Date.now();
  const held = items.filter(
    (item) =>
      item.state === 'queued' &&
      item.attempts === 0 &&
      (item.purpose === 'letter' || item.purpose === 'redirect') &&
      item.notBefore > now + 500 &&
      item.notBefore <= now + LONGEST_UNDO_MS &&
      !watched.has(item.id),
  );
  const next = held.sort((a, b) => a.notBefore - b.notBefore)[0];
  for (const item of held) watched.add(item.id);
  if (!next) return;
  if (next.purpose === 'redirect') watchRedirected([next]);
  else countDown(next);
}

const TOLD_MISSED = 'postroom.missed';

/** A chosen time passed while the program was not running: said plainly, once. */
export function tellMissed(items: readonly OutboxItem[]): void {
  const told = new Set((localStorage.getItem(TOLD_MISSED) ?? '').split(' ').filter(Boolean).map(Number));
  const missed = items.filter((item) => item.missed !== null && !told.has(item.id));
  const [first] = missed;
  if (!first || first.missed === null) return;
  localStorage.setItem(TOLD_MISSED, [...told, ...missed.map((each) => each.id)].slice(-200).join(' '));
  showToast({
    text: text().sending.missed(missed.length, formats().listDate(first.missed, Date.now())),
    icon: 'warning',
    stays: MISSED_TOAST_MS,
    // What has gone stands in the outbox no more.
    actions: missed.every((item) => item.state === 'sent')
      ? []
      : [{ label: text().composer.toasts.show, run: () => go({ section: 'mail', outbox: 'outbox' }) }],
  });
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
      const redirected = item?.purpose === 'redirect';
      showToast({ text: redirected ? text().sending.redirect.sent : words.toasts.sent, icon: 'check' });
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
