/** A program of another kind. */
import type { Program } from '../../../main/store/program.ts';
import { program as base } from './program.ts';

export const program = { ...base, schemaName: 'something-else' } satisfies Program;
