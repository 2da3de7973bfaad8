/** A profile as somebody has it who has worked with it for years: one of everything that a move must carry. */
import type { TestProfile } from './profile.ts';

/** The first octets of a picture. */
export const LOGO = Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10]);

const PERSON =
  'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Анна Смирнова\r\nEMAIL:a.smirnova@constr.example\r\nEND:VCARD\r\n';
const GROUP =
  'BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:Бухгалтерия\r\nMEMBER:mailto:a.smirnova@constr.example\r\nEND:VCARD\r\n';

export async function settleIn(p: TestProfile): Promise<{ account: number }> {
  const server = { host: '127.0.0.1', port: 1, security: 'none' as const, auth: 'auto' as const };
  const account = await p.profile.store.write('accounts.insert', {
    kind: 'pop3',
    address: 'o.belova@constr.example',
    name: 'Ольга Белова',
    incoming: { ...server, user: 'o.belova' },
    outgoing: { ...server, port: 2, user: 'o.belova' },
    policy: { keep: 'everything' },
    pop3: { headersAbove: 50, leave: 'days', days: 9, deleteFromTrash: true },
    saveSent: true,
  });
  const signature = await p.call('signatures.save', { name: 'Office', html: '<p>O</p>', text: 'Ольга' });
  const { contentId } = await p.call('signatures.attach', {
    id: signature.id,
    name: 'logo.png',
    type: 'image/png',
    bytes: Uint8Array.from(LOGO),
  });
  await p.call('signatures.save', {
    id: signature.id,
    name: 'Office',
    html: `<p>O</p><img src="cid:${contentId}">`,
    text: 'Ольга',
  });
  const reply = await p.call('signatures.save', { name: 'Short', html: '<p>О.</p>', text: 'О.' });
  const [main] = await p.call('identities.list', {});
  await p.call('identities.update', {
    id: main?.id ?? 0,
    organisation: 'ООО «Стройка»',
    replyTo: [{ name: '', address: 'office@constr.example' }],
    signatures: { new: signature.id, reply: reply.id, newInside: 'none' },
  });
  await p.call('identities.add', {
    account,
    name: 'Отдел закупок',
    address: 'tender@constr.example',
    label: 'Закупки',
    bcc: [{ name: '', address: 'archive@constr.example' }],
    sentFolder: await p.folder('Стройка/Отправленные'),
    signatures: { new: reply.id },
  });
  await p.call('templates.save', {
    name: 'Invoice',
    kind: 'template',
    content: {
      subject: 'Счёт',
      to: [],
      cc: [],
      bcc: [],
      html: '<p>Счёт</p>',
      text: 'Счёт',
      paper: { background: '', font: '' },
    },
  });
  await p.call('snippets.save', { keyword: 'brb', html: '<p>Be right back</p>', text: 'Be right back' });
  await p.call('contacts.import', { bytes: Uint8Array.from(Buffer.from(PERSON + GROUP)), name: 'a.vcf' });
  const anna = (await p.call('contacts.window', {})).rows.find(({ kind }) => kind === 'person');
  if (!anna) throw new Error('nobody came in');
  const { content } = await p.call('contacts.get', { id: anna.id });
  await p.call('contacts.save', {
    id: anna.id,
    book: anna.book,
    content,
    photo: { type: 'image/png', bytes: Uint8Array.from(LOGO) },
  });
  await p.call('tags.save', { name: 'Стройка', colour: 'teal' });
  const building = await p.folder('Стройка');
  const [north, south] = [await p.folder('Стройка/Север'), await p.folder('Стройка/Юг')];
  const local = (await p.call('folders.list', {})).find(({ id }) => id === building)?.account ?? 0;
  await p.call('folders.arrange', { account: local, parent: building, ids: [south, north] });
  await p.call('rules.save', {
    rule: {
      name: 'Concrete',
      when: { match: 'all', of: [{ field: 'subject', test: 'contains', value: 'бетон' }] },
      actions: [{ do: 'move', to: south }],
    },
  });
  const { id: search } = await p.call('search.save', {
    name: 'Счета юга',
    view: { scope: { in: 'folder', folder: south }, query: 'счёт' },
  });
  await p.call('filters.save', { name: 'С файлами', query: 'has:attachment' });
  await p.call('favourites.set', { places: [`folder ${south}`, `search ${search}`, 'unified inbox'] });
  await p.call('looks.set', { place: `folder ${north}`, change: { sort: 'from', descending: true } });
  await p.call('settings.set', { density: 'compact', undoSendSeconds: 30 });
  return { account };
}
