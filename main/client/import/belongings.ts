/**
 * What belongs to a person besides letters (address books, signatures, templates, snippets, accounts without their passwords,
 * rules, drafts, the order of things, settings) as files of an export, and back. It asks the rooms by the contract, as a window
 * would, so each keeps its own form and its own checks.
 *
 * What is here already is never replaced: somebody of the same address is completed, a rule or signature of the same name
 * stays.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../base/errors.ts';
import type { EntryName, Input, Output } from '../../contract/contract.ts';
import { SettingsChange } from '../../contract/mail/profile.ts';
import { TemplateContent } from '../../contract/mail/signatures.ts';
import { safeFilename } from '../../mail/filename.ts';
import { AccountFile, gatherAccounts, takeAccounts } from './account-file.ts';
import { Arrangement, gatherArrangement, namesOf, takeArrangement } from './arrangement.ts';
import { DraftFile, gatherDrafts, takeDrafts } from './draft-file.ts';
import type { ExportManifest } from './export-manifest.ts';
import { cardOf, type Person, type PersonBook } from './outlook/person.ts';

export type Call = <N extends EntryName>(
  name: N,
  input: Input<N>,
  chunk?: (bytes: Uint8Array) => void,
) => Promise<Output<N>>;

export interface RestFile {
  name: string;
  what: ExportManifest['rest'][number]['what'];
  /** Of an address book. */
  book?: { kind: 'own' | 'collected'; name: string };
  content: string | Uint8Array;
}

const Picture = z.object({ name: z.string(), type: z.string(), contentId: z.string(), bytes: z.string() });
type Picture = z.infer<typeof Picture>;
const Texts = z.object({
  signatures: z.array(
    z.object({ name: z.string(), html: z.string(), text: z.string(), pictures: z.array(Picture) }),
  ),
  templates: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['template', 'stationery']),
      content: TemplateContent,
      pictures: z.array(Picture),
    }),
  ),
  snippets: z.array(z.object({ keyword: z.string(), html: z.string(), text: z.string() })),
});
const RuleFile = z.looseObject({ rules: z.array(z.looseObject({ name: z.string() })) });
/** Of this computer, not of the person. */
const NOT_CARRIED = new Set(['hostOffice', 'shareOffice', 'copyWhen', 'copyFolder']);

/** Octets of an answer that comes in chunks. */
async function gathered(ask: (chunk: (bytes: Uint8Array) => void) => Promise<unknown>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  await ask((bytes) => pieces.push(Uint8Array.from(bytes)));
  return Buffer.concat(pieces);
}

/** In the order in which they are brought back: what names others comes after them. @param local account of this computer */
export async function gatherBelongings(call: Call, local: number | null): Promise<RestFile[]> {
  const files: RestFile[] = [];
  for (const [n, { id, kind, name, count }] of (await call('contacts.books', {})).entries()) {
    if (kind === 'ldap' || count === 0) continue;
    const content = await gathered((chunk) => call('contacts.export', { book: id, format: 'vcard4' }, chunk));
    const file = `contacts-${n + 1}${name === '' ? '' : `-${safeFilename(name, 'book')}`}.vcf`;
    files.push({ name: file, what: 'contacts', book: { kind, name }, content });
  }
  const texts = await gatherTexts(call);
  if (texts.signatures.length + texts.templates.length + texts.snippets.length > 0)
    files.push({ name: 'signatures.json', what: 'signatures', content: JSON.stringify(texts, null, 1) });
  const names = await namesOf(call, local, false);
  const json = (what: RestFile['what'], value: unknown): void =>
    void files.push({ name: `${what}.json`, what, content: JSON.stringify(value, null, 1) });
  const accounts = await gatherAccounts(call, names);
  if (accounts.accounts.length > 0) json('accounts', accounts);
  const { text } = await call('rules.export', { as: 'json' });
  if (RuleFile.safeParse(JSON.parse(text)).data?.rules.length)
    files.push({ name: 'rules.json', what: 'rules', content: text });
  const drafts = await gatherDrafts(call);
  if (drafts.drafts.length > 0) json('drafts', drafts);
  json('arrangement', await gatherArrangement(call, names));
  const settings = Object.entries(await call('settings.get', {})).filter(([name]) => !NOT_CARRIED.has(name));
  files.push({
    name: 'settings.json',
    what: 'settings',
    content: JSON.stringify(Object.fromEntries(settings), null, 1),
  });
  return files;
}

async function gatherTexts(call: Call): Promise<z.infer<typeof Texts>> {
  const pictures = async (
    name: 'signatures.picture' | 'templates.picture',
    id: number,
    html: string,
  ): Promise<Picture[]> => {
    const found: Picture[] = [];
    for (const contentId of new Set(
      [...html.matchAll(/cid:([^"'\s)>]+)/g)].map((each) => each[1] as string),
    )) {
      let facts: { name: string; type: string } | undefined;
      const bytes = await gathered(async (chunk) => {
        facts = await call(name, { id, contentId }, chunk);
      }).catch(() => null);
      if (bytes && facts)
        found.push({ name: facts.name, type: facts.type, contentId, bytes: bytes.toString('base64') });
    }
    return found;
  };
  const out: z.infer<typeof Texts> = { signatures: [], templates: [], snippets: [] };
  for (const { id, name, html, text } of await call('signatures.list', {}))
    out.signatures.push({ name, html, text, pictures: await pictures('signatures.picture', id, html) });
  for (const { id, name, kind, ...rest } of await call('templates.list', {}))
    out.templates.push({
      name,
      kind,
      content: TemplateContent.parse(rest),
      pictures: await pictures('templates.picture', id, rest.html ?? ''),
    });
  for (const { keyword, html, text } of await call('snippets.list', {}))
    out.snippets.push({ keyword, html, text });
  return out;
}

/**
 * People and lists, each into the book it comes from: the first own one, one of the same name, the collected one.
 * @returns how many people came in
 */
export async function takePeople(call: Call, people: readonly Person[]): Promise<number> {
  const books = new Map<string, { book: PersonBook | undefined; cards: string[] }>();
  for (const person of people) {
    const card = cardOf(person);
    if (card === '') continue;
    const key = person.book ? `${person.book.kind} ${person.book.name}` : '';
    const into = books.get(key) ?? { book: person.book, cards: [] };
    books.set(key, into);
    into.cards.push(card);
  }
  let taken = 0;
  for (const { book, cards } of books.values())
    taken += await takeBook(call, new TextEncoder().encode(cards.join('')), book);
  return taken;
}

/** What came in besides letters. */
export interface Brought {
  people: number;
  rules: number;
  signatures: number;
  identities: number;
}

/** Brings the files of an export back; problems are told and the rest goes on. */
export async function restoreBelongings(
  call: Call,
  dir: string,
  manifest: ExportManifest,
  local: () => Promise<number>,
  onProblem: (path: string, reason: string) => void,
): Promise<Brought> {
  const brought: Brought = { people: 0, rules: 0, signatures: 0, identities: 0 };
  for (const each of manifest.rest) {
    const path = join(dir, ...each.file.split('/'));
    try {
      const bytes = await readFile(path);
      if (each.what === 'contacts') brought.people += await takeBook(call, Uint8Array.from(bytes), each.book);
      else if (each.what === 'rules')
        brought.rules += await takeRules(call, bytes.toString('utf8'), (rule, reason) =>
          onProblem(`${path}: ${rule}`, reason),
        );
      else if (each.what === 'signatures')
        brought.signatures += await takeTexts(call, Texts.parse(JSON.parse(bytes.toString('utf8'))));
      else if (each.what === 'accounts')
        brought.identities += await takeAccounts(
          call,
          AccountFile.parse(JSON.parse(bytes.toString('utf8'))),
          await namesOf(call, await local(), true),
        );
      else if (each.what === 'drafts')
        await takeDrafts(call, DraftFile.parse(JSON.parse(bytes.toString('utf8'))));
      else if (each.what === 'arrangement')
        await takeArrangement(
          call,
          Arrangement.parse(JSON.parse(bytes.toString('utf8'))),
          await namesOf(call, await local(), true),
        );
      else await takeSettings(call, JSON.parse(bytes.toString('utf8')));
    } catch (failure) {
      onProblem(path, failure instanceof Fault ? failure.code : 'damaged');
    }
  }
  return brought;
}

/** @returns people that came in; lists come in too and are not counted as people */
async function takeBook(call: Call, bytes: Uint8Array<ArrayBuffer>, book: RestFile['book']): Promise<number> {
  const books = await call('contacts.books', {});
  const kind = book?.kind ?? 'own';
  const name = book?.name ?? '';
  const known = books.find((each) => each.kind === kind && each.name === name);
  const id =
    known?.id ??
    (kind === 'own' && name !== '' ? (await call('contacts.saveBook', { id: null, name })).id : null);
  const { imported, completed, lists } = await call('contacts.import', {
    bytes,
    name: 'contacts.vcf',
    charset: 'utf-8',
    book: id,
  });
  return imported + completed - lists;
}

/** @returns rules that came in; what one of them names and is not here is told */
async function takeRules(
  call: Call,
  text: string,
  onProblem: (rule: string, reason: string) => void,
): Promise<number> {
  const file = RuleFile.parse(JSON.parse(text));
  const here = new Set((await call('rules.list', {})).map((rule) => rule.name));
  const rules = file.rules.filter((rule) => !here.has(rule.name));
  if (rules.length === 0) return 0;
  const { added, problems } = await call('rules.import', { text: JSON.stringify({ ...file, rules }) });
  for (const { rule, code } of problems) onProblem(rule, RULE_REASONS[code] ?? 'rule-unread');
  return added;
}

/** Why a rule came switched off. */
const RULE_REASONS: Readonly<Record<string, string>> = {
  'no-such-folder': 'rule-folder',
  'no-such-account': 'rule-account',
  'no-such-template': 'rule-template',
};

/** @returns signatures that came in */
async function takeTexts(call: Call, texts: z.infer<typeof Texts>): Promise<number> {
  let taken = 0;
  const signatures = new Set((await call('signatures.list', {})).map((each) => each.name));
  for (const { name, html, text, pictures } of texts.signatures) {
    if (signatures.has(name)) continue;
    const { id } = await call('signatures.save', { name, html, text });
    taken++;
    const now = await carried(html, pictures, (picture) => call('signatures.attach', { id, ...picture }));
    if (now !== html) await call('signatures.save', { id, name, html: now, text });
  }
  const templates = new Set((await call('templates.list', {})).map((each) => each.name));
  for (const { name, kind, content, pictures } of texts.templates) {
    if (templates.has(name)) continue;
    const { id } = await call('templates.save', { name, kind, content });
    const html = content.html ?? '';
    const now = await carried(html, pictures, (picture) =>
      call('templates.attach', { id, ...picture, inline: true }),
    );
    if (now !== html) await call('templates.save', { id, name, kind, content: { ...content, html: now } });
  }
  const snippets = new Set((await call('snippets.list', {})).map((each) => each.keyword));
  for (const snippet of texts.snippets)
    if (!snippets.has(snippet.keyword)) await call('snippets.save', snippet);
  return taken;
}

/** The markup with the identifiers that its pictures have here. */
async function carried(
  html: string,
  pictures: readonly Picture[],
  attach: (picture: {
    name: string;
    type: string;
    bytes: Uint8Array<ArrayBuffer>;
  }) => Promise<{ contentId?: string | null | undefined }>,
): Promise<string> {
  let out = html;
  for (const { name, type, contentId, bytes } of pictures) {
    const made = await attach({ name, type, bytes: Uint8Array.from(Buffer.from(bytes, 'base64')) });
    if (made.contentId) out = out.replaceAll(`cid:${contentId}`, `cid:${made.contentId}`);
  }
  return out;
}

async function takeSettings(call: Call, stored: unknown): Promise<void> {
  const values = Object.entries((stored ?? {}) as Record<string, unknown>).filter(
    ([name, value]) =>
      !NOT_CARRIED.has(name) &&
      Object.hasOwn(SettingsChange.shape, name) &&
      // A value that a later version wrote and this one does not know is left as it is here.
      SettingsChange.safeParse({ [name]: value }).success,
  );
  await call('settings.set', SettingsChange.parse(Object.fromEntries(values)));
}
