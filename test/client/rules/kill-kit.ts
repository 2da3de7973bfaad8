/** What a killed process and its judge share: an account, its rules, letters that arrive without a server. */
import type { pop3Calls } from '../../../main/client/pop3/letters.ts';
import type { ClientStore } from '../../../main/client/program.ts';
import { RuleDraft } from '../../../main/contract/mail/rules.ts';
import { joined } from '../pop3/joined.ts';

const SERVER = { host: '127.0.0.1', port: 1, security: 'none', user: 'me', auth: 'auto' } as const;

export interface Place {
  account: number;
  inbox: number;
}

/** An account that has been collected before; the one that is there already. */
export async function addMaildrop(
  store: ClientStore,
  address = 'me@office.example',
  user = 'me',
): Promise<Place> {
  const known = (await store.read('accounts.rows')).find(
    (each) => each.address === address && each.incoming?.user === user,
  );
  const account =
    known?.id ??
    (await store.write('accounts.insert', {
      kind: 'pop3',
      address,
      name: 'Me',
      incoming: { ...SERVER, user },
      outgoing: { ...SERVER, port: 2 },
      policy: { keep: 'everything' },
      pop3: { headersAbove: null, leave: 'always', days: 14, deleteFromTrash: false },
      saveSent: true,
    }));
  if (!known) await store.write('pop3.synced', account);
  return { account, inbox: await store.write('folders.ensurePath', { account, path: 'Inbox' }) };
}

/** Every letter goes to one of two folders, a third of them is copied, all are sent on. */
export const DRAFTS = (even: number, third: number, rest: number): RuleDraft[] =>
  [
    {
      value: 'even',
      actions: [
        { do: 'move', to: even },
        { do: 'forward', to: ['even@x.example'] },
      ],
    },
    {
      value: 'third',
      actions: [
        { do: 'copy', to: third },
        { do: 'tag', tag: 'third' },
      ],
    },
    {
      value: 'letter',
      actions: [
        { do: 'move', to: rest },
        { do: 'redirect', to: ['all@x.example'] },
      ],
    },
  ].map(({ value, actions }) =>
    RuleDraft.parse({
      name: value,
      when: { match: 'all', of: [{ field: 'subject', test: 'contains', value }] },
      actions,
    }),
  );

let serial = 0;

/** Whole letters, read in this thread. */
export async function takeLetters(
  store: ClientStore,
  { account, inbox: folder }: Place,
  letters: readonly string[],
  calls: Pick<typeof pop3Calls, 'maildropLetters'>,
): Promise<number[]> {
  const octets = letters.map((text) => new TextEncoder().encode(text.replace(/\r?\n/g, '\r\n')));
  const listed = octets.map((bytes) => ({ uidl: `${process.pid}-${++serial}`, octets: bytes.length }));
  const packed = calls.maildropLetters(joined(octets), { cancelled: () => false, transfer: () => {} });
  return (await store.write('pop3.take', { account, folder, letters: listed, packed })).inserted;
}
