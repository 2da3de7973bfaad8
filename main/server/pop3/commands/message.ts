/**
 * Sending a message: streamed from the store, never whole in memory (rule P22). Until the first octet has left, a
 * failure is one `-ERR`; after it the connection is cut, for the end dot would be a lie (rule P19).
 */
import type { Letter } from '../../mailstore/mailstore.ts';
import { downgradeHeader, needsDowngrade } from '../downgrade.ts';
import { DotStuffer, type TopCut } from '../framing.ts';
import type { Pop3Session } from '../session.ts';

/** A header longer than this is sent as it is: nobody's display depends on its encoding. */
const MAX_DOWNGRADE_OCTETS = 256 * 1024;

export async function sendMessage(
  session: Pop3Session,
  letter: Letter,
  text: (octets: number) => string,
  cut: TopCut | undefined,
): Promise<void> {
  const head = session.utf8 ? undefined : await asciiHeader(letter);
  const from = head ? letter.root.bodyStart : 0;
  await letter.probe(from, letter.size);
  const pieces = letter.stream(from, letter.size)[Symbol.asyncIterator]();
  // The first piece is read before the answer begins: most damage shows here.
  let piece = await pieces.next();
  session.ok(text(head ? head.length + letter.size - from : letter.size));
  const stuffer = new DotStuffer();
  const pass = (bytes: Uint8Array, more: boolean) =>
    session.send(stuffer.push(cut ? cut.push(bytes) : bytes), more);
  let left = letter.size - from;
  try {
    if (head) pass(head, true);
    while (!piece.done) {
      left -= piece.value.length;
      // The end leaves with the last piece: a client that waits for it is woken once.
      pass(piece.value, left <= 0);
      if (left > 0) await session.flushed();
      if (cut?.done) break;
      piece = await pieces.next();
    }
  } catch (failure) {
    session.context.log.error('pop3-message', { failure });
    session.connection.destroy('ours');
    throw failure;
  } finally {
    await pieces.return?.(undefined);
  }
  session.send(stuffer.end());
}

/** RFC 6856 section 2: a client that has not said UTF8 gets no UTF-8 header; undefined where nothing changes. */
async function asciiHeader(letter: Letter): Promise<Uint8Array | undefined> {
  const end = letter.root.bodyStart;
  if (end === 0 || end > MAX_DOWNGRADE_OCTETS) return undefined;
  const header = await letter.read(0, end);
  return needsDowngrade(header) ? downgradeHeader(header) : undefined;
}
