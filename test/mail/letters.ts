/** Small makers that the tests of this folder share. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Content, type Message, readContent, readMessage } from '../../main/mail/message.ts';

/** A string with one character per octet as octets. */
export function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 255);
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/mail/${name}`, import.meta.url)));
}

/** Names of every letter that fixture() gives. */
export function fixtures(): string[] {
  return readdirSync(new URL('../fixtures/mail/', import.meta.url)).filter((name) => name.endsWith('.eml'));
}

export function read(source: Uint8Array | string): { bytes: Uint8Array; message: Message; content: Content } {
  const bytes = typeof source === 'string' ? utf8(source) : source;
  const message = readMessage(bytes);
  return { bytes, message, content: readContent(bytes, message) };
}

/** Small repeatable random numbers (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
