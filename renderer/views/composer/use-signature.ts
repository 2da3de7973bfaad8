/** The signature, sender and template of one composer: what the pickers do, and what recipients change by themselves. */
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { cleanHtml } from '../../editor/clean.ts';
import type { EditorHandle } from '../../editor/editor.tsx';
import { htmlToText } from '../../editor/markup.ts';
import { joinPlain, markedBlock, splitPlain } from '../../editor/signature-block.ts';
import { withoutCursor } from '../../editor/snippet.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { hasSnippet, useWriting } from '../../state/writing.ts';
import {
  type FilledSignature,
  questionOf,
  type SignatureEngine,
  type SignaturePick,
} from './letter-signature.ts';
import { type OpenComposer, richOf } from './open-composers.ts';
import { applyTemplate } from './template.ts';
import type { useComposer } from './use-composer.ts';

/** Recipients are typed in a row: the signature follows when they rest, ms. */
const REST_MS = 250;

export function useSignature(
  composer: OpenComposer,
  it: ReturnType<typeof useComposer>,
  editor: RefObject<EditorHandle | null>,
) {
  const { session, signature } = composer;
  const { draft } = it;
  const signatures = useWriting((state) => state.signatures);
  const [shown, setShown] = useState({ id: signature.id, auto: signature.auto });
  const newest = useRef(it);
  newest.current = it;

  const door: SignatureEngine = useMemo(
    () => ({
      fill: (input) => engine().request('signatures.fill', input),
      carry: (id) => session.with((letter) => engine().request('signatures.carry', { id, draft: letter })),
    }),
    [session],
  );
  const put = (filled: FilledSignature | null, byHand: boolean) => {
    if (!filled) return;
    const text = editor.current?.text() ?? null;
    if (session.draft.html !== null && text) signature.put(text, filled, byHand);
    else if (session.draft.html === null) {
      const plain = signature.putPlain(session.draft.text, filled, byHand);
      if (plain !== null) newest.current.replaceText(null, plain);
    }
    setShown({ id: signature.id, auto: signature.auto });
  };

  // Whom it goes to, from whom, about what: the signature that is due may be another, or say another name.
  const { identity, to, cc, bcc, subject } = draft;
  const question = JSON.stringify([identity, to, cc, bcc, subject]);
  const due = useRef(() => Promise.resolve());
  due.current = async () => put(await signature.due(session.draft, door), false);
  // The words above say when to ask; what is asked is read from the letter itself.
  useEffect(() => {
    if (question === '') return;
    const timer = setTimeout(() => due.current().catch(sayFailure), REST_MS);
    return () => clearTimeout(timer);
  }, [question]);

  const filling = () => {
    const { use: _use, ...rest } = questionOf(session.draft);
    return rest;
  };
  return {
    /** Of the letter; null: none. */
    current: signatures.find((each) => each.id === shown.id) ?? null,
    auto: shown.auto,
    signatures,
    async pick(chosen: SignaturePick) {
      it.collect();
      try {
        put(await signature.pick(session.draft, chosen, door), true);
      } catch (thrown) {
        sayFailure(thrown);
      }
    },
    /** The sender decides account, signature and Sent folder; text typed by hand is never touched. */
    from(id: number) {
      const chosen = useWriting.getState().identities.find((each) => each.id === id);
      if (!chosen) return;
      const now = it.collect();
      signature.follow(now.html === null ? null : (editor.current?.text() ?? null), now.text);
      it.change({
        identity: chosen.id,
        account: chosen.account,
        from: { name: chosen.name, address: chosen.address },
      });
    },
    /** Markup for a `;keyword`; null: there is no such snippet. */
    snippet(keyword: string): Promise<string> | null {
      if (!hasSnippet(keyword)) return null;
      return engine()
        .request('snippets.fill', { keyword, ...filling() })
        .then((filled) => cleanHtml(filled.html));
    },
    /** The same for plain text. */
    plainSnippet(keyword: string): Promise<{ text: string; cursor: number | null }> | null {
      return hasSnippet(keyword) ? engine().request('snippets.fill', { keyword, ...filling() }) : null;
    },
    async template(id: number) {
      const now = it.collect();
      try {
        const filled = await engine().request('templates.fill', { id, ...filling() });
        await session.with((letter) => engine().request('templates.carry', { id, draft: letter }));
        const { html, text, ...rest } = applyTemplate(session.draft, filled);
        it.change(rest);
        it.replaceText(html, text);
        return now;
      } catch (thrown) {
        sayFailure(thrown);
        return null;
      }
    },
    /** Rich text or plain: the words stay, and the signature stays one. */
    async plain(plain: boolean): Promise<void> {
      const now = it.collect();
      if (plain === (now.html === null)) return;
      if (plain) {
        const { own, block } = withoutBlock(now.html ?? '');
        it.replaceText(null, block === null ? own : joinPlain(own, block));
        return;
      }
      const { own } = splitPlain(now.text);
      const chosen = signature.id;
      const rich = richOf(own);
      try {
        const filled =
          chosen === null ? null : await door.fill({ ...questionOf(session.draft), signature: chosen });
        const block = filled ? markedBlock(filled.html, chosen ?? 0, signature.auto ? 'auto' : 'picked') : '';
        if (/\bcid:/.test(block)) await door.carry(chosen ?? 0);
        it.replaceText(block ? `${rich}<div><br></div>${block}` : rich, now.text);
      } catch (thrown) {
        sayFailure(thrown);
        it.replaceText(richOf(now.text), now.text);
      }
    },
    async saveTemplate(name: string): Promise<void> {
      it.collect();
      await session.flush();
      await engine().request('templates.fromDraft', { draft: session.draft.id, name });
    },
  };
}

/** The plain words of a rich text, and those of its signature; null: it has none. */
function withoutBlock(html: string): { own: string; block: string | null } {
  const holder = document.createElement('template');
  holder.innerHTML = withoutCursor(html);
  const block = holder.content.querySelector('.postroom-signature');
  block?.remove();
  return { own: htmlToText(holder.innerHTML), block: block ? htmlToText(block.innerHTML) : null };
}
