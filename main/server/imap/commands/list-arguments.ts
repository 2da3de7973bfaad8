/** Grammar of LIST, its options and its older kin (RFC 9051 section 6.3.9, RFC 5258, RFC 5819, RFC 6154). */
import { bad } from '../faults.ts';
import type { Scanner } from '../scanner.ts';
import { parseStatusItems, type StatusItem } from './status.ts';

export interface ListArguments {
  readonly select: {
    readonly subscribed: boolean;
    readonly recursive: boolean;
    readonly specialUse: boolean;
  };
  readonly returns: { readonly subscribed: boolean; readonly status: readonly StatusItem[] | null };
  readonly reference: string;
  readonly patterns: readonly string[];
  /** The short form of RFC 3501: an empty pattern asks for the delimiter. */
  readonly basic: boolean;
}

const SELECT_OPTIONS = ['SUBSCRIBED', 'REMOTE', 'RECURSIVEMATCH', 'SPECIAL-USE'];
const RETURN_OPTIONS = ['SUBSCRIBED', 'CHILDREN', 'SPECIAL-USE', 'STATUS'];

/** @throws Fault syntax for unknown options, and for RECURSIVEMATCH without anything to match (rule I36). */
export function parseList(scanner: Scanner): ListArguments {
  scanner.space();
  const options = scanner.atList ? parseSelect(scanner) : null;
  const reference = scanner.listMailbox();
  scanner.space();
  const several = scanner.atList;
  const patterns = several ? scanner.list(() => scanner.listMailbox()) : [scanner.listMailbox()];
  const returns = scanner.maybe(32) ? parseReturns(scanner) : null;
  return {
    select: {
      subscribed: options?.includes('SUBSCRIBED') ?? false,
      recursive: options?.includes('RECURSIVEMATCH') ?? false,
      specialUse: options?.includes('SPECIAL-USE') ?? false,
    },
    returns: { subscribed: returns?.subscribed ?? false, status: returns?.status ?? null },
    reference,
    patterns,
    basic: options === null && !several && returns === null,
  };
}

/** LSUB and XLIST: reference and one pattern. */
export function parsePlainList(scanner: Scanner): ListArguments {
  scanner.space();
  const reference = scanner.listMailbox();
  scanner.space();
  return {
    select: { subscribed: false, recursive: false, specialUse: false },
    returns: { subscribed: false, status: null },
    reference,
    patterns: [scanner.listMailbox()],
    basic: true,
  };
}

function parseSelect(scanner: Scanner): string[] {
  const options = scanner.list(() => known(scanner, SELECT_OPTIONS), { empty: true });
  scanner.space();
  if (
    options.includes('RECURSIVEMATCH') &&
    !options.includes('SUBSCRIBED') &&
    !options.includes('SPECIAL-USE')
  )
    throw bad('RECURSIVEMATCH needs something to match.');
  return options;
}

function parseReturns(scanner: Scanner): { subscribed: boolean; status: StatusItem[] | null } {
  if (!scanner.maybeAtom('RETURN')) throw bad('RETURN is missing.');
  scanner.space();
  let status: StatusItem[] | null = null;
  const words = scanner.list(
    () => {
      const word = known(scanner, RETURN_OPTIONS);
      if (word === 'STATUS') {
        scanner.space();
        status = parseStatusItems(scanner);
      }
      return word;
    },
    { empty: true },
  );
  return { subscribed: words.includes('SUBSCRIBED'), status };
}

function known(scanner: Scanner, options: readonly string[]): string {
  const word = scanner.atom().toUpperCase();
  if (!options.includes(word)) throw bad('An option of LIST is not known.');
  return word;
}
