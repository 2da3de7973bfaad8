/**
 * The signature of one letter while it is written: which one is due, and whether it may still be changed by itself.
 *
 * Invariants: text typed by hand is never touched: a block that says something else than what was put there stays, as does
 * the absence of one that the person took away; what the person picked is not changed by recipients.
 */
import type { Input, Output } from '../../../main/contract/contract.ts';
import type { Draft } from '../../../main/contract/mail/drafts.ts';
import type { RichText } from '../../editor/rich-text.ts';
import { blockOf, joinPlain, markedBlock, splitPlain } from '../../editor/signature-block.ts';

export type FilledSignature = Output<'signatures.fill'>;
export type SignaturePick = number | 'none' | 'auto';

export interface SignatureEngine {
  fill(input: Input<'signatures.fill'>): Promise<FilledSignature>;
  /** Puts the pictures of a signature into the letter. */
  carry(signature: number): Promise<void>;
}

/** What a letter's signature depends on. */
export function questionOf(draft: Draft): Input<'signatures.fill'> {
  const { identity, to, cc, bcc, subject, kind } = draft;
  return {
    identity: identity ?? null,
    recipients: [...to, ...cc, ...bcc].slice(0, 10_000),
    subject,
    use: kind === 'new' || kind === 'resend' ? 'new' : 'reply',
  };
}

/** Markup, or null for none. */
const blockFor = (filled: FilledSignature, how: 'auto' | 'picked'): string | null =>
  filled.signature === null ? null : markedBlock(filled.html, filled.signature, how);

/** A fresh letter with its first signature. Rich: below the text; plain: below two dashes. */
export function signed(draft: Draft, filled: FilledSignature): Pick<Draft, 'html' | 'text'> {
  const { html, text } = draft;
  if (html === null) return { html, text: filled.text ? `${text}\n\n-- \n${filled.text}` : text };
  const block = blockFor(filled, 'auto');
  return { html: block ? `${html || '<div><br></div>'}<div><br></div>${block}` : html, text };
}

export class LetterSignature {
  /** Of the letter as it stands; null: none. */
  id: number | null = null;
  /** Recipients and sender still decide. */
  auto: boolean;
  /** The plain words that were put; null: nothing was. */
  #plain: string | null = null;
  #asked = '';
  #turn = 0;

  /** @param filled what a fresh letter began with; null: a letter that was begun before */
  constructor(draft: Draft, filled: FilledSignature | null) {
    if (filled) {
      this.id = filled.signature;
      this.auto = true;
      this.#plain = filled.signature === null ? null : filled.text;
      this.#asked = JSON.stringify(questionOf(draft));
      return;
    }
    const block = draft.html === null ? null : blockOf(draft.html);
    this.id = block?.mark?.id ?? null;
    this.auto = block?.mark?.how === 'auto' && !block.touched;
  }

  /** Recipients, subject or sender changed: asks which signature is due; null: the present one stays. */
  async due(draft: Draft, engine: SignatureEngine): Promise<FilledSignature | null> {
    if (!this.auto) return null;
    const question = questionOf(draft);
    const asked = JSON.stringify(question);
    if (asked === this.#asked) return null;
    this.#asked = asked;
    return this.#fetch(question, engine);
  }

  /** The person chose one. */
  async pick(draft: Draft, pick: SignaturePick, engine: SignatureEngine): Promise<FilledSignature | null> {
    this.auto = pick === 'auto';
    const question = questionOf(draft);
    this.#asked = JSON.stringify(question);
    return this.#fetch(pick === 'auto' ? question : { ...question, signature: pick }, engine);
  }

  /** The sender changed: an untouched signature follows, whoever chose it. */
  follow(text: RichText | null, plain: string): void {
    if (!this.#isTouched(text, plain)) {
      this.auto = true;
      this.#asked = '';
    }
  }

  /** Into rich text. `byHand` also replaces what a person wrote in (undo brings it back). */
  put(text: RichText, filled: FilledSignature, byHand: boolean): void {
    if (!byHand && this.#isTouched(text, '')) {
      this.auto = false;
      return;
    }
    const block = blockFor(filled, this.auto ? 'auto' : 'picked');
    this.id = filled.signature;
    this.#plain = filled.signature === null ? null : filled.text;
    const there = text.signatureBlock();
    // The same again would only lose what can be undone.
    if (block === null ? !there : there?.element.outerHTML === block) return;
    text.putSignature(block);
  }

  /** Into plain text: the whole text as it is to stand; null: nothing is to be done. */
  putPlain(plain: string, filled: FilledSignature, byHand: boolean): string | null {
    const { own } = splitPlain(plain);
    if (!byHand && this.#isTouched(null, plain)) {
      this.auto = false;
      return null;
    }
    this.id = filled.signature;
    this.#plain = filled.signature === null ? null : filled.text;
    const next = joinPlain(own, filled.text);
    return next === plain ? null : next;
  }

  #isTouched(text: RichText | null, plain: string): boolean {
    if (text) {
      const block = text.signatureBlock();
      return block ? block.touched : this.id !== null;
    }
    const { signature } = splitPlain(plain);
    const put = this.#plain === null || this.#plain === '' ? null : this.#plain.trim();
    return (signature === null ? null : signature.trim()) !== put;
  }

  /** The newest question counts: an answer that was overtaken is null. */
  async #fetch(question: Input<'signatures.fill'>, engine: SignatureEngine): Promise<FilledSignature | null> {
    const turn = ++this.#turn;
    const filled = await engine.fill(question);
    if (turn !== this.#turn) return null;
    if (filled.signature !== null && /\bcid:/.test(filled.html)) await engine.carry(filled.signature);
    return turn === this.#turn ? filled : null;
  }
}
