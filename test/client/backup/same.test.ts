/** A copy brought back elsewhere is the same profile in every table; letters that were to leave are held and never sent twice. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { silentLog } from '../../../main/base/log.ts';
import { restoreInto } from '../../../main/client/backup/restore.ts';
import { factsInThread } from '../../../main/client/handlers/backup.ts';
import { openVault } from '../../../main/client/security/vault.ts';
import { jobEnded } from '../kit/jobs.ts';
import { letter, openTestProfile, type TestProfile } from '../kit/profile.ts';
import { LOGO, settleIn } from '../kit/settled.ts';

const DAY = 24 * 3_600_000;
/** What a restore changes on purpose, and what belongs to the file and not to the person. */
const HELD = new Set(['state', 'phase', 'problem', 'results', 'next_try']);
const OF_THE_FILE = new Set(['meta', 'changes', 'sqlite_sequence', 'sqlite_stat1', 'segments', 'backups']);

function tables(dir: string): Map<string, unknown[]> {
  const db = new DatabaseSync(join(dir, 'store.db'), { readOnly: true });
  try {
    const names = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all() as {
      name: string;
    }[];
    return new Map(
      names
        .filter(({ name }) => !OF_THE_FILE.has(name))
        .map(({ name }) => [
          name,
          db
            .prepare(`SELECT * FROM "${name}"`)
            .all()
            .map((row) =>
              JSON.stringify(
                Object.entries(row)
                  .filter(([column]) => !(name === 'outbox' && HELD.has(column)))
                  .map(([column, value]) => [
                    column,
                    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
                  ]),
              ),
            )
            .sort(),
        ]),
    );
  } finally {
    db.close();
  }
}

async function written(p: TestProfile, subject: string, account: number) {
  const draft = await p.call('drafts.create', { kind: 'new', account });
  const { id, kind: _k, of: _o, attachments: _a, savedAt: _s, version, kept: _t, ...rest } = draft;
  const { knownDomains: _d, size: _z, ...content } = rest;
  const whole = {
    ...content,
    subject,
    text: 'Text',
    to: [{ name: 'Irina', address: 'irina@north.example' }],
  };
  return { id, base: version, content: whole };
}

async function copied(t: TestContext, p: TestProfile): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-same-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'copy.postroom');
  const { job } = await p.call('backup.start', { path, passphrase: null });
  assert.equal((await jobEnded(p, job)).problem, null);
  const to = join(dir, 'restored');
  await restoreInto(to, { path, passphrase: null, facts: (file) => factsInThread(silentLog, file, true) });
  return to;
}

test('a copy brought back is the same in every table, its outgoing letters held', async (t) => {
  const p = await openTestProfile(t, { background: false });
  const { account } = await settleIn(p);
  await p.put('Стройка', letter({ subject: 'Бетон' }));
  const draft = await written(p, 'half a thought', account);
  await p.call('drafts.save', draft);
  const soon = await written(p, 'in a minute', account);
  await p.call('drafts.send', { ...soon, delay: 60 });
  const later = await written(p, 'tomorrow', account);
  await p.call('drafts.send', { ...later, delay: 0, at: Date.now() + DAY });
  const before = await p.call('outbox.list', {});
  assert.deepEqual(before.map(({ state }) => state).sort(), ['queued', 'scheduled']);

  // A count of a search or a draft's own copy may be written behind: what stood still meanwhile is compared.
  let [here, to] = [tables(join(p.dir, 'profile')), await copied(t, p)];
  for (let tries = 0; tries < 10 && !isDeepStrictEqual(here, tables(join(p.dir, 'profile'))); tries++)
    [here, to] = [tables(join(p.dir, 'profile')), await copied(t, p)];
  const there = tables(to);
  assert.deepEqual([...there.keys()], [...here.keys()]);
  for (const name of ['accounts', 'identities', 'signatures', 'templates', 'snippets', 'saved_searches'])
    assert.ok((here.get(name)?.length ?? 0) > 0, `${name} has something to compare`);
  for (const name of ['favourites', 'rules', 'contacts', 'drafts', 'outbox', 'tags', 'settings'])
    assert.ok((here.get(name)?.length ?? 0) > 0, `${name} has something to compare`);
  for (const [name, rows] of here) assert.deepEqual(there.get(name), rows, name);

  const q = await openTestProfile(t, {
    dir: to,
    background: false,
    services: { kind: 'browser', secrets: await openVault(to), frameBase: () => '' },
  });
  const held = await q.call('outbox.list', {});
  assert.deepEqual(
    held.map(({ state, problem, results }) => [state, problem?.code, results.map((each) => each.state)]),
    [
      ['unknown', 'restored', ['unknown']],
      ['unknown', 'restored', ['unknown']],
    ],
  );
  // A person decides: one goes back to being a draft, as it was.
  const tomorrow = held.find(({ subject }) => subject === 'tomorrow');
  const again = await q.call('outbox.edit', { id: tomorrow?.id ?? 0 });
  assert.equal(again.subject, 'tomorrow');
  const [signature] = await q.call('signatures.list', {});
  const pieces: Uint8Array[] = [];
  const contentId = /cid:([^"]+)/.exec(signature?.html ?? '')?.[1] ?? '';
  await q.call('signatures.picture', { id: signature?.id ?? 0, contentId }, (piece) => pieces.push(piece));
  assert.deepEqual(Buffer.concat(pieces), Buffer.from(LOGO));
  assert.deepEqual((await q.call('check.run', {})).problems, []);
});
