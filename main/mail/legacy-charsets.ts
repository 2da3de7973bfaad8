/**
 * Decoders for charsets that no runtime offers any more: UTF-7, UTF-32, HZ and ISO-2022-KR.
 * None of them throws; what cannot be decoded becomes U+FFFD.
 */
import { base64Value } from './transfer.ts';

/** UTF-7 (RFC 2152). Broken shifts are kept as they stand. */
export function decodeUtf7(bytes: Uint8Array): string {
  const out: string[] = [];
  let run: number[] = [];
  const flush = () => {
    if (run.length > 0) out.push(String.fromCharCode.apply(null, run));
    run = [];
  };
  let i = 0;
  while (i < bytes.length) {
    const octet = bytes[i] as number;
    i++;
    if (run.length > 4096) flush();
    if (octet !== 0x2b) {
      run.push(octet < 128 ? octet : 0xfffd);
      continue;
    }
    if (bytes[i] === 0x2d) {
      run.push(0x2b);
      i++;
      continue;
    }
    let bits = 0;
    let held = 0;
    const from = i;
    for (; i < bytes.length; i++) {
      const value = base64Value(bytes[i] as number);
      if (value < 0) break;
      bits = ((bits << 6) | value) & 0x3fffff;
      held += 6;
      if (held >= 16) {
        held -= 16;
        run.push((bits >> held) & 0xffff);
        if (run.length > 4096) flush();
      }
    }
    if (i === from) run.push(0x2b);
    else if (bytes[i] === 0x2d) i++;
  }
  flush();
  return out.join('');
}

/** UTF-32 with or without a byte order mark; big-endian is assumed when the first unit says nothing else. */
export function decodeUtf32(bytes: Uint8Array, order: 'le' | 'be' | undefined): string {
  // Without a mark: text starts with ASCII, so the zero octet comes first in big-endian order.
  const little = order === undefined ? bytes[0] !== 0 : order === 'le';
  const out: string[] = [];
  let run: number[] = [];
  for (let i = 0; i + 3 < bytes.length; i += 4) {
    const a = bytes[i] as number;
    const b = bytes[i + 1] as number;
    const c = bytes[i + 2] as number;
    const d = bytes[i + 3] as number;
    const point = little
      ? d * 0x1000000 + (c << 16) + (b << 8) + a
      : a * 0x1000000 + (b << 16) + (c << 8) + d;
    if (point === 0xfeff && i === 0) continue;
    run.push(point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? 0xfffd : point);
    if (run.length >= 4096) {
      out.push(String.fromCodePoint(...run));
      run = [];
    }
  }
  if (run.length > 0) out.push(String.fromCodePoint(...run));
  return out.join('');
}

/** HZ-GB-2312 (RFC 1843) as the same text in GBK octets. */
export function hzToGbk(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let at = 0;
  let high = false;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i] as number;
    if (octet === 0x7e && i + 1 < bytes.length) {
      const next = bytes[i + 1];
      if (next === 0x7b) high = true;
      else if (next === 0x7d) high = false;
      else if (next === 0x7e) out[at++] = 0x7e;
      if (next === 0x7b || next === 0x7d || next === 0x7e || next === 0x0a) {
        i++;
        continue;
      }
    }
    if (octet === 0x0a) high = false;
    out[at++] = high && octet > 0x20 ? octet | 0x80 : octet;
  }
  return out.subarray(0, at);
}

/** ISO-2022-KR (RFC 1557) as the same text in EUC-KR octets. */
export function iso2022KrToEucKr(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  let at = 0;
  let high = false;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i] as number;
    if (octet === 0x1b && bytes[i + 1] === 0x24 && bytes[i + 2] === 0x29 && bytes[i + 3] === 0x43) i += 3;
    else if (octet === 0x0e) high = true;
    else if (octet === 0x0f) high = false;
    else {
      if (octet === 0x0a) high = false;
      out[at++] = high && octet > 0x20 ? octet | 0x80 : octet;
    }
  }
  return out.subarray(0, at);
}
