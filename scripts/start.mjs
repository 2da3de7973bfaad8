/**
 * Entry of `npm start`: plain JavaScript, so that the cache of compiled modules is there before the first source is read.
 * Whoever reads a source without it loads the stripper of types, which stays in memory (10 MB) for as long as Postroom runs.
 */
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./start.ts');
