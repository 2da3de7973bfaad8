/**
 * The modules that run as worker threads, in one place, so that a bundler can build each as an entry of
 * its own beside the bundle. Sources end in .ts, the bundled application in .js.
 */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const beside = (name: string): URL => new URL(`./${name}.${extension}`, import.meta.url);

/** Serves the `calls` of any module: every pool's thread starts here. */
export const poolEntry = beside('pool-thread');
export const writerEntry = beside('writer-thread');
export const readerModule = beside('reader');
export const keeperModule = beside('keeper');
export const indexerModule = beside('indexer');
