/** The octets of a letter on their way to the wire, with a gate before the final dot. */
import { Readable } from 'node:stream';

export interface GatedLetter {
  readonly stream: Readable;
  /** True from the moment the final dot may be on its way. */
  readonly opened: boolean;
}

/**
 * A stream that, having given all octets, waits for `beforeEnd` and only then ends; the wire writes the
 * final dot at the end of the stream, never before. Until `opened`, the letter has certainly not been taken.
 */
export function gatedLetter(source: AsyncIterable<Uint8Array>, beforeEnd: () => Promise<void>): GatedLetter {
  let opened = false;
  async function* octets() {
    try {
      for await (const chunk of source) {
        if (chunk.length > 0) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      }
      await beforeEnd();
    } catch (failure) {
      // The wire writes its own fields onto the error it is given; a Fault must not be that error.
      throw new Error('The letter could not be read to its end.', { cause: failure });
    }
    opened = true;
  }
  return {
    stream: Readable.from(octets(), { objectMode: false }),
    get opened() {
      return opened;
    },
  };
}
