/** What a command of the office is given: the office's contract, wherever it runs, and two forms of output. */

import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault, toFault } from '../../base/errors.ts';
import { callEntry } from '../../contract/door.ts';
import {
  type OfficeEntryName,
  type OfficeInput,
  type OfficeOutput,
  officeEntries,
} from '../../contract/office/office.ts';
import { officeHandlers } from '../../server/handlers/handlers.ts';
import { openOffice } from '../../server/office.ts';
import type { Language } from '../command-line/sentences.ts';
import { openOfficeCertificates } from '../hosted-office.ts';
import { openLogFile } from '../log-file.ts';
import { callOffice } from '../office-control.ts';
import { type Arguments, UsageError } from './arguments.ts';

export interface Session {
  readonly args: Arguments;
  readonly language: Language;
  call<N extends OfficeEntryName>(name: N, input: OfficeInput<N>): Promise<OfficeOutput<N>>;
  /** One JSON value, or lines for a person. */
  print(value: unknown, lines: () => string[]): Promise<void>;
  write(text: string): Promise<void>;
  readPassword(): Promise<string>;
  /** Said on standard error; the exit code becomes 1. */
  fail(sentence: string): void;
}

export type Command = (session: Session) => Promise<void>;

export interface Reached {
  call: Session['call'];
  close(): Promise<void>;
}

/** Ms that an office which is just starting, or another command, is waited for. */
const PATIENCE_MS = 10_000;
const AGAIN_MS = 200;

/** The running office of the folder, or the stopped one, opened for this command alone. */
export async function reachOffice(data: string): Promise<Reached> {
  const dir = resolve(data);
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const running = await callOffice(dir).catch((failure) => {
      if (toFault(failure).code !== 'office-unreachable') throw failure;
    });
    if (running) return running;
    const logFile = openLogFile(join(dir, 'log'));
    try {
      return await openStopped(dir, logFile);
    } catch (failure) {
      await logFile.close();
      if (toFault(failure).code !== 'store-in-use') throw failure;
      // Somebody has the store and does not listen yet, or never will.
      if (Date.now() > until) return callOffice(dir);
      await sleep(AGAIN_MS);
    }
  }
}

async function openStopped(dir: string, logFile: ReturnType<typeof openLogFile>): Promise<Reached> {
  const { log } = logFile;
  const secureContext = () => {
    throw new Fault('internal', 'no-certificate', 'A stopped office shows no certificate.');
  };
  const office = await openOffice({ dir, log, tls: { secureContext } });
  const authority = async () => {
    const certificates = await openOfficeCertificates(office, dir, log);
    certificates.close();
    return certificates.authority;
  };
  const handlers = officeHandlers(office, authority);
  const options = { signal: new AbortController().signal, chunk: () => {} };
  return {
    call: (name, input) => callEntry(officeEntries, handlers, name, input, options),
    async close() {
      await office.close(0);
      await logFile.close();
    },
  };
}

/** From a person who types it and does not see it, or whole from a pipe. @throws UsageError when there is none. */
export async function readPassword(): Promise<string> {
  const password = process.stdin.isTTY ? await askHidden('Password / Пароль: ') : await readPiped();
  if (password !== '') return password;
  throw new UsageError('No password came on standard input.', 'На стандартном вводе нет пароля.');
}

async function readPiped(): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return Buffer.concat(pieces)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

/** Line editing as everywhere, but nothing of what is typed is shown. */
async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_piece, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  // Ctrl+C and Ctrl+D end the question without an answer.
  const unanswered = new Promise<string>((done) => {
    lines.once('close', () => done(''));
  });
  try {
    return await Promise.race([lines.question(''), unanswered]);
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
