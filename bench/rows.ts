/** A profile with any number of header rows, made through the client's own writes. */
import { seeded } from '../main/client/import/sample/bulk.ts';
import { openEngine } from './engine.ts';

const WORDS =
  'бетон поставка смета договор участок корпус график счёт delivery estimate schedule invoice order meeting report project'.split(
    ' ',
  );
const BATCH = 2000;

export async function fillRows(dir: string, count: number): Promise<void> {
  const engine = await openEngine(dir, { background: false });
  const { store } = engine.profile;
  const account = await store.write('folders.ensureLocal');
  const inbox = (await store.read('folders.byRole', { account, role: 'inbox' }))!;
  const random = seeded(3);
  const word = () => WORDS[Math.floor(random() * WORDS.length)]!;
  for (let at = 0; at < count; at += BATCH) {
    const letters = Array.from({ length: Math.min(BATCH, count - at) }, (_, i) => {
      const n = at + i;
      const parent = n > 10 && random() < 0.4 ? `${n - 1 - Math.floor(random() * 8)}@bench` : null;
      return {
        uid: n + 1,
        received: Date.UTC(2016, 0, 1) + n * 250_000,
        flags: random() < 0.1 ? 0 : 1,
        keywords: '',
        head: null,
        serverId: '',
        facts: {
          messageId: `${n}@bench`,
          inReplyTo: parent ? [parent] : [],
          references: parent ? [parent] : [],
          subject: `${word()} ${word()} ${n}`,
          from: { name: `Person ${n % 300}`, address: `p${n % 300}@bench.example` },
          to: [{ name: '', address: 'owner@postroom.example' }],
          cc: [],
          date: Date.UTC(2016, 0, 1) + n * 250_000 + Math.floor(random() * 200_000),
          preview: `${word()} ${word()} ${word()} ${word()}`,
          attachments: random() < 0.2 ? 1 : 0,
          size: 2000 + Math.floor(random() * 90_000),
          listId: '',
        },
      };
    });
    const { inserted } = await store.write('imap.applyHeads', { folder: inbox.id, uidValidity: 1, letters });
    // As after a long evening: nothing waits for the index.
    await store.write('index.done', { ids: inserted, gone: [] });
  }
  await engine.close();
}
