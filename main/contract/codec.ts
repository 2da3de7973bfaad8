/** Frames as JSON text, for transports that carry text (WebSocket). Bytes are written as {"$bytes": base64}. Runs in a browser too. */
import type { Frame } from './frames.ts';

/** Characters given to String.fromCharCode at once: more than this overflows the stack of some engines. */
const SLICE = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += SLICE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + SLICE));
  }
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

export function encodeFrame(frame: Frame): string {
  return JSON.stringify(frame, (_key, value: unknown) =>
    value instanceof Uint8Array ? { $bytes: toBase64(value) } : value,
  );
}

/** Throws SyntaxError for what is not JSON; the shape is checked by the door. */
export function decodeFrame(text: string): Frame {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
    return typeof value.$bytes === 'string' ? fromBase64(value.$bytes) : value;
  }) as Frame;
}
