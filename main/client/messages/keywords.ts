/** Names of tags as IMAP keywords, and back. Pure. */

/** An IMAP keyword (RFC 9051 section 9, flag-keyword) for a tag: letters that may not stand in an atom are written as _XX. */
export function keywordFor(tag: string): string {
  let out = '';
  for (const octet of new TextEncoder().encode(tag.trim().replace(/\s+/g, '_'))) {
    const plain = octet > 32 && octet < 127 && !'(){%*"\\]'.includes(String.fromCharCode(octet));
    out += plain ? String.fromCharCode(octet) : `_${octet.toString(16).padStart(2, '0')}`;
  }
  return out || '_';
}

const ENCODED = /(?:_[89a-f][0-9a-f])+/g;

/**
 * The name of a tag that this computer does not know, from its keyword: what another Postroom wrote as _XX is read again.
 * keywordFor() gives the same keyword back, so that the tag can be taken away by this name.
 */
export function nameOfKeyword(keyword: string): string {
  try {
    const name = keyword.replace(ENCODED, (run) => {
      const octets = Uint8Array.from(run.slice(1).split('_'), (hex) => Number.parseInt(hex, 16));
      return new TextDecoder('utf-8', { fatal: true }).decode(octets);
    });
    return keywordFor(name) === keyword ? name : keyword;
  } catch {
    // It only looks like one.
    return keyword;
  }
}
