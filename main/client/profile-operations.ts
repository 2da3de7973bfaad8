/** Named reads and writes of the profile itself: settings, tags, people, the sample's account. */
import type { ReadHandle, WriteTx } from '../store/program.ts';
import { foldWords } from './contacts/rows.ts';
import { addLocalAccount, trimFolder } from './folders/rows.ts';
import { keywordFor } from './messages/act.ts';

/** As they were stored; settings.ts reads them with their defaults. */
function settings(db: ReadHandle): Record<string, unknown> {
  return Object.fromEntries(
    db
      .all<{ name: string; value: string }>('SELECT name, value FROM settings')
      .map(({ name, value }) => [name, JSON.parse(value) as unknown]),
  );
}

function setSettings(tx: WriteTx, input: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    tx.db.run('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', name, JSON.stringify(value));
  }
  tx.change('settings', {});
  return settings(tx.db);
}

function saveTag(tx: WriteTx, input: { name: string; colour: string; keyword?: string | undefined }): void {
  const name = input.name.trim();
  const known = tx.db.value<string>('SELECT keyword FROM tags WHERE name = ?', name);
  tx.db.run(
    `INSERT INTO tags (name, colour, keyword, position) VALUES (?, ?, ?, (SELECT count(*) FROM tags))
     ON CONFLICT (name) DO UPDATE SET colour = excluded.colour`,
    name,
    input.colour,
    input.keyword ?? known ?? keywordFor(name),
  );
  tx.change('tags', {});
}

export interface HelloFacts {
  accounts: number;
  sample: boolean;
  letters: boolean;
  /** Is there an account on a server? */
  server: boolean;
}

/** Problems told by `check`; a longer list says nothing more. */
const MAX_PROBLEMS = 1000;

interface RowReport {
  messages: number;
  problems: { code: string; message: string }[];
}

/** Do the rows agree with each other and with the blobs? */
function checkRows(db: ReadHandle): RowReport {
  const problems: RowReport['problems'] = [];
  const say = (code: string, message: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ code, message });
  };
  for (const each of db.iterate<{ id: number; hash: string }>(
    'SELECT m.id AS id, hex(m.blob) AS hash FROM messages m LEFT JOIN blobs b ON b.hash = m.blob WHERE m.blob IS NOT NULL AND b.hash IS NULL',
  )) {
    say('letter-without-octets', `Letter ${each.id} points at octets that are not stored (${each.hash}).`);
  }
  for (const each of db.iterate<{ path: string; total: number; unread: number; rows: number; news: number }>(
    `SELECT f.path AS path, f.total AS total, f.unread AS unread, count(m.id) AS rows, coalesce(sum(m.flags & 1 = 0), 0) AS news
     FROM folders f LEFT JOIN messages m ON m.folder = f.id GROUP BY f.id HAVING total != rows OR unread != news`,
  )) {
    say(
      'folder-counts',
      `Folder ${each.path} says ${each.total}/${each.unread} and holds ${each.rows}/${each.news}.`,
    );
  }
  for (const each of db.iterate<{ id: number }>(
    `SELECT m.id AS id FROM messages m LEFT JOIN conversations c ON c.folder = m.folder AND c.thread = m.thread WHERE c.thread IS NULL`,
  )) {
    say('letter-without-conversation', `Letter ${each.id} belongs to no conversation.`);
  }
  return { messages: db.value<number>('SELECT count(*) FROM messages') ?? 0, problems };
}

export const profileReads = {
  'settings.get': settings,
  'tags.list': (db: ReadHandle) =>
    db.all<{ name: string; colour: string; keyword: string }>(
      'SELECT name, colour, keyword FROM tags ORDER BY position, name',
    ),
  'profile.hello': (db: ReadHandle): HelloFacts => ({
    accounts: db.value<number>('SELECT count(*) FROM accounts') ?? 0,
    sample: db.value('SELECT 1 FROM accounts WHERE sample = 1') !== undefined,
    letters: db.value('SELECT 1 FROM messages LIMIT 1') !== undefined,
    server: db.value("SELECT 1 FROM accounts WHERE kind != 'local'") !== undefined,
  }),
  'profile.check': checkRows,
  'profile.accounts': (db: ReadHandle) =>
    db.all<{ id: number; kind: string; address: string; name: string; sample: number }>(
      'SELECT id, kind, address, name, sample FROM accounts ORDER BY position, id',
    ),
  'profile.counts': (db: ReadHandle) => ({
    messages: db.value<number>('SELECT count(*) FROM messages') ?? 0,
    waiting: db.value<number>('SELECT count(*) FROM to_index') ?? 0,
  }),
};

export const profileWrites = {
  'settings.set': setSettings,
  'tags.save': saveTag,
  'tags.remove': (tx: WriteTx, input: { name: string }): void => {
    tx.db.run('DELETE FROM tags WHERE name = ?', input.name);
    tx.change('tags', {});
  },
  'senders.allow': (tx: WriteTx, input: { address: string; domain: boolean; allow: boolean }): void => {
    const address = input.address.toLowerCase();
    const domain = address.slice(address.lastIndexOf('@') + 1);
    if (input.domain) {
      if (input.allow) tx.db.run('INSERT OR IGNORE INTO picture_domains (domain) VALUES (?)', domain);
      else tx.db.run('DELETE FROM picture_domains WHERE domain = ?', domain);
      return;
    }
    tx.db.run(
      `INSERT INTO people (address, name, folded, pictures) VALUES (?, '', ?, ?)
       ON CONFLICT (address) DO UPDATE SET pictures = excluded.pictures`,
      address,
      foldWords(address),
      input.allow ? 1 : 0,
    );
  },
  'senders.know': (tx: WriteTx, input: { address: string }): void => {
    const address = input.address.toLowerCase();
    tx.db.run(
      `INSERT INTO people (address, name, folded, known) VALUES (?, '', ?, 1)
       ON CONFLICT (address) DO UPDATE SET known = 1`,
      address,
      foldWords(address),
    );
  },
  'sample.account': (tx: WriteTx, input: { address: string; name: string }): number => {
    const known = tx.db.value<number>('SELECT id FROM accounts WHERE sample = 1');
    return known ?? addLocalAccount(tx, { ...input, sample: true });
  },
  /** Takes the sample away piece by piece; call again until it answers true. */
  'sample.removeSome': (tx: WriteTx): boolean => {
    const account = tx.db.value<number>('SELECT id FROM accounts WHERE sample = 1');
    if (account === undefined) return true;
    const folder = tx.db.value<number>(
      'SELECT folder FROM messages WHERE account = ? ORDER BY folder LIMIT 1',
      account,
    );
    if (folder !== undefined) {
      trimFolder(tx, folder, 300, 'erased');
      return false;
    }
    tx.db.run('DELETE FROM folders WHERE account = ?', account);
    tx.db.run('DELETE FROM accounts WHERE id = ?', account);
    tx.change('accounts', { id: account });
    tx.change('folders', { id: 0 });
    return true;
  },
};
