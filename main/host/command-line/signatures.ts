/** Identities, signatures, templates and snippets from the command line: by their names, texts from files. */
import type { Identity, SignatureChoices } from '../../contract/mail/identities.ts';
import type { Signature, Template } from '../../contract/mail/signatures.ts';
import { type Address, parseAddressList } from '../../mail/address.ts';
import { htmlToText } from '../../mail/message.ts';
import { accountNamed } from './accounts.ts';
import { CommandError, UsageError } from './arguments.ts';
import { fileText } from './files.ts';
import { folderNamed, namedFolders, type Session } from './session.ts';

const same = (a: string, b: string): boolean => a.toLocaleLowerCase() === b.toLocaleLowerCase();

/** The one word a command takes. @throws UsageError */
function wordOf(session: Session, option: 'name' | 'address'): string {
  const [word] = session.args.words;
  if (word === undefined || word === '') throw new UsageError((words) => words.missingOption(option));
  return word;
}

/** A text from the file an option names; undefined: the option was not given. */
async function fileOf(session: Session, option: 'html' | 'text'): Promise<string | undefined> {
  const path = session.args.text(option);
  return path === undefined ? undefined : fileText(path);
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const asHtml = (text: string): string =>
  text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map((line) => `<div>${escaped(line) || '<br>'}</div>`)
    .join('');

/** Markup and plain words from --html, --text or both; undefined: neither was given. */
async function bodyOf(session: Session): Promise<{ html: string; text: string } | undefined> {
  const [html, text] = [await fileOf(session, 'html'), await fileOf(session, 'text')];
  if (html === undefined && text === undefined) return undefined;
  return { html: html ?? asHtml(text ?? ''), text: text?.replace(/\r?\n$/, '') ?? '' };
}

async function signatureNamed(session: Session, name: string): Promise<Signature> {
  const found = (await session.call('signatures.list', {})).find((each) => same(each.name, name));
  if (!found) throw new CommandError((words) => words.nothingNamed(name));
  return found;
}

async function templateNamed(session: Session, name: string): Promise<Template> {
  const found = (await session.call('templates.list', {})).find((each) => same(each.name, name));
  if (!found) throw new CommandError((words) => words.nothingNamed(name));
  return found;
}

/** By its number or its address; the first of several with one address. */
async function identityNamed(session: Session, name: string): Promise<Identity> {
  const all = await session.call('identities.list', {});
  const found = all.find((each) => String(each.id) === name) ?? all.find((each) => same(each.address, name));
  if (!found) throw new CommandError((words) => words.nothingNamed(name));
  return found;
}

const shownSignature = ({ id, name, html, text }: Signature) => ({ id, name, html, text });

async function signaturesList(session: Session): Promise<void> {
  const all = await session.call('signatures.list', {});
  await session.print(all.map(shownSignature), () =>
    all.map((each) => `${each.id}\t${each.name}\t${htmlToText(each.html).replaceAll('\n', ' / ')}`),
  );
}

async function signaturesAdd(session: Session): Promise<void> {
  const name = wordOf(session, 'name');
  const body = await bodyOf(session);
  if (!body) throw new UsageError((words) => words.missingOption('html'));
  const made = await session.call('signatures.save', { name, ...body });
  await session.print(shownSignature(made), () => [`${made.id}\t${made.name}`]);
}

async function signaturesChange(session: Session): Promise<void> {
  const { id, name, html, text } = await signatureNamed(session, wordOf(session, 'name'));
  const body = (await bodyOf(session)) ?? { html, text };
  const changed = await session.call('signatures.save', {
    id,
    name: session.args.text('name') ?? name,
    ...body,
  });
  await session.print(shownSignature(changed), () => [`${changed.id}\t${changed.name}`]);
}

async function signaturesRemove(session: Session): Promise<void> {
  const { id, name } = await signatureNamed(session, wordOf(session, 'name'));
  await session.call('signatures.remove', { id });
  await session.print({ id, name }, () => [`${id}\t${name}`]);
}

const USES: Readonly<Record<string, keyof SignatureChoices>> = {
  new: 'new',
  reply: 'reply',
  'new-inside': 'newInside',
  'reply-inside': 'replyInside',
};

async function signaturesAssign(session: Session): Promise<void> {
  const name = wordOf(session, 'name');
  const identity = await identityNamed(session, session.args.required('identity'));
  const asked = session.args.text('use') ?? 'new';
  const use = Object.hasOwn(USES, asked) ? USES[asked] : undefined;
  if (!use) throw new UsageError((words) => words.oneOf('use', Object.keys(USES).join(', ')));
  const choice = name === 'none' || name === 'default' ? name : (await signatureNamed(session, name)).id;
  const changed = await session.call('identities.update', { id: identity.id, signatures: { [use]: choice } });
  await session.print({ identity: changed.id, signatures: changed.signatures }, () => [
    `${changed.address}\t${asked}\t${name}`,
  ]);
}

const people = (text: string | undefined): Address[] | undefined =>
  text === undefined ? undefined : text === '' ? [] : parseAddressList(text);

/** What the options say of an identity; what is not given stays. */
async function identityOptions(session: Session) {
  const { args } = session;
  const sent = args.text('sent-folder');
  const replyTo = people(args.text('reply-to'));
  const bcc = people(args.text('bcc'));
  const [name, label, organisation] = [args.text('name'), args.text('label'), args.text('organisation')];
  return {
    ...(name === undefined ? {} : { name }),
    ...(label === undefined ? {} : { label }),
    ...(organisation === undefined ? {} : { organisation }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(bcc === undefined ? {} : { bcc }),
    ...(sent === undefined ? {} : { sentFolder: sent === '' ? null : (await folderNamed(session, sent)).id }),
  };
}

async function printIdentities(session: Session, all: readonly Identity[]): Promise<void> {
  const folders = new Map((await namedFolders(session)).map((each) => [each.id, each.full]));
  const shown = all.map(({ sentFolder, ...each }) => ({
    ...each,
    sentFolder: sentFolder === null ? null : (folders.get(sentFolder) ?? String(sentFolder)),
  }));
  await session.print(session.args.command === 'identities list' ? shown : shown[0], () =>
    shown.map((each) => [each.id, each.main ? '*' : ' ', each.address, each.name, each.label].join('\t')),
  );
}

async function identitiesList(session: Session): Promise<void> {
  await printIdentities(session, await session.call('identities.list', {}));
}

async function identitiesAdd(session: Session): Promise<void> {
  const address = wordOf(session, 'address');
  const account = await accountNamed(session, session.args.required('account'));
  const options = await identityOptions(session);
  await printIdentities(session, [
    await session.call('identities.add', { account: account.id, name: account.name, ...options, address }),
  ]);
}

async function identitiesChange(session: Session): Promise<void> {
  const { id } = await identityNamed(session, wordOf(session, 'address'));
  const address = session.args.text('address');
  const options = await identityOptions(session);
  await printIdentities(session, [
    await session.call('identities.update', {
      id,
      ...options,
      ...(address === undefined ? {} : { address }),
    }),
  ]);
}

async function identitiesRemove(session: Session): Promise<void> {
  const { id, address } = await identityNamed(session, wordOf(session, 'address'));
  await session.call('identities.remove', { id });
  await session.print({ id, address }, () => [`${id}\t${address}`]);
}

const shownTemplate = ({ attachments, ...each }: Template) => ({
  ...each,
  files: attachments.filter((file) => !file.inline).map(({ name, size }) => ({ name, size })),
});

async function templatesList(session: Session): Promise<void> {
  const all = await session.call('templates.list', {});
  await session.print(all.map(shownTemplate), () =>
    all.map((each) => `${each.id}\t${each.kind}\t${each.name}\t${each.subject}`),
  );
}

async function templatesShow(session: Session): Promise<void> {
  const found = await templateNamed(session, wordOf(session, 'name'));
  await session.print(shownTemplate(found), () => [
    found.subject,
    '',
    found.html === null ? found.text : htmlToText(found.html),
  ]);
}

async function templatesAdd(session: Session): Promise<void> {
  const { args } = session;
  const name = wordOf(session, 'name');
  const kind = args.text('kind') ?? 'template';
  if (kind !== 'template' && kind !== 'stationery')
    throw new UsageError((words) => words.oneOf('kind', 'template, stationery'));
  const [html, text] = [await fileOf(session, 'html'), await fileOf(session, 'text')];
  if (html === undefined && text === undefined) throw new UsageError((words) => words.missingOption('html'));
  const made = await session.call('templates.save', {
    name,
    kind,
    content: {
      subject: args.text('subject') ?? '',
      to: people(args.text('to')) ?? [],
      cc: [],
      bcc: people(args.text('bcc')) ?? [],
      html: html ?? null,
      text: text ?? '',
      paper: { background: '', font: '' },
    },
  });
  await session.print(shownTemplate(made), () => [`${made.id}\t${made.name}`]);
}

async function templatesRemove(session: Session): Promise<void> {
  const { id, name } = await templateNamed(session, wordOf(session, 'name'));
  await session.call('templates.remove', { id });
  await session.print({ id, name }, () => [`${id}\t${name}`]);
}

async function snippetsList(session: Session): Promise<void> {
  const all = await session.call('snippets.list', {});
  await session.print(all, () => all.map((each) => `;${each.keyword}\t${each.text}`));
}

async function snippetsAdd(session: Session): Promise<void> {
  const keyword = wordOf(session, 'name');
  const body = await bodyOf(session);
  if (!body) throw new UsageError((words) => words.missingOption('text'));
  const made = await session.call('snippets.save', {
    keyword,
    html: body.html,
    text: body.text || htmlToText(body.html),
  });
  await session.print(made, () => [`;${made.keyword}`]);
}

async function snippetsRemove(session: Session): Promise<void> {
  const keyword = wordOf(session, 'name').replace(/^;/, '');
  const found = (await session.call('snippets.list', {})).find((each) => same(each.keyword, keyword));
  if (!found) throw new CommandError((words) => words.nothingNamed(keyword));
  await session.call('snippets.remove', { id: found.id });
  await session.print({ keyword: found.keyword }, () => [`;${found.keyword}`]);
}

export const SIGNATURE_COMMANDS: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  'signatures list': signaturesList,
  'signatures add': signaturesAdd,
  'signatures change': signaturesChange,
  'signatures remove': signaturesRemove,
  'signatures assign': signaturesAssign,
  'identities list': identitiesList,
  'identities add': identitiesAdd,
  'identities change': identitiesChange,
  'identities remove': identitiesRemove,
  'templates list': templatesList,
  'templates show': templatesShow,
  'templates add': templatesAdd,
  'templates remove': templatesRemove,
  'snippets list': snippetsList,
  'snippets add': snippetsAdd,
  'snippets remove': snippetsRemove,
};

/** How many words each takes. */
export const SIGNATURE_WORDS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.keys(SIGNATURE_COMMANDS).map((name) => [name, name.endsWith(' list') ? 0 : 1]),
);
