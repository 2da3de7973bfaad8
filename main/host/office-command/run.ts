/** Runs one command on an office. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Fault, toFault } from '../../base/errors.ts';
import type { Language } from '../command-line/sentences.ts';
import { officeSentence } from '../office-sentences.ts';
import { type Arguments, HELP, readArguments, UsageError } from './arguments.ts';
import * as directory from './directory.ts';
import { type Command, reachOffice, readPassword, type Session } from './session.ts';
import * as upkeep from './upkeep.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  status: upkeep.status,
  'people list': directory.peopleList,
  'people add': directory.peopleAdd,
  'people change': directory.peopleChange,
  'people remove': directory.peopleRemove,
  'aliases list': directory.aliasesList,
  'aliases add': directory.aliasesAdd,
  'aliases change': directory.aliasesChange,
  'aliases remove': directory.aliasesRemove,
  'lists list': directory.listsList,
  'lists add': directory.listsAdd,
  'lists change': directory.listsChange,
  'lists remove': directory.listsRemove,
  'domains list': directory.domainsList,
  'domains add': directory.domainsAdd,
  'domains change': directory.domainsChange,
  'domains remove': directory.domainsRemove,
  'queue list': upkeep.queueList,
  'queue show': upkeep.queueShow,
  'queue retry': upkeep.queueRetry,
  'queue hold': upkeep.queueHold,
  'queue release': upkeep.queueRelease,
  'queue delete': upkeep.queueDelete,
  'bans list': upkeep.bansList,
  'bans lift': upkeep.bansLift,
  trace: upkeep.trace,
  record: upkeep.record,
  check: upkeep.check,
  restored: upkeep.restored,
  export: upkeep.exportMail,
  import: upkeep.importMail,
  'ca export': upkeep.caExport,
};

async function run(args: Arguments): Promise<number> {
  const command = Object.hasOwn(COMMANDS, args.command) ? COMMANDS[args.command] : undefined;
  if (!command) {
    throw args.command === ''
      ? new UsageError('A command is missing.', 'Не хватает команды.')
      : new UsageError(`There is no command “${args.command}”.`, `Нет команды «${args.command}».`);
  }
  const data = resolve(args.required('data'));
  // A mistyped folder must not become an empty office.
  if (!existsSync(join(data, 'store.db'))) {
    throw new Fault('user', 'no-office', 'There is no office in this folder.', { detail: { folder: data } });
  }
  let failed = false;
  const write = (text: string): Promise<void> =>
    new Promise((written, reject) => {
      process.stdout.write(text, (failure) => (failure ? reject(failure) : written()));
    });
  const office = await reachOffice(data);
  try {
    const session: Session = {
      args,
      language: args.language,
      call: office.call,
      write,
      readPassword,
      print: (value, lines) =>
        write(
          args.json
            ? `${JSON.stringify(value)}\n`
            : lines()
                .map((line) => `${line}\n`)
                .join(''),
        ),
      fail(sentence) {
        failed = true;
        process.stderr.write(`postroom: ${sentence}\n`);
      },
    };
    await command(session);
    return failed ? 1 : 0;
  } finally {
    await office.close();
  }
}

/** @returns the exit code */
export async function runOffice(argv: readonly string[]): Promise<number> {
  let language: Language = 'en';
  try {
    const args = readArguments(argv);
    language = args.language;
    if (args.help) {
      process.stdout.write(HELP);
      return 0;
    }
    return await run(args);
  } catch (failure) {
    if (failure instanceof UsageError) {
      process.stderr.write(`postroom: ${failure.sentences[language]}\n${HELP}`);
      return 2;
    }
    process.stderr.write(`postroom: ${officeSentence(toFault(failure), language)}\n`);
    return 1;
  }
}
