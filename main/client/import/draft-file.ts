/**
 * Letters half written, with their files, as a file of an export and back. A draft that is here already (the same subject,
 * recipients and text) is not made a second time. What waits in the outbox is not among them: it is to leave from one computer.
 */
import { z } from 'zod';
import { DraftContent } from '../../contract/mail/drafts.ts';
import type { Call } from './belongings.ts';

const File = z.object({
  name: z.string(),
  type: z.string(),
  inline: z.boolean(),
  contentId: z.string(),
  /** base64 */
  bytes: z.string(),
});

export const DraftFile = z.object({
  drafts: z.array(
    z.object({
      /** Address of its account; '': none was chosen. */
      account: z.string(),
      content: DraftContent.omit({ account: true, identity: true }),
      files: z.array(File),
    }),
  ),
});
export type DraftFile = z.infer<typeof DraftFile>;

type Whole = Awaited<ReturnType<typeof drafts>>[number];

const drafts = async (call: Call) =>
  Promise.all((await call('drafts.list', {})).map(({ id }) => call('drafts.get', { id })));

const printOf = ({ subject, to, text, html }: Pick<Whole, 'subject' | 'to' | 'text' | 'html'>): string =>
  JSON.stringify([
    subject,
    to.map(({ address }) => address),
    text,
    (html ?? '').replace(/cid:[^"'\s)>]+/g, ''),
  ]);

export async function gatherDrafts(call: Call): Promise<DraftFile> {
  const accounts = new Map((await call('accounts.list', {})).map((each) => [each.id, each.address]));
  const out: DraftFile['drafts'] = [];
  for (const draft of await drafts(call)) {
    const files: z.infer<typeof File>[] = [];
    for (const { id, name, type, inline, contentId } of draft.attachments) {
      const pieces: Uint8Array[] = [];
      await call('drafts.attachment', { id: draft.id, attachment: id }, (piece) =>
        pieces.push(Uint8Array.from(piece)),
      );
      files.push({ name, type, inline, contentId, bytes: Buffer.concat(pieces).toString('base64') });
    }
    const content = DraftFile.shape.drafts.element.shape.content.parse(draft);
    out.push({
      account: (draft.account === null ? undefined : accounts.get(draft.account)) ?? '',
      content,
      files,
    });
  }
  return { drafts: out };
}

export async function takeDrafts(call: Call, from: DraftFile): Promise<void> {
  const here = new Set((await drafts(call)).map(printOf));
  const accounts = new Map(
    (await call('accounts.list', {})).map((each) => [each.address.toLowerCase(), each.id]),
  );
  for (const { account: address, content, files } of from.drafts) {
    if (here.has(printOf(content))) continue;
    const account = accounts.get(address.toLowerCase()) ?? null;
    const made = await call('drafts.create', { kind: 'new', ...(account === null ? {} : { account }) });
    let { html, quoteHtml } = content;
    for (const { bytes, contentId, ...file } of files) {
      const kept = await call('drafts.attach', {
        id: made.id,
        ...file,
        bytes: Uint8Array.from(Buffer.from(bytes, 'base64')),
      });
      if (contentId === '' || kept.contentId === '') continue;
      html = html?.replaceAll(`cid:${contentId}`, `cid:${kept.contentId}`) ?? null;
      quoteHtml = quoteHtml?.replaceAll(`cid:${contentId}`, `cid:${kept.contentId}`) ?? null;
    }
    const { version } = await call('drafts.get', { id: made.id });
    await call('drafts.save', {
      id: made.id,
      base: version,
      content: { ...content, account, html, quoteHtml },
    });
  }
}
