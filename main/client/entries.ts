/**
 * The client's modules that run in threads, in one place, so that a bundler can build each as an entry of its own.
 * Sources end in .ts, the bundled application in .js.
 */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The database program: loaded by the writer and by every reader. */
export const programModule = new URL(`./program.${extension}`, import.meta.url);
/** Calls of the moving thread: other programs' stores. */
export const movingModule = new URL(`./import/moving-thread.${extension}`, import.meta.url);
/** Calls of the rules' thread. */
export const rulesModule = new URL(`./rules/thread.${extension}`, import.meta.url);
/** Calls of the ingest pool. */
export const ingestModule = new URL(`./messages/ingest.${extension}`, import.meta.url);
/** Calls of the spelling thread. */
export const spellingModule = new URL(`./spelling/checker.${extension}`, import.meta.url);

/** A file of a spelling dictionary: of the installed package, or beside the bundled application. */
export function dictionaryFile(language: 'en' | 'ru', kind: 'aff' | 'dic'): URL {
  return extension === 'ts'
    ? new URL(`./index.${kind}`, import.meta.resolve(`dictionary-${language}`))
    : new URL(`./dictionaries/${language}.${kind}`, import.meta.url);
}
