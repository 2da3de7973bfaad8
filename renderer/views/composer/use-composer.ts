/** What one composer does: its text, recipients, files and guards. No markup here. */
import { type RefObject, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { Draft, DraftContent } from '../../../main/contract/mail/drafts.ts';
import type { EditorHandle } from '../../editor/editor.tsx';
import { htmlToText, ownWords } from '../../editor/markup.ts';
import { sentence } from '../../i18n/sentence.ts';
import { text } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { asFault } from '../../transport/fault.ts';
import type { AddingFile } from './attachments-strip.tsx';
import { type Guard, guardsOf, newOutside, stops, wanted } from './guards.ts';
import { type OpenComposer, richOf } from './open-composers.ts';
import { addressProblem, domainOf, ownHouses, type Recipient } from './recipients.ts';
import type { RecipientLine } from './recipients-field.tsx';
import { sendLetter, undoSeconds } from './sending.ts';

let nextFile = 1;

const QUESTIONS = ['new-outside', 'forgotten-attachment', 'many-outside', 'no-subject'] as const;
const LINES = ['to', 'cc', 'bcc'] as const;

export function useComposer(composer: OpenComposer, editor: RefObject<EditorHandle | null>) {
  const { session } = composer;
  const view = useSyncExternalStore(session.subscribe, () => session.view);
  const accounts = useSession((state) => state.accounts);
  const settings = useSession((state) => state.settings);
  const [passed, setPassed] = useState<ReadonlySet<Guard['kind']>>(
    () => new Set(composer.answered ? QUESTIONS : []),
  );
  const [asked, setAsked] = useState(false);
  const [sending, setSending] = useState(false);
  const [adding, setAdding] = useState<readonly AddingFile[]>([]);
  /** Counts what the editor must take anew: a version brought back, plain or rich, the quote moved in. */
  const [stamp, setStamp] = useState(0);
  const sendingNow = useRef(false);
  const { draft } = view;

  const { houses, ownDomains } = useMemo(() => {
    const addresses = accounts.map((account) => account.address);
    return { houses: ownHouses(addresses), ownDomains: new Set(addresses.map(domainOf)) };
  }, [accounts]);

  const change = (what: Partial<DraftContent>) => session.change(what);
  const written = (html: string) => {
    if (session.draft.html !== null && html !== session.draft.html) change({ html, text: htmlToText(html) });
  };
  const typing = (now: boolean) => session.typing(now);
  /** Takes over what stands in the editor and was not told yet. */
  const collect = (): Draft => {
    editor.current?.read();
    return session.draft;
  };
  const replaceText = (html: string | null, plain: string) => {
    change({ html, text: plain });
    setStamp((n) => n + 1);
  };

  /** Its account can send: one that only reads, or lives on this computer, cannot. */
  const sends = (now: Draft) => accounts.some((each) => each.id === now.account && each.outgoing !== null);
  const facts = (now: Draft) => ({
    content: sends(now) ? now : { ...now, account: null },
    kind: now.kind,
    knownDomains: now.knownDomains,
    files: now.attachments.filter((each) => !each.inline).length + adding.length,
    ownText: ownWords(now.html, now.text),
    houses,
    ownDomains,
  });
  const open = (guards: readonly Guard[]) =>
    wanted(guards, settings).filter((guard) => stops(guard) || !passed.has(guard.kind));
  const strangers = newOutside(facts(draft));
  // Before Send is pressed only the stranger in a reply is spoken about: the rest may still be on its way.
  const shown = asked
    ? open(guardsOf(facts(draft)))
    : open(strangers.length > 0 ? [{ kind: 'new-outside', recipients: strangers }] : []);

  const send = async (how: { delay?: number; at?: number } = {}): Promise<boolean> => {
    if (sendingNow.current) return false;
    const now = collect();
    const guards = guardsOf(facts(now));
    const stopping = guards.some(stops);
    // Said once: the second press of Send means it.
    const unseen = open(guards).filter(
      (guard) => !(asked && shown.some((other) => other.kind === guard.kind)),
    );
    if (stopping || unseen.length > 0) {
      setAsked(true);
      return false;
    }
    sendingNow.current = true;
    setSending(true);
    try {
      await sendLetter(composer, {
        delay: how.delay ?? undoSeconds(),
        ...(how.at === undefined ? {} : { at: how.at, delay: 0 }),
      });
      return true;
    } catch (thrown) {
      sayFailure(thrown);
      setSending(false);
      sendingNow.current = false;
      return false;
    }
  };

  const attach = (files: readonly File[]) => {
    for (const file of files) void attachOne(file);
  };
  const attachOne = async (file: File) => {
    const entry: AddingFile = { key: nextFile++, name: file.name, size: file.size };
    setAdding((all) => [...all, entry]);
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const type = file.type || 'application/octet-stream';
      await session.attach({ name: file.name.slice(0, 255), type, bytes });
    } catch (thrown) {
      const said = sentence(asFault(thrown));
      showToast({ text: `${text().composer.files.failed(file.name)} ${said.title}`, icon: 'warning' });
    } finally {
      setAdding((all) => all.filter((other) => other !== entry));
    }
  };

  const setLine = (line: RecipientLine, recipients: Recipient[]) => change({ [line]: recipients });
  const removeRecipients = (gone: readonly Recipient[]) => {
    const addresses = new Set(gone.map((each) => each.address.toLowerCase()));
    const keep = (list: readonly Recipient[]) =>
      list.filter((each) => !addresses.has(each.address.toLowerCase()));
    const { to, cc, bcc } = session.draft;
    change({ to: keep(to), cc: keep(cc), bcc: keep(bcc) });
  };

  return {
    view,
    draft,
    houses,
    ownDomains,
    sending,
    adding,
    stamp,
    shown,
    strangers,
    collect,
    written,
    typing,
    change,
    attach,
    send,
    setLine,
    removeRecipients,
    take(restored: Draft) {
      session.take(restored);
      setStamp((n) => n + 1);
    },
    pass: (kind: Guard['kind']) => setPassed((all) => new Set([...all, kind])),
    /** Says what is wrong, or that nothing is. */
    check() {
      const guards = guardsOf(facts(collect()));
      setAsked(true);
      if (!guards.some(stops)) {
        const { to, cc, bcc } = session.draft;
        showToast({
          text: text().composer.addressesFine(to.length + cc.length + bcc.length),
          icon: 'check',
        });
      }
    },
    detach: (id: string) => session.detach(id).catch(sayFailure),
    /** A chip dragged from one line to another. */
    move(from: RecipientLine, to: RecipientLine, recipient: Recipient) {
      const address = recipient.address.toLowerCase();
      const left = session.draft[from].filter((each) => each.address.toLowerCase() !== address);
      change({ [from]: left, [to]: [...session.draft[to], recipient] });
    },
    outsideToBcc() {
      const { to, cc, bcc } = session.draft;
      const outside = (each: Recipient) =>
        addressProblem(each.address, ownDomains) === null && !inHouse(each, houses);
      const moved = [...to, ...cc].filter(outside);
      change({
        to: to.filter((each) => !outside(each)),
        cc: cc.filter((each) => !outside(each)),
        bcc: [...bcc, ...moved],
      });
    },
    replaceText,
    editQuote() {
      const now = collect();
      const html =
        now.html === null ? null : `${now.html}<div><br></div>${now.quoteHtml ?? richOf(now.quoteText)}`;
      const plain = now.html === null ? `${now.text}\n\n${now.quoteText}` : htmlToText(html ?? '');
      change({ quoteHtml: null, quoteText: '' });
      replaceText(html, plain);
    },
    removeQuote: () => change({ quoteHtml: null, quoteText: '' }),
    recipientCount: LINES.reduce((sum, line) => sum + draft[line].length, 0),
  };
}

function inHouse(recipient: Recipient, houses: ReadonlySet<string>): boolean {
  return (
    ownHouses([recipient.address]).size > 0 &&
    [...ownHouses([recipient.address])].every((house) => houses.has(house))
  );
}
