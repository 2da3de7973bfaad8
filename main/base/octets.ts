/**
 * Memory of octets that nobody needs any more. The collector learns of buffers outside its heap only by their sum, and
 * answers with whole collections: a stream of letters costs more in those than in all that is done with the letters.
 *
 * It must never be given octets of which anybody else still holds a view: theirs would be empty from one moment to the next.
 */

/**
 * Gives the memory of an array back at once. The array is empty afterwards, and so is every other view of its buffer. Left
 * to the collector is what shares a buffer: a part of a larger one, and Buffer's own pool.
 *
 * @param slack octets by which the buffer may be longer than the array, where it is known to be nobody else's.
 */
export function discard(bytes: Uint8Array, slack = 0): void {
  const { buffer, byteOffset, byteLength } = bytes;
  if (!(buffer instanceof ArrayBuffer) || buffer.detached) return;
  if (byteOffset !== 0 || buffer.byteLength > byteLength + slack) return;
  // As long as the pool and not filled: it may be the pool, of which a piece is never the whole.
  if (buffer.byteLength === byteLength || buffer.byteLength !== Buffer.poolSize) buffer.transfer(0);
}
