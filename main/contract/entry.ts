import type { z } from 'zod';

/** One command or query of the contract: name -> shapes and the error codes it can give. */
export interface Entry<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I;
  readonly output: O;
  /** Codes besides the ones every entry may give: `internal`, `cancelled`, `bad-input`, `disk-full`. */
  readonly errors: readonly string[];
  /** true: answers may be preceded by byte chunks (a stream frame each). */
  readonly streams?: boolean;
}

export function entry<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  errors: readonly string[] = [],
  options: { streams?: boolean } = {},
): Entry<I, O> {
  return { input, output, errors, ...options };
}
