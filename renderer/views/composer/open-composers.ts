/** Which letters are being written in this window. Each has its session; closing keeps the draft. */
import { create } from 'zustand';
import type { Draft } from '../../../main/contract/mail/drafts.ts';
import { cleanHtml } from '../../editor/clean.ts';
import type { KeptPictures } from '../../editor/kept-pictures.ts';
import { htmlToText, textToHtml } from '../../editor/markup.ts';
import { withoutCursor } from '../../editor/snippet.ts';
import { sayFailure } from '../../state/actions.ts';
import { holdTyping } from '../../state/commands.ts';
import type { ComposeRequest } from '../../state/compose.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import { contentOf, DraftSession } from './draft-session.ts';
import { type FilledSignature, LetterSignature, questionOf, signed } from './letter-signature.ts';
import { draftPictures } from './pictures.ts';

/** pane: over the lower part of the letter that is answered; sheet: over the window; small: a bar at the bottom. */
export type Shape = 'pane' | 'sheet' | 'large' | 'small';

export interface OpenComposer {
  key: string;
  session: DraftSession;
  pictures: KeptPictures;
  shape: Shape;
  /** Called back after Send: what was asked before sending was answered. */
  answered: boolean;
  /** What it began with: an untouched new letter leaves nothing behind when it is closed. */
  fresh: boolean;
  signature: LetterSignature;
  /** Words that the spelling passes over in this letter. */
  ignored: Set<string>;
}

interface ComposerState {
  open: readonly OpenComposer[];
}

export const useComposers = create<ComposerState>(() => ({ open: [] }));

let nextKey = 1;

const isAnswer = (draft: Draft): boolean => draft.kind === 'reply' || draft.kind === 'reply-all';

/** A draft as the engine made it, ready to be written in: rich or plain, with its sender; `filled`: with a first signature. */
function begun(draft: Draft, fresh: boolean, filled: FilledSignature | null): Draft {
  const { settings, accounts } = useSession.getState();
  const sender = accounts.find((account) => account.id === draft.account && account.outgoing !== null);
  const first = sender ?? accounts.find((account) => account.outgoing !== null);
  const from =
    draft.from && sender ? draft.from : first ? { name: first.name, address: first.address } : draft.from;
  // Where nothing can send, the draft still wants a folder to lie in: this computer's own.
  const home = accounts.find((account) => account.kind === 'local');
  const base = { ...draft, account: first?.id ?? draft.account ?? home?.id ?? null, from };
  const written = draft.html !== null || draft.text !== '';
  const plain = written ? draft.html === null : (settings?.composePlain ?? false);
  if (plain) {
    const bare = { ...base, html: null };
    return filled ? { ...bare, ...signed(bare, filled) } : bare;
  }
  const above = fresh && settings?.quotePosition === 'above' && draft.quoteHtml !== null && isAnswer(draft);
  if (above) {
    // Written below the quote, the answer needs it in the text; there it cannot be folded.
    const quoted = `${cleanHtml(draft.quoteHtml ?? '')}<div><br></div>`;
    const whole = { ...draft, html: quoted, text: htmlToText(quoted), quoteHtml: null, quoteText: '' };
    return begun(whole, fresh, filled);
  }
  const html = draft.html ?? (draft.text ? textToHtml(draft.text) : '');
  if (!filled || html.includes('postroom-signature')) return { ...base, html };
  const whole = { ...base, ...signed({ ...base, html }, filled) };
  return { ...whole, text: htmlToText(withoutCursor(whole.html ?? '')) };
}

/** The engine as a draft session needs it. */
function draftEngine() {
  const door = engine();
  return {
    get: (id: number) => door.request('drafts.get', { id }),
    save: (input: Parameters<typeof door.request<'drafts.save'>>[1]) => door.request('drafts.save', input),
    attach: (input: Parameters<typeof door.request<'drafts.attach'>>[1]) =>
      door.request('drafts.attach', input),
    detach: (input: Parameters<typeof door.request<'drafts.detach'>>[1]) =>
      door.request('drafts.detach', input),
    now: () => Date.now(),
    after: (ms: number, run: () => void) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}

function add(
  draft: Draft,
  shape: Shape,
  fresh: boolean,
  filled: FilledSignature | null,
  answered = false,
): OpenComposer {
  const session = new DraftSession(begun(draft, fresh, filled), draftEngine());
  const composer: OpenComposer = {
    key: `letter ${nextKey++}`,
    session,
    pictures: draftPictures(session),
    shape,
    answered,
    fresh,
    signature: new LetterSignature(draft, filled),
    ignored: new Set(),
  };
  useComposers.setState((state) => ({
    // One letter at a time stands in the pane; the one before it becomes a bar.
    open: [
      ...state.open.map((other) => (other.shape === 'small' ? other : { ...other, shape: 'small' as const })),
      composer,
    ],
  }));
  return composer;
}

function ask(request: ComposeRequest): Promise<Draft> {
  const door = engine();
  if (request.open === 'create') return door.request('drafts.create', request.input);
  if (request.open === 'template') return door.request('templates.create', { id: request.template });
  if (request.open === 'draft') return door.request('drafts.get', { id: request.id });
  if (request.open === 'message') return door.request('drafts.open', { message: request.message });
  return door.request('outbox.edit', { id: request.id });
}

/** The signature a new letter begins with, its pictures among the files of the draft. */
async function firstSignature(draft: Draft): Promise<[Draft, FilledSignature]> {
  const door = engine();
  const filled = await door.request('signatures.fill', questionOf(draft));
  if (filled.signature === null || !/\bcid:/.test(filled.html)) return [draft, filled];
  await door.request('signatures.carry', { id: filled.signature, draft: draft.id });
  return [await door.request('drafts.get', { id: draft.id }), filled];
}

/** Opens what was asked for, or brings the composer that has this draft to the front. */
export async function openComposer(request: ComposeRequest): Promise<void> {
  const release = holdTyping();
  try {
    const draft = await ask(request);
    const there = useComposers.getState().open.find((other) => other.session.draft.id === draft.id);
    if (there) {
      setShape(there.key, 'sheet');
      return;
    }
    const fresh = request.open === 'create' || request.open === 'template';
    const [whole, filled] = fresh ? await firstSignature(draft) : [draft, null];
    add(whole, request.open === 'create' && request.inPane ? 'pane' : 'sheet', fresh, filled);
  } catch (thrown) {
    sayFailure(thrown);
  } finally {
    // The letter is drawn, and has the keyboard, before the next task.
    setTimeout(release, 0);
  }
}

/** A draft that is at hand already (called back, restored). */
export function openDraft(draft: Draft, answered = false): void {
  if (!useComposers.getState().open.some((other) => other.session.draft.id === draft.id))
    add(draft, 'sheet', false, null, answered);
}

export function setShape(key: string, shape: Shape): void {
  useComposers.setState((state) => ({
    open: state.open.map((other) =>
      other.key === key
        ? { ...other, shape }
        : shape === 'small'
          ? other
          : { ...other, shape: 'small' as const },
    ),
  }));
}

/** Takes the composer away; its draft is the caller's business. */
export function removeComposer(key: string): void {
  const gone = useComposers.getState().open.find((other) => other.key === key);
  gone?.session.close();
  gone?.pictures.release();
  useComposers.setState((state) => ({ open: state.open.filter((other) => other.key !== key) }));
}

/** The whole letter as plain text, for saving it somewhere when the disk of the profile is full. */
export function letterAsText(draft: Draft): string {
  const { subject, to, text, html } = contentOf(draft);
  const people = to.map((each) => each.address).join(', ');
  return `${people}\n${subject}\n\n${html === null ? text : htmlToText(html)}\n`;
}

/** Plain lines as rich text. */
export const richOf = (text: string): string => textToHtml(text);

/** Where the drafts under the person's hands are remembered, so that a reload of the page opens them again. */
const UNDER_HANDS = 'postroom.composers';

/** Opens what was being written when the page was loaded anew; from then on remembers what is open. */
export function startComposers(): void {
  const remembered: unknown = JSON.parse(sessionStorage.getItem(UNDER_HANDS) ?? '[]');
  const ids = Array.isArray(remembered) ? remembered.filter((id) => Number.isInteger(id)) : [];
  const reopen = async () => {
    for (const id of ids as number[]) {
      const draft = await engine()
        .request('drafts.get', { id })
        .catch(() => null);
      if (draft) openDraft(draft);
    }
    useComposers.subscribe(({ open }) =>
      sessionStorage.setItem(UNDER_HANDS, JSON.stringify(open.map((each) => each.session.draft.id))),
    );
  };
  const stop = useSession.subscribe((state) => {
    if (!state.ready) return;
    stop();
    void reopen();
  });
}
