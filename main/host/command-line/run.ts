/** Runs one command on an opened profile. */

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault, toFault } from '../../base/errors.ts';
import { openProfile, type Profile } from '../../client/profile.ts';
import { openVault } from '../../client/security/vault.ts';
import { readSettings } from '../../client/settings.ts';
import { dataFolder } from '../data-folder.ts';
import { openLogFile } from '../log-file.ts';
import { startProfile } from '../profiles.ts';
import { accountAdd, accountChange, accountList, accountRemove, send, sync } from './accounts.ts';
import { type Arguments, CommandError, readArguments, UsageError } from './arguments.ts';
import { CONTACT_COMMANDS, CONTACT_WORDS } from './contacts.ts';
import { helpText } from './help.ts';
import { attachment, list, mark, move, raw, remove, search, show } from './letters.ts';
import { maildropMark, maildropPlan, maildropRun } from './maildrops.ts';
import { backup, bringIn, exportAll, findOldMail, runRestore } from './moving.ts';
import { runProfiles } from './profiles.ts';
import { ruleCommands } from './rules.ts';
import { accountSchedule } from './schedules.ts';
import {
  mergeCancel,
  mergeList,
  mergePreview,
  mergeStart,
  outboxCancel,
  outboxList,
  outboxNow,
  outboxUndo,
  receiptsAnswer,
  receiptsList,
  receiptsShow,
} from './sending.ts';
import { isLanguage, type Language, systemLanguage, WORDS, wholeSentence } from './sentences.ts';
import { openSession, type Session } from './session.ts';
import { SETTING_COMMANDS, SETTING_WORDS } from './settings.ts';
import { SIGNATURE_COMMANDS, SIGNATURE_WORDS } from './signatures.ts';
import { TIDY_COMMANDS } from './tidy.ts';
import { check, folders, takeOut } from './transfer.ts';

/** Commands that take no words of their own, and how many the others take where that is fixed. */
const MOST_WORDS: Readonly<Record<string, number>> = {
  'account add': 0,
  'account list': 0,
  'account change': 1,
  'account remove': 1,
  'account schedule': 1,
  'pop3 plan': 0,
  'pop3 run': 0,
  sync: 0,
  'rules list': 0,
  'rules add': 1,
  'rules import': 1,
  'rules change': 2,
  'rules move': 1,
  'rules undo': 1,
  'rules log': 1,
  'rules export': 0,
  folders: 0,
  list: 0,
  export: 0,
  send: 1,
  'outbox list': 0,
  'outbox undo': 1,
  'outbox send-now': 1,
  'merge list': 0,
  'merge preview': 0,
  'merge start': 0,
  'merge cancel': 1,
  'receipts list': 0,
  'receipts show': 1,
  'receipts answer': 1,
  ...CONTACT_WORDS,
  ...SIGNATURE_WORDS,
  ...SETTING_WORDS,
  check: 0,
  'import-find': 0,
  backup: 1,
  restore: 1,
  compact: 0,
  'tidy duplicates': 0,
  'tidy large': 0,
  'tidy archive': 0,
  'tidy retention': 0,
  'tidy deleted': 0,
  'profiles list': 0,
  'profiles add': 1,
  'profiles rename': 2,
  'profiles remove': 1,
  'profiles start': 1,
};

const COMMANDS: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  ...ruleCommands,
  ...SIGNATURE_COMMANDS,
  'account add': accountAdd,
  'account list': accountList,
  'account change': accountChange,
  'account remove': accountRemove,
  'account schedule': accountSchedule,
  'pop3 plan': maildropPlan,
  'pop3 mark': maildropMark,
  'pop3 run': maildropRun,
  sync,
  folders,
  list,
  show,
  attachment,
  raw,
  search,
  flag: (session) => mark(session, true),
  unflag: (session) => mark(session, false),
  move,
  delete: remove,
  import: bringIn,
  'import-find': findOldMail,
  backup,
  export: (session) => (session.args.has('all') ? exportAll(session) : takeOut(session)),
  send,
  'outbox list': outboxList,
  'outbox undo': outboxUndo,
  'outbox send-now': outboxNow,
  'outbox cancel': outboxCancel,
  'merge list': mergeList,
  'merge preview': mergePreview,
  'merge start': mergeStart,
  'merge cancel': mergeCancel,
  'receipts list': receiptsList,
  'receipts show': receiptsShow,
  'receipts answer': receiptsAnswer,
  ...CONTACT_COMMANDS,
  check,
  ...TIDY_COMMANDS,
  ...SETTING_COMMANDS,
};

/** @param speak told the language once the profile says it */
async function run(args: Arguments, speak: (language: Language) => void): Promise<number> {
  const known = args.command.startsWith('profiles ') || args.command === 'restore';
  const command = Object.hasOwn(COMMANDS, args.command) ? COMMANDS[args.command] : undefined;
  if (!command && !known)
    throw new UsageError((words) =>
      args.command === '' ? words.missingCommand : words.noCommand(args.command),
    );
  const extra = args.words[MOST_WORDS[args.command] ?? args.words.length];
  if (extra !== undefined) throw new UsageError((words) => words.extraWord(extra));
  const dir = resolve(args.profile ?? (known ? dataFolder() : startProfile(dataFolder())));
  if (!command) {
    if (args.command === 'restore') await runRestore(args, dir);
    else await runProfiles(args, dir);
    return 0;
  }
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const logFile = openLogFile(join(dir, 'log'));
  try {
    const services = { kind: 'command-line', secrets: await openVault(dir), frameBase: () => '' } as const;
    const profile = await openProfile({ dir, services, log: logFile.log, background: false });
    try {
      const session = openSession(profile, args, await languageOf(args, profile));
      speak(session.language);
      await command(session);
      return session.exitCode();
    } finally {
      await profile.close();
    }
  } catch (failure) {
    const said = failure instanceof UsageError || failure instanceof CommandError;
    if (!said && toFault(failure).kind === 'internal') logFile.log.error('command-failed', { failure });
    throw failure;
  } finally {
    await logFile.close();
  }
}

/** As asked for, as the profile is set, or as the system speaks. */
async function languageOf(args: Arguments, profile: Profile): Promise<Language> {
  if (args.language) return args.language;
  const { language } = await readSettings(profile.store);
  return language === 'system' ? systemLanguage() : language;
}

/** Says what went wrong. @returns the exit code */
function tell(failure: unknown, language: Language): number {
  const words = WORDS[language];
  // Who read the output has gone: there is nobody to tell.
  if (isGone(failure)) return 1;
  if (failure instanceof UsageError) {
    process.stderr.write(`postroom: ${failure.say(words)}\n${words.try}\n`);
    return 2;
  }
  if (failure instanceof CommandError) {
    process.stderr.write(`postroom: ${failure.say(words)}\n`);
    return 1;
  }
  const said = saidBySystem(failure);
  const fault = said ?? toFault(failure);
  const path = typeof fault.detail?.['path'] === 'string' ? ` (${fault.detail['path']})` : '';
  process.stderr.write(`postroom: ${wholeSentence(fault, language)}${path}\n`);
  return 1;
}

/** What the system says of a path that a person has named. */
const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'not-found',
  EISDIR: 'is-a-folder',
  ENOTDIR: 'not-a-folder',
  EEXIST: 'file-exists',
  ENAMETOOLONG: 'bad-path',
  ELOOP: 'bad-path',
  ERR_INVALID_ARG_VALUE: 'bad-path',
  EACCES: 'no-access',
  EPERM: 'no-access',
  EROFS: 'no-access',
};

/** What the system said, also where a fault of the engine has wrapped it without a sentence of its own. */
function saidBySystem(
  failure: unknown,
): { code: string; message: string; detail: Record<string, unknown> } | null {
  const cause = failure instanceof Fault && failure.code === 'internal' ? failure.cause : failure;
  const code = SYSTEM[String((cause as { code?: unknown } | null)?.code)];
  return code ? { code, message: '', detail: pathOf(cause) } : null;
}

const isGone = (failure: unknown): boolean => (failure as { code?: unknown } | null)?.code === 'EPIPE';

const pathOf = (failure: unknown): Record<string, unknown> => ({
  path: (failure as { path?: unknown }).path,
});

/** @returns the exit code */
export async function postroom(argv: readonly string[]): Promise<number> {
  let language: Language = systemLanguage();
  const at = argv.indexOf('--lang');
  const asked = at < 0 ? argv.find((each) => each.startsWith('--lang='))?.slice(7) : argv[at + 1];
  if (isLanguage(asked)) language = asked;
  // Told by the write that fails; without a listener the process would end in the middle of its work.
  process.stdout.on('error', () => {});
  try {
    const args = readArguments(argv);
    if (args.help || args.command === 'help') {
      process.stdout.write(helpText(args.language ?? language));
      return 0;
    }
    return await run(args, (chosen) => {
      language = chosen;
    });
  } catch (failure) {
    return tell(failure, language);
  }
}
