/**
 * The office's own certificate authority (RFC 5280): one key pair on P-256 that signs the certificate of this server
 * and nothing else. Pure but for randomness; certificates.ts keeps the files.
 *
 * Leaves live at most 397 days, since that is the most that Apple's systems accept of a server.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { promisify } from 'node:util';
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  namedBits,
  octetString,
  oid,
  pem,
  sequence,
  setOf,
  time,
  utf8String,
} from './der.ts';

export interface KeyAndCertificate {
  /** PKCS #8, PEM. */
  readonly key: string;
  /** PEM. */
  readonly certificate: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Twenty years: every computer of the office trusts exactly this one. */
export const AUTHORITY_DAYS = 20 * 365;
/** With the day that a certificate is older than it is (clocks differ), at most 397. */
export const LEAF_DAYS = 396;

const newKeyPair = promisify(generateKeyPair);

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const COMMON_NAME = oid('2.5.4.3');
const BASIC_CONSTRAINTS = '2.5.29.19';
const KEY_USAGE = '2.5.29.15';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const SUBJECT_KEY = '2.5.29.14';
const AUTHORITY_KEY = '2.5.29.35';
const ALTERNATIVE_NAMES = '2.5.29.17';
const SERVER_AUTHENTICATION = oid('1.3.6.1.5.5.7.3.1');

/** @param name of the office, as people call it. @param now ms since 1970. */
export async function makeAuthority(name: string, now: number): Promise<KeyAndCertificate> {
  const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
  const subject = commonName(`${name} - Postroom mail`);
  const certificate = issue({
    issuer: subject,
    subject,
    publicKey,
    signingKey: privateKey,
    now,
    days: AUTHORITY_DAYS,
    extensions: [
      // Section 4.2.1.9: it signs servers, never another authority.
      extension(BASIC_CONSTRAINTS, sequence(boolean(true), integer(Buffer.from([0]))), true),
      extension(KEY_USAGE, namedBits(5, 6), true),
      extension(SUBJECT_KEY, octetString(keyId(publicKey))),
    ],
  });
  return { key: exported(privateKey), certificate };
}

/**
 * A certificate for this server. The first name becomes the subject's; clients look at the alternative names only.
 * @param names DNS names, U-labels allowed. @param addresses IPv4 and IPv6.
 */
export async function makeLeaf(
  authority: KeyAndCertificate,
  names: readonly string[],
  addresses: readonly string[],
  now: number,
): Promise<KeyAndCertificate> {
  const { publicKey, privateKey } = await newKeyPair('ec', { namedCurve: 'P-256' });
  const signer = createPrivateKey(authority.key);
  const dns = dnsNames(names);
  const alternatives = [
    ...dns.map((name) => implicit(2, Buffer.from(name, 'ascii'))),
    ...addresses.flatMap((each) => (isIP(each) === 0 ? [] : [implicit(7, addressBytes(each))])),
  ];
  const certificate = issue({
    issuer: subjectOf(authority.certificate),
    subject: commonName(dns[0] ?? 'postroom'),
    publicKey,
    signingKey: signer,
    now,
    days: LEAF_DAYS,
    extensions: [
      extension(BASIC_CONSTRAINTS, sequence(), true),
      extension(KEY_USAGE, namedBits(0), true),
      extension(EXTENDED_KEY_USAGE, sequence(SERVER_AUTHENTICATION)),
      extension(SUBJECT_KEY, octetString(keyId(publicKey))),
      extension(AUTHORITY_KEY, sequence(implicit(0, keyId(createPublicKey(signer))))),
      extension(ALTERNATIVE_NAMES, sequence(...alternatives)),
    ],
  });
  return { key: exported(privateKey), certificate };
}

/** A-labels in lower case, each once; what is no name is left out. */
export function dnsNames(names: readonly string[]): string[] {
  const ascii = names.map((name) => domainToASCII(name.replace(/\.$/, '').normalize('NFC')).toLowerCase());
  return [...new Set(ascii)].filter(
    (name) => name.length <= 253 && isIP(name) === 0 && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name),
  );
}

interface Issue {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly now: number;
  readonly days: number;
  readonly extensions: readonly Buffer[];
}

function issue({ issuer, subject, publicKey, signingKey, now, days, extensions }: Issue): string {
  // A computer whose clock is a little behind must not find a certificate of the future.
  const from = now - DAY_MS;
  // Section 4.1.2.2: positive, at most 20 octets, never the same twice.
  const serial = Buffer.concat([Buffer.from([0x40 | (randomBytes(1)[0]! & 0x3f)]), randomBytes(15)]);
  const signed = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_SHA256,
    issuer,
    sequence(time(from), time(now + days * DAY_MS - 1000)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const signature = sign('sha256', signed, signingKey);
  return pem('CERTIFICATE', sequence(signed, ECDSA_SHA256, bitString(signature)));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** A name of one common name, at most 64 characters (RFC 5280 appendix A.1, ub-common-name). */
function commonName(name: string): Buffer {
  const clean = [...name.replace(/[\u0000-\u001f\u007f]/g, ' ').trim()].slice(0, 64).join('');
  return sequence(setOf(sequence(COMMON_NAME, utf8String(clean))));
}

/** The subject octet by octet, as section 4.1.2.4 wants the issuer repeated: the sixth field of what is signed. */
function subjectOf(certificate: string): Buffer {
  const fields = children(children(new X509Certificate(certificate).raw)[0]!);
  return fields[5]!;
}

/** What a constructed value holds. Only for certificates of our own: lengths are not doubted. */
function children(value: Buffer): Buffer[] {
  const found: Buffer[] = [];
  const lengthAt = (at: number) => {
    const first = value[at + 1]!;
    const octets = first < 0x80 ? 0 : first - 0x80;
    const length = octets === 0 ? first : value.readUIntBE(at + 2, octets);
    return { header: 2 + octets, end: at + 2 + octets + length };
  };
  for (let at = lengthAt(0).header; at < value.length; ) {
    const { end } = lengthAt(at);
    found.push(value.subarray(at, end));
    at = end;
  }
  return found;
}

/** Section 4.2.1.2: the beginning of a hash over the key's bits, here SHA-256 (RFC 7093). */
function keyId(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return createHash('sha256').update(point).digest().subarray(0, 20);
}

function exported(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** Four or sixteen octets (section 4.2.1.6). */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16);
  const plain = dotted
    ? `${dotted[1]}${hex(dotted[2]!, dotted[3]!)}:${hex(dotted[4]!, dotted[5]!)}`
    : address.split('%')[0]!;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  while (tail !== undefined && groups.length + after.length < 8) groups.push('0');
  const bytes = Buffer.alloc(16);
  [...groups, ...after].forEach((each, at) => void bytes.writeUInt16BE(Number.parseInt(each, 16), at * 2));
  return bytes;
}
