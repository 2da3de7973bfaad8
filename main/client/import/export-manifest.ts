/** The list beside an export of everything: which file is which folder, the tags, and what else lies there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../base/errors.ts';

export const MANIFEST = 'postroom-export.json';

/** A path inside the export: no level that leaves it. */
const Inside = z
  .string()
  .min(1)
  .max(4000)
  .refine(
    (path) =>
      path.split('/').every((level) => level !== '' && level !== '.' && level !== '..') &&
      !/[\\\0]/.test(path),
  );

export const ExportManifest = z.object({
  format: z.literal('postroom-export'),
  version: z.literal(1),
  /** ms */
  at: z.number(),
  layout: z.enum(['mbox', 'maildir', 'eml']),
  folders: z.array(
    z.object({
      file: Inside,
      /** Of the folder as it will be called again. */
      levels: z.array(z.string().min(1)).min(1),
      letters: z.int(),
    }),
  ),
  tags: z.array(z.object({ name: z.string(), colour: z.string(), keyword: z.string() })),
  /** Files beside the letters, each with what it holds. */
  rest: z.array(
    z.object({
      file: Inside,
      what: z.enum(['contacts', 'signatures', 'accounts', 'rules', 'drafts', 'arrangement', 'settings']),
      book: z.object({ kind: z.enum(['own', 'collected']), name: z.string() }).optional(),
    }),
  ),
});
export type ExportManifest = z.infer<typeof ExportManifest>;

/** A level of a folder as an import makes it. */
export const cleanLevel = (level: string): string =>
  level
    .replace(/[\u0000-\u001f\u007f/]/g, '_')
    .normalize('NFC')
    .trim() || '_';

/** @throws Fault user `not-a-letter` when there is none, `damaged` when it cannot be understood */
export async function readExport(dir: string): Promise<ExportManifest> {
  let text: string;
  try {
    text = await readFile(join(dir, MANIFEST), 'utf8');
  } catch (cause) {
    throw new Fault('user', 'not-a-letter', 'This is not an export of Postroom.', {
      detail: { path: dir },
      cause,
    });
  }
  try {
    return ExportManifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('user', 'damaged', 'The list of the export is damaged.', {
      detail: { path: dir },
      cause,
    });
  }
}
