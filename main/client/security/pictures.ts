/**
 * Fetches a remote picture of a letter after a person allowed it. Never with cookies or a referrer, never from an address
 * inside the person's own network, never more than a picture's worth of bytes.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { Fault } from '../../base/errors.ts';
import { MAX_PICTURE_BYTES } from '../../base/limits.ts';

export interface Picture {
  type: string;
  bytes: Uint8Array;
}
export type Resolve = (host: string) => Promise<{ address: string; family: number }[]>;
export interface PictureOptions {
  resolve?: Resolve;
  /** Only tests, whose servers live on loopback, set this. */
  allowPrivate?: boolean;
  timeoutMs?: number;
}

const REDIRECTS = 3;
const TIMEOUT_MS = 15_000;

/** RFC 1918, 6598, 3927, 4193, 4291, 5735, 6890: nothing a letter may make this computer ask. */
const inner = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inner.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
  ['64:ff9b::', 96],
  ['2001:db8::', 32],
] as const) {
  inner.addSubnet(network, prefix, 'ipv6');
}

/** true for loopback, private, link-local and other addresses that are not the Internet. */
export function isInnerAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  return inner.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

const refused = (host: string) =>
  new Fault('user', 'picture-refused', 'The picture lies inside this network.', { detail: { host } });

export async function fetchPicture(
  address: string,
  options: PictureOptions = {},
  redirects = REDIRECTS,
): Promise<Picture> {
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(url.hostname);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const resolve: Resolve = options.resolve ?? ((name) => systemLookup(name, { all: true }));
  const found = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host);
  const target = found.find((each) => options.allowPrivate || !isInnerAddress(each.address));
  if (!target) throw refused(host);
  const answer = await get(url, target, options.timeoutMs ?? TIMEOUT_MS);
  if (answer.location !== null) {
    if (redirects === 0) throw new Fault('remote', 'picture-failed', 'The picture is redirected too often.');
    return fetchPicture(new URL(answer.location, url).href, options, redirects - 1);
  }
  return { type: answer.type, bytes: answer.bytes };
}

interface Answer {
  location: string | null;
  type: string;
  bytes: Uint8Array;
}

/** Connects to exactly the address that was checked, so that a second DNS answer cannot differ. */
function get(url: URL, target: { address: string; family: number }, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method: 'GET',
      headers: { Accept: 'image/*', 'User-Agent': 'Mozilla/5.0' },
      signal: AbortSignal.timeout(timeoutMs),
      agent: false,
      lookup: (_host, lookupOptions, done) => {
        const all = (lookupOptions as { all?: boolean }).all;
        if (all)
          (done as unknown as (error: null, found: { address: string; family: number }[]) => void)(null, [
            target,
          ]);
        else done(null, target.address, target.family);
      },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const location = status >= 300 && status < 400 ? (response.headers.location ?? null) : null;
      const type = String(response.headers['content-type'] ?? '')
        .split(';')[0]!
        .trim()
        .toLowerCase();
      if (location !== null) {
        response.destroy();
        return resolve({ location, type, bytes: new Uint8Array(0) });
      }
      if (status !== 200 || !type.startsWith('image/')) {
        response.destroy();
        return reject(new Fault('remote', 'picture-failed', 'There is no picture at this address.'));
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_PICTURE_BYTES)
          response.destroy(new Fault('remote', 'picture-failed', 'The picture is too large.'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ location: null, type, bytes: Buffer.concat(chunks) }));
    });
    request.end();
  });
}
