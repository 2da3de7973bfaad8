/** Signatures, templates, snippets: the contract's names over their rooms. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { CallOptions, Handlers } from '../../contract/door.ts';
import type { Draft } from '../../contract/mail/drafts.ts';
import type { Pool } from '../../store/threads.ts';
import { newMessageId } from '../drafts/content.ts';
import { chooseIdentity } from '../identities/choice.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';
import { type Holder, SIGNATURE_PICTURE } from '../signatures/rows.ts';
import { Signatures } from '../signatures/signatures.ts';

export interface SignatureHandlerDeps {
  store: ClientStore;
  pool: Pool<IngestCalls>;
  clock: Clock;
}

type Served = Extract<keyof Handlers, `signatures.${string}` | `templates.${string}` | `snippets.${string}`>;

/** Octets of one picture of a signature: it goes with every letter. */
const MAX_SIGNATURE_PICTURE = 2 * 1024 * 1024;

/** The signature block of a letter, and everything that follows it. */
const SIGNATURE_BLOCK = /<div[^>]*\bclass="[^"]*\bpostroom-signature\b[^"]*"[^>]*>[\s\S]*$/i;

export function signatureHandlers(deps: SignatureHandlerDeps): Pick<Handlers, Served> {
  const { store, pool } = deps;
  const signatures = new Signatures(store, deps.clock);

  const attach = async (
    holder: Holder,
    input: { id: number; name: string; type: string; bytes: Uint8Array; inline: boolean },
  ) => {
    const blob = await pool.call('draft.blob', { bytes: input.bytes });
    const id = randomUUID();
    const contentId = `${id}${holder === 'signatures' ? SIGNATURE_PICTURE : '@postroom'}`;
    const file = {
      id,
      name: input.name || 'picture',
      type: input.type || 'application/octet-stream',
      size: blob.raw,
      inline: input.inline,
      contentId: input.inline ? contentId : '',
    };
    const stored = await store.write('holder.attach', { holder, id: input.id, file: { ...file, blob } });
    const { hash: _hash, ...shown } = stored;
    return shown;
  };
  const carry = async (holder: Holder, id: number, draft: number): Promise<Record<string, never>> => {
    const files = await store.read('holder.files', { holder, id });
    if (files.length > 0)
      await store.write('holder.carry', { holder, id, draft, ids: files.map(() => randomUUID()) });
    return {};
  };
  const picture = async (
    holder: Holder,
    { id, contentId }: { id: number; contentId: string },
    { chunk, signal }: CallOptions,
  ) => {
    const found = (await store.read('holder.files', { holder, id })).find(
      (each) => each.contentId === contentId || each.id === contentId,
    );
    if (!found) throw new Fault('user', 'no-such-attachment', 'This file is no longer here.');
    for await (const bytes of store.blobs.stream(found.hash)) {
      signal.throwIfAborted();
      chunk(bytes);
    }
    return { name: found.name, type: found.type, size: found.size };
  };

  return {
    'signatures.list': () => store.read('signatures.list'),
    async 'signatures.save'(input) {
      return store.read('signatures.get', { id: await store.write('signatures.save', input) });
    },
    async 'signatures.remove'({ id }) {
      await store.write('holder.removed', { holder: 'signatures', id, removed: true });
      return {};
    },
    async 'signatures.keep'({ id }) {
      await store.write('holder.removed', { holder: 'signatures', id, removed: false });
      return store.read('signatures.get', { id });
    },
    async 'signatures.order'(input) {
      await store.write('signatures.order', input);
      return store.read('signatures.list');
    },
    async 'signatures.attach'(input) {
      if (input.bytes.length > MAX_SIGNATURE_PICTURE) {
        throw new Fault(
          'user',
          'too-large',
          'A picture of a signature goes with every letter: 2 MB at most.',
          {
            detail: { limit: MAX_SIGNATURE_PICTURE },
          },
        );
      }
      return attach('signatures', { ...input, inline: true });
    },
    'signatures.picture': (input, call) => picture('signatures', input, call),
    'signatures.fill': (input) => signatures.fill(input),
    'signatures.carry': ({ id, draft }) => carry('signatures', id, draft),

    'templates.list': () => store.read('templates.list'),
    async 'templates.save'(input) {
      return store.read('templates.get', { id: await store.write('templates.save', input) });
    },
    async 'templates.remove'({ id }) {
      await store.write('holder.removed', { holder: 'templates', id, removed: true });
      return {};
    },
    async 'templates.keep'({ id }) {
      await store.write('holder.removed', { holder: 'templates', id, removed: false });
      return store.read('templates.get', { id });
    },
    'templates.attach': (input) => attach('templates', input),
    async 'templates.detach'({ id, attachment }) {
      await store.write('holder.detach', { holder: 'templates', id, attachment });
      return {};
    },
    'templates.picture': (input, call) => picture('templates', input, call),
    'templates.fill': (input) => signatures.fillTemplate(input),
    'templates.carry': ({ id, draft }) => carry('templates', id, draft),
    async 'templates.fromDraft'({ draft, name }) {
      const { subject, to, cc, bcc, html, text } = await store.read('drafts.get', { id: draft });
      const own = html?.replace(SIGNATURE_BLOCK, '').replace(/(?:<div><br\s*\/?><\/div>)+$/i, '') ?? null;
      const content = {
        subject,
        to,
        cc,
        bcc,
        html: own,
        text: own === null ? text.replace(/(^|\n)-- \n[\s\S]*$/, '').trimEnd() : '',
        paper: { background: '' as const, font: '' as const },
      };
      const { attachments } = await store.read('drafts.get', { id: draft });
      const ids = attachments.map(() => randomUUID());
      const id = await store.write('templates.fromDraft', { draft, name, content, ids });
      return store.read('templates.get', { id });
    },
    async 'templates.create'({ id, account, identity }): Promise<Draft> {
      const identities = await store.read('identities.list');
      const sender = chooseIdentity({ identities, account, identity, recipients: [] });
      const filled = await signatures.fillTemplate({
        id,
        identity: sender?.id ?? null,
        recipients: [],
        subject: '',
      });
      const from = sender ? { name: sender.name, address: sender.address } : null;
      const draft = await store.write('drafts.create', {
        kind: 'new',
        of: null,
        content: {
          account: sender?.account ?? null,
          identity: sender?.id ?? null,
          from,
          to: filled.to,
          cc: filled.cc,
          bcc: filled.bcc,
          replyTo: [],
          subject: filled.subject,
          html: filled.plain ? null : filled.html,
          text: filled.text,
          quoteHtml: null,
          quoteText: '',
          importance: 'normal',
          requestReadReceipt: false,
        },
        attachments: [],
        knownDomains: [],
        threading: {},
        messageId: newMessageId(from),
      });
      await carry('templates', id, draft);
      return store.read('drafts.get', { id: draft });
    },

    'snippets.list': () => store.read('snippets.list'),
    async 'snippets.save'(input) {
      const id = await store.write('snippets.save', input);
      const found = (await store.read('snippets.list')).find((each) => each.id === id);
      if (!found) throw new Fault('user', 'no-such-snippet', 'There is no such snippet.', { detail: { id } });
      return found;
    },
    async 'snippets.remove'(input) {
      await store.write('snippets.remove', input);
      return {};
    },
    'snippets.fill': (input) => signatures.fillSnippet(input),
  };
}
