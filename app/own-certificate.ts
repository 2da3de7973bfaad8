/** A certificate for 127.0.0.1 that signs itself and lives for an hour: only for the self-check's handshake. RFC 5280 in DER. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const TAG = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x17,
  sequence: 0x30,
  set: 0x31,
};
/** ecdsa-with-SHA256 (RFC 5758 section 3.2), commonName and subjectAltName (RFC 5280 appendix A). */
const ECDSA_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const ALT_NAME = [0x55, 0x1d, 0x11];

/** One DER element: tag, length, content. */
function der(tag: number, ...parts: (Uint8Array | readonly number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

/** UTCTime (RFC 5280 section 4.1.2.5.1). */
function utcTime(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(TAG.time, Buffer.from(`${text}Z`));
}

/** @returns PEM of the key (PKCS #8, EC P-256) and of the certificate */
export function ownCertificate(now: number): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(TAG.sequence, der(TAG.oid, ECDSA_SHA256));
  const name = der(
    TAG.sequence,
    der(
      TAG.set,
      der(TAG.sequence, der(TAG.oid, COMMON_NAME), der(TAG.utf8, Buffer.from('Postroom self-check'))),
    ),
  );
  const HOUR = 3_600_000;
  // iPAddress is context tag 7 of GeneralName.
  const altName = der(TAG.octets, der(TAG.sequence, der(0x87, [127, 0, 0, 1])));
  const body = der(
    TAG.sequence,
    der(0xa0, der(TAG.integer, [2])),
    der(TAG.integer, [0x01], randomBytes(8)),
    algorithm,
    name,
    der(TAG.sequence, utcTime(now - HOUR), utcTime(now + HOUR)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, der(TAG.sequence, der(TAG.sequence, der(TAG.oid, ALT_NAME), altName))),
  );
  const signature = der(TAG.bits, [0], sign('sha256', body, privateKey));
  const whole = der(TAG.sequence, body, algorithm, signature).toString('base64');
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
