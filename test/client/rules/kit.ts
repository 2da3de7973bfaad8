/** A real profile with a maildrop account whose letters arrive without a server, and rules asked for as a window asks. */
import { after, type TestContext } from 'node:test';
import type { Profile } from '../../../main/client/profile.ts';
import type { Output } from '../../../main/contract/contract.ts';
import { type LogLine, RuleDraft, type RuleDraftInput } from '../../../main/contract/mail/rules.ts';
import { openTestProfile, type TestProfile } from '../kit/profile.ts';
import { joined } from '../pop3/joined.ts';
import { addMaildrop as addTo, type Place } from './kill-kit.ts';

export const addMaildrop = (profile: Profile, address?: string, user?: string): Promise<Place> =>
  addTo(profile.store, address, user);

let serial = 0;

/** Whole letters, as a pass over the maildrop takes them; ids. */
export async function arrive(profile: Profile, place: Place, ...letters: string[]): Promise<number[]> {
  const octets = letters.map((text) => new TextEncoder().encode(text.replace(/\r?\n/g, '\r\n')));
  const listed = octets.map((bytes) => ({ uidl: `${process.pid}-${++serial}`, octets: bytes.length }));
  const packed = await profile.pool.call('maildropLetters', joined(octets));
  const taken = await profile.store.write('pop3.take', {
    account: place.account,
    folder: place.inbox,
    letters: listed,
    packed,
  });
  return taken.inserted;
}

/** Headers alone. */
export async function arriveHeads(profile: Profile, place: Place, ...letters: string[]): Promise<number[]> {
  const heads = letters.map((text) =>
    new TextEncoder().encode(`${text.split(/\n\n/)[0]?.replace(/\r?\n/g, '\r\n')}\r\n\r\n`),
  );
  const sizes = letters.map((text) => text.length + 100);
  const packed = await profile.pool.call('maildropHeads', { ...joined(heads), sizes });
  const listed = sizes.map((octets) => ({ uidl: `${process.pid}-${++serial}`, octets }));
  const taken = await profile.store.write('pop3.takeHeads', {
    account: place.account,
    folder: place.inbox,
    letters: listed,
    packed,
  });
  return taken.inserted;
}

export interface RuleKit extends TestProfile {
  account: number;
  inbox: number;
  rule(rule: Partial<RuleDraftInput> & Pick<RuleDraftInput, 'when' | 'actions'>): Promise<number>;
  arrive(...letters: string[]): Promise<number[]>;
  /** Every rule that can run has run. */
  settled(): Promise<void>;
  /** Paths of the folders a letter lies in, by its subject. */
  places(subject: string): Promise<string[]>;
  folderOf(path: string): Promise<number>;
  /** What rules did since the kit was made, newest first. */
  log(): Promise<LogLine[]>;
  /** Letters that this account sends. */
  outbox(): Promise<Output<'outbox.list'>>;
}

const closers: (() => unknown)[] = [];
after(async () => {
  for (const close of closers.reverse()) await close();
});
let shared: Promise<TestProfile> | null = null;

/** A profile costs a second to open: the tests of a file share one, each with an account of its own and no rules. */
export async function openRuleKit(t: TestContext, options: { own?: boolean } = {}): Promise<RuleKit> {
  const open = (test: Pick<TestContext, 'after'>) =>
    openTestProfile(test as TestContext, { background: false });
  if (!options.own) shared ??= open({ after: (close) => void closers.push(close as () => unknown) });
  const kit = await (options.own || !shared ? open(t) : shared);
  const { store } = kit.profile;
  await kit.profile.rules.arrivals.settled();
  for (const { id } of await kit.call('rules.list', {})) await kit.call('rules.remove', { id });
  const place = await addMaildrop(kit.profile, 'me@office.example', `me${++serial}`);
  const [last] = await kit.call('rules.log', { limit: 1 });
  return {
    ...kit,
    ...place,
    async rule(rule) {
      const whole = RuleDraft.parse({ name: 'A rule', ...rule });
      return (await kit.call('rules.save', { rule: whole })).id;
    },
    arrive: (...letters) => arrive(kit.profile, place, ...letters),
    settled: () => kit.profile.rules.arrivals.settled(),
    folderOf: (path) => store.write('folders.ensurePath', { account: place.account, path }),
    async places(subject) {
      const folders = await kit.call('folders.list', {});
      const found: string[] = [];
      for (const folder of folders.filter((each) => each.account >= place.account && each.total > 0)) {
        const view = { scope: { in: 'folder' as const, folder: folder.id } };
        const { rows } = await kit.call('messages.window', { view, from: 0, count: 500 });
        for (const row of rows) if (row.subject === subject) found.push(folder.path);
      }
      return found;
    },
    log: async () =>
      (await kit.call('rules.log', { limit: 1000 })).filter((line) => line.id > (last?.id ?? 0)),
    outbox: async () => (await kit.call('outbox.list', {})).filter((each) => each.account === place.account),
  };
}
