/**
 * The office server without a display: `npm run serve -- --config FILE --data DIR`. One JSON line on standard output
 * when every listener is up; SIGTERM and SIGINT let transactions finish and end with 0. What keeps it from starting is
 * one sentence on standard error and exit code 2.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toFault } from '../base/errors.ts';
import { keepCompiled, warmStart } from './warm-start.ts';

warmStart();
const { isLanguage, systemLanguage } = await import('./command-line/sentences.ts');
const { openLogFile } = await import('./log-file.ts');
const { openHostedOffice } = await import('./hosted-office.ts');
const { officeSentence } = await import('./office-sentences.ts');

/** Ms that running transactions get at the end (rule G15). */
const GRACE_MS = 10_000;
const USAGE = `npm run serve -- --config FILE --data DIR [--lang en|ru]

  --config FILE   who lives in the office and what it listens on (JSON)
  --data DIR      where mail, people and keys are kept
`;

const say = (sentence: string): void => void process.stderr.write(`postroom: ${sentence}\n`);

function readArguments(): { config: string; data: string; language: 'en' | 'ru' } | string {
  const options = {
    config: { type: 'string' },
    data: { type: 'string' },
    lang: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    const language = isLanguage(values.lang) ? values.lang : systemLanguage();
    if (values.lang !== undefined && !isLanguage(values.lang)) return '--lang is en or ru.';
    if (!values.config) return '--config is missing.';
    if (!values.data) return '--data is missing.';
    return { config: resolve(values.config), data: resolve(values.data), language };
  } catch (failure) {
    return (failure as Error).message;
  }
}

async function serve(): Promise<number> {
  const given = readArguments();
  if (typeof given === 'string') {
    say(given);
    process.stderr.write(USAGE);
    return 2;
  }
  // A signal that comes while the office is opening ends it as soon as it is open.
  const ended = new Promise<string>((end) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end(signal));
  });
  const logFile = openLogFile(join(given.data, 'log'));
  try {
    const office = await openHostedOffice({ dir: given.data, configFile: given.config, log: logFile.log });
    process.stdout.write(`${JSON.stringify({ event: 'ready', ports: office.ports })}\n`);
    keepCompiled();
    const signal = await ended;
    logFile.log.info('ending', { signal });
    await office.close(GRACE_MS);
    return 0;
  } catch (failure) {
    const fault = toFault(failure);
    if (fault.kind === 'internal') logFile.log.error('serve-failed', { failure });
    say(officeSentence(fault, given.language));
    return 2;
  } finally {
    await logFile.close();
  }
}

process.exitCode = await serve();
