/**
 * The fields of a DIGEST-MD5 response (RFC 2831 section 2.1.2). Octets are kept beside the text, because the digest is
 * computed over what the client sent, in whatever charset it was.
 */
export interface DigestFields {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly nc: string;
  /** 32 lower-case hexadecimal digits. */
  readonly response: string;
  readonly raw: {
    readonly username: Buffer;
    readonly realm: Buffer;
    readonly nonce: string;
    readonly cnonce: Buffer;
    readonly nc: string;
    readonly uri: Buffer;
    readonly authzid: Buffer | null;
  };
}

const FIELD = /[\s,]*([A-Za-z][A-Za-z0-9-]*)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s",]+))\s*(?=,|$)/y;

/** Undefined for what is no response with qop `auth`; a field given twice makes all of it void. */
export function parseDigestFields(bytes: Uint8Array): DigestFields | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  let length = text.length;
  while (/[\s,]/.test(text.charAt(length - 1))) length--;
  const fields = new Map<string, string>();
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < length) {
    const found = FIELD.exec(text);
    if (!found) return undefined;
    const name = found[1]!.toLowerCase();
    if (fields.has(name)) return undefined;
    fields.set(name, found[2]?.replace(/\\([\s\S])/g, '$1') ?? found[3] ?? '');
  }
  const octets = (name: string) => Buffer.from(fields.get(name) ?? '', 'latin1');
  const charset = fields.get('charset')?.toLowerCase() === 'utf-8' ? 'utf8' : 'latin1';
  const [username, nonce, cnonce, uri] = ['username', 'nonce', 'cnonce', 'digest-uri'].map((name) =>
    fields.get(name),
  );
  const response = fields.get('response')?.toLowerCase() ?? '';
  if (!username || !nonce || !cnonce || !uri || !/^[0-9a-f]{32}$/.test(response)) return undefined;
  if ((fields.get('qop') ?? 'auth').toLowerCase() !== 'auth') return undefined;
  const nc = fields.get('nc') ?? '';
  return {
    username: octets('username').toString(charset),
    realm: octets('realm').toString(charset),
    nonce,
    nc,
    response,
    raw: {
      username: octets('username'),
      realm: octets('realm'),
      nonce,
      cnonce: octets('cnonce'),
      nc,
      uri: octets('digest-uri'),
      authzid: fields.has('authzid') ? octets('authzid') : null,
    },
  };
}
