/** Bytes of letters and attachments as files: streamed from the engine, saved by the browser's own way. */
import { engine } from '../../state/engine.ts';

/** A file of a letter; `path` leads to the attached letter that holds it, [] where it is the letter itself. */
export interface FilePlace {
  readonly id: number;
  readonly path: readonly number[];
  readonly n: number;
}

/** A whole stream as one Blob. */
export async function attachmentBlob(
  { id, path, n }: FilePlace,
  signal?: AbortSignal,
): Promise<{ blob: Blob; name: string }> {
  const chunks: BlobPart[] = [];
  const { name, type } = await engine().request(
    'messages.attachment',
    { id, path: [...path], n },
    { signal, onChunk: (bytes) => chunks.push(bytes.slice()) },
  );
  return { blob: new Blob(chunks, { type }), name };
}

export async function sourceBlob(id: number): Promise<Blob> {
  const chunks: BlobPart[] = [];
  await engine().request('messages.source', { id }, { onChunk: (bytes) => chunks.push(bytes.slice()) });
  return new Blob(chunks, { type: 'message/rfc822' });
}

/** Long enough for the slowest browser to have taken the bytes over. */
const RELEASE_MS = 60_000;

export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), RELEASE_MS);
}
