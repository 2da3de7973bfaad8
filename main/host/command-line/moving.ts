/** Commands that bring old mail in, take everything out, and make and bring back copies. */
import { resolve } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { cancelled, Fault } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { restoreInto } from '../../client/backup/restore.ts';
import { factsInThread } from '../../client/handlers/backup.ts';
import { withOrigins } from '../../client/handlers/moving.ts';
import { restoreBelongings, takePeople } from '../../client/import/belongings.ts';
import { bring, previewBring } from '../../client/import/bring.ts';
import { readExport } from '../../client/import/export-manifest.ts';
import { type Foreign, type ForeignPlaces, takeForeign } from '../../client/import/foreign.ts';
import { ORIGIN_KINDS, type OriginKind } from '../../client/import/origins.ts';
import { addBrought, type BringReport } from '../../client/import/report.ts';
import { openVault } from '../../client/security/vault.ts';
import { readPassword } from './accounts.ts';
import { type Arguments, CommandError, UsageError } from './arguments.ts';
import { folderForImport, isoDate, type Session } from './session.ts';

const megabytes = (octets: number): string => `${(octets / 1_000_000).toFixed(1)} MB`;

/** A command that can be stopped with Ctrl+C. */
async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  try {
    return await work(abort.signal);
  } finally {
    process.removeListener('SIGINT', stop);
  }
}

function kindAsked(args: Arguments): OriginKind | undefined {
  const kind = args.text('kind') ?? 'auto';
  if (kind === 'auto') return undefined;
  const found = ORIGIN_KINDS.find((each) => each === kind);
  if (!found) throw new UsageError((words) => words.oneOf('kind', `auto, ${ORIGIN_KINDS.join(', ')}`));
  return found;
}

export async function bringIn(session: Session): Promise<void> {
  const { args, profile } = session;
  const { store, pool, indexer } = profile;
  if (args.words.length === 0 || args.words.includes('')) throw new UsageError((words) => words.missingPaths);
  const kind = kindAsked(args);
  const named = args.text('folder');
  const dry = args.has('dry-run');
  const folder = named === undefined ? null : (await folderForImport(session, named)).id;
  const closed: BringReport['unreadable'] = [];
  const report = await stoppable((signal) =>
    withOrigins(
      { log: silentLog },
      args.words.map((path) => resolve(path)),
      async (origins) => {
        const options = {
          origins,
          folder,
          everywhere: args.has('everywhere'),
          readByDefault: false,
          subfolders: folder === null,
          signal,
          takePeople: (people: Parameters<typeof takePeople>[1]) => takePeople(session.call, people),
          takeForeign: (foreign: Foreign, places: ForeignPlaces) =>
            takeForeign(session.call, foreign, places),
        };
        const control = { checkpoint: async () => signal.throwIfAborted(), progress: () => {} };
        if (dry) return previewBring(store, options, control);
        await indexer.start();
        const deps = { store, pool, indexer, log: silentLog, now: () => systemClock.now() };
        const done = await bring(deps, options, control);
        for (const origin of origins) {
          if (origin.kind !== 'postroom') continue;
          const problem = (path: string, reason: string): void => void done.unreadable.push({ path, reason });
          const local = () => store.write('folders.ensureLocal');
          const manifest = await readExport(origin.path);
          addBrought(done, await restoreBelongings(session.call, origin.path, manifest, local, problem));
        }
        await indexer.idle();
        return done;
      },
      { kind, onProblem: (path, reason) => closed.push({ path, reason }) },
    ),
  );
  report.unreadable.unshift(...closed);
  await tell(session, report, dry);
}

async function tell(session: Session, report: BringReport, dry: boolean): Promise<void> {
  const { words } = session;
  const sentence = (reason: string): string => words.reasons[reason] ?? words.unreadable(reason);
  const failed = report.unreadable.map(({ path, reason }) => ({ path, reason: sentence(reason) }));
  const { letters: imported, doubles: duplicates, folders, people, others, thrownAway, tags } = report;
  const { rules, signatures, identities } = report;
  const value = {
    imported,
    duplicates,
    failed,
    folders,
    people,
    tags,
    rules,
    signatures,
    identities,
    others,
    thrownAway,
    dryRun: dry,
  };
  await session.print(value, () => [
    dry
      ? `${imported} letters would come in, ${duplicates} are here already, ${failed.length} cannot be read`
      : `${imported} letters came in, ${duplicates} were here already, ${failed.length} could not be read`,
    ...folders.map((each) => `${each.path}\t${each.letters}\t${each.doubles}\t${megabytes(each.bytes)}`),
    ...(people > 0 ? [`${people} people`] : []),
    ...(rules > 0 ? [`${rules} rules`] : []),
    ...(signatures > 0 ? [`${signatures} signatures`] : []),
    ...failed.map((each) => `${each.path}: ${each.reason}`),
  ]);
  if (imported + duplicates + people === 0 && failed.length > 0)
    session.fail(words.nothingImported(failed[0]?.path ?? '', failed[0]?.reason ?? ''));
}

export async function findOldMail(session: Session): Promise<void> {
  const { stores } = await session.call('moving.find', {});
  await session.print(stores, () =>
    stores.map(
      (each) =>
        `${each.kind}\t${each.title}\t${megabytes(each.bytes)}\t${each.readable ? '' : '-'}\t${each.path}`,
    ),
  );
}

/** Waits for a job of the engine. @throws CommandError with its problem */
async function finished(
  session: Session,
  id: string,
): Promise<NonNullable<Awaited<ReturnType<typeof jobOf>>>['result']> {
  return stoppable(
    (signal) =>
      new Promise((resolve_, reject) => {
        const look = (): void => {
          jobOf(session, id).then((job) => {
            if (!job || job.endedAt === null) return;
            heard();
            if (job.problem)
              reject(
                new Fault('user', job.problem.code, job.problem.message, {
                  detail: job.problem.detail ?? {},
                }),
              );
            else if (job.state === 'cancelled') reject(cancelled());
            else resolve_(job.result);
          }, reject);
        };
        const heard = session.profile.events((event) => {
          if (event.name === 'jobs.changed') look();
        });
        signal.addEventListener('abort', () => void session.call('jobs.cancel', { id }).catch(() => {}));
        look();
      }),
  );
}

const jobOf = async (session: Session, id: string) =>
  (await session.call('jobs.list', {})).find((job) => job.id === id);

/** From standard input, when the copy is to have passwords. */
async function passphraseOf(args: Arguments): Promise<string | null> {
  if (!args.has('with-passwords')) return null;
  const passphrase = await readPassword('Passphrase: ');
  if (passphrase === '') throw new CommandError((words) => words.emptyPassword);
  return passphrase;
}

export async function backup(session: Session): Promise<void> {
  const [file] = session.args.words;
  if (!file) throw new UsageError((words) => words.missingFile);
  const path = resolve(file);
  const { job } = await session.call('backup.start', { path, passphrase: await passphraseOf(session.args) });
  await finished(session, job);
  const facts = await session.call('backup.look', { path });
  await session.print({ path, ...facts }, () => [
    `${facts.messages} letters, ${megabytes(facts.bytes)}, in ${path}`,
  ]);
}

/** Into a folder without a profile; opens none. */
export async function runRestore(args: Arguments, dir: string): Promise<void> {
  const [file] = args.words;
  if (!file) throw new UsageError((words) => words.missingFile);
  const path = resolve(file);
  const passphrase = await passphraseOf(args);
  const { manifest, passwords } = await stoppable((signal) =>
    restoreInto(dir, {
      path,
      passphrase,
      signal,
      facts: (database) => factsInThread(silentLog, database, true),
    }),
  );
  const vault = passwords.length > 0 ? await openVault(dir) : null;
  for (const [name, value] of passwords) await vault?.set(name, value);
  const value = {
    profile: dir,
    messages: manifest.messages,
    accounts: manifest.accounts,
    passwords: passwords.length,
    made: isoDate(manifest.at),
  };
  process.stdout.write(
    args.json ? `${JSON.stringify(value)}\n` : `${value.messages} letters are back in ${dir}\n`,
  );
}

/** Everything as files that other programs read. */
export async function exportAll(session: Session): Promise<void> {
  const { args } = session;
  const layout = args.text('format') ?? 'mbox';
  if (layout !== 'mbox' && layout !== 'eml' && layout !== 'maildir')
    throw new UsageError((words) => words.oneOf('format', 'mbox, eml or maildir'));
  const dir = resolve(args.required('out'));
  const { job } = await session.call('moving.export', { dir, layout });
  const result = await finished(session, job);
  const exported = result?.imported ?? 0;
  const skipped = result?.skipped ?? [];
  await session.print({ exported, skipped, out: dir }, () => [
    `${exported} letters are now in ${dir}`,
    ...skipped.map((each) => `${each.path}: ${session.words.reasons[each.reason] ?? each.reason}`),
  ]);
  const unsent = skipped.filter(({ reason }) => reason === 'outbox').length;
  if (unsent > 0) session.fail(session.words.unsentLeftOut(unsent));
  if (skipped.length > unsent) session.fail(session.words.someLeftOut(skipped.length - unsent));
}
