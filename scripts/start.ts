/**
 * `npm start`: builds what is stale and opens Postroom, in Electron where its program can be had, else in a browser, and
 * says which and why. Everything it says goes to standard error; standard output carries one JSON line when a browser host
 * serves, for programs that start it.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toFault } from '../main/base/errors.ts';
import { dataFolder } from '../main/host/data-folder.ts';
import { startProfile } from '../main/host/profiles.ts';
import { keepCompiled, warmStart } from '../main/host/warm-start.ts';
import { buildStale } from './build.ts';
import { findElectron } from './toolchain/electron.ts';
import { root } from './toolchain/run.ts';

const USAGE = `npm start -- [options]

  --browser        open in the browser, not in Electron
  --no-open        do not open the browser; print its address as one JSON line
  --port N         port of the browser host (default: any free one)
  --profile DIR    where mail and settings are kept
  --lang en|ru     language of the window
`;

const say = (text: string): void => void process.stderr.write(`postroom: ${text}\n`);

function wrongUsage(text: string): never {
  say(text);
  process.stderr.write(USAGE);
  process.exit(2);
}

interface Wanted {
  browser: boolean;
  open: boolean;
  port: number;
  profile: string;
  language: 'en' | 'ru' | undefined;
  /** Letters and addresses for the desktop application. */
  rest: string[];
}

function readArguments(): Wanted {
  const options = {
    browser: { type: 'boolean' },
    'no-open': { type: 'boolean' },
    port: { type: 'string' },
    profile: { type: 'string' },
    lang: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  const read = () => parseArgs({ options, allowPositionals: true });
  let given: ReturnType<typeof read>;
  try {
    given = read();
  } catch (failure) {
    wrongUsage((failure as Error).message);
  }
  const { values, positionals } = given;
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) wrongUsage(`--port ${values.port} is not a port`);
  const { lang } = values;
  if (lang !== undefined && lang !== 'en' && lang !== 'ru') wrongUsage(`--lang is en or ru, not ${lang}`);
  return {
    browser: values.browser ?? false,
    open: !values['no-open'],
    port,
    profile: values.profile === undefined ? startProfile(dataFolder()) : resolve(values.profile),
    language: lang,
    rest: positionals,
  };
}

/** Ends with what the application ends with. */
function openElectron(program: string, { profile, language, rest }: Wanted): void {
  const args = ['.', `--profile=${profile}`, ...(language ? [`--lang=${language}`] : []), ...rest];
  const env = { ...process.env };
  // Set by shells that live inside other Electron applications; it would start plain Node.
  delete env['ELECTRON_RUN_AS_NODE'];
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (failure) => {
    say(`Electron could not be started (${failure.message}); npm start -- --browser opens the browser`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
}

async function openBrowser(wanted: Wanted): Promise<void> {
  warmStart();
  const { openInBrowser } = await import('../main/host/open.ts');
  const files = join(root, 'out', 'renderer');
  const { profile, port, language } = wanted;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const opened = await openInBrowser({ profile, port, files, language });
  const ended = new Promise<void>((done) => {
    if (stop.signal.aborted) done();
    else stop.signal.addEventListener('abort', () => done());
  });
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: opened.url })}\n`);
  keepCompiled();
  if (wanted.open && !(await opened.launch())) say(`open this address in a browser: ${opened.url}`);
  await ended;
  await opened.close();
}

const wanted = readArguments();
try {
  const electron = wanted.browser ? undefined : await findElectron(say);
  if (electron && 'program' in electron) {
    await buildStale(['window', 'app'], say);
    say('opening Postroom in Electron');
    openElectron(electron.program, wanted);
  } else {
    await buildStale(['window'], say);
    say(`opening Postroom in the browser: ${electron ? electron.missing : 'asked for'}`);
    await openBrowser(wanted);
    process.exit(0);
  }
} catch (thrown) {
  const fault = toFault(thrown);
  if (fault.code === 'internal') process.stderr.write(`${(thrown as Error)?.stack ?? thrown}\n`);
  else say(fault.message);
  process.exit(1);
}
