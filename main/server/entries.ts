/**
 * The office's modules that run in threads, in one place, so that a bundler can build each as an entry of its own.
 * Sources end in .ts, the bundled application in .js.
 */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The database program: loaded by the writer and by every reader. */
export const programModule = new URL(`./program.${extension}`, import.meta.url);
/** Calls of the mailstore's ingest pool: parsing and packing of arriving letters. */
export const ingestModule = new URL(`./mailstore/ingest.${extension}`, import.meta.url);
