/** What an administrator may ask of an office server; the same rules as contract.ts. */
import type { z } from 'zod';
import { directoryEntries } from './directory.ts';
import { upkeepEntries } from './upkeep.ts';

export const officeEntries = { ...directoryEntries, ...upkeepEntries };

export type OfficeEntries = typeof officeEntries;
export type OfficeEntryName = keyof OfficeEntries;
export type OfficeInput<N extends OfficeEntryName> = z.input<OfficeEntries[N]['input']>;
export type OfficeOutput<N extends OfficeEntryName> = z.output<OfficeEntries[N]['output']>;
