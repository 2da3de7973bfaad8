/**
 * What is known of the office beside the client while it does not run: its name and its ports. A file of the office's data folder,
 * put in place whole. It holds no secret; the office itself keeps everything else.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault, toFault } from '../base/errors.ts';
import { HostingPorts } from '../contract/mail/hosting.ts';

const HostingFile = z.object({
  office: z.object({ name: z.string(), domain: z.string(), address: z.string() }),
  /** As they were when it ran last. */
  ports: HostingPorts,
});
export type HostingFile = z.infer<typeof HostingFile>;

const path = (dir: string): string => join(dir, 'hosting.json');

/**
 * null: no office has been set up there.
 * @throws Fault user `no-access`, `hosting-damaged` {path}.
 */
export async function readHosting(dir: string): Promise<HostingFile | null> {
  const file = path(dir);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (failure) {
    if ((failure as { code?: string }).code === 'ENOENT') return null;
    throw toFault(failure);
  }
  try {
    return HostingFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new Fault('user', 'hosting-damaged', `${file} is damaged.`, { detail: { path: file }, cause });
  }
}

/** @throws Fault user `no-access`, transient `disk-full`. */
export async function writeHosting(dir: string, hosting: HostingFile): Promise<void> {
  const file = path(dir);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, `${JSON.stringify(hosting, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (failure) {
    throw toFault(failure);
  }
}
