/** Networks as an administrator writes them, and peers as the guard counts them. */
import { BlockList, isIP, isIPv4 } from 'node:net';
import { Fault } from '../../base/errors.ts';

/** True for `192.168.0.0/16`, `fd00::/8`, and for a single address. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== undefined;
}

function parseNetwork(text: string): { ip: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [ip = '', length, ...rest] = text.trim().split('/');
  const version = isIP(ip);
  if (version === 0 || rest.length > 0 || ip.includes('%')) return undefined;
  const most = version === 4 ? 32 : 128;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = length === undefined ? most : Number(length);
  return prefix <= most ? { ip, prefix, family: version === 4 ? 'ipv4' : 'ipv6' } : undefined;
}

export class Networks {
  readonly #list = new BlockList();

  /** @throws Fault user `bad-network`. */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const network = parseNetwork(text);
      if (!network)
        throw new Fault('user', 'bad-network', `"${text}" is no network.`, { detail: { network: text } });
      this.#list.addSubnet(network.ip, network.prefix, network.family);
    }
  }

  includes(ip: string): boolean {
    const version = isIP(ip);
    return version !== 0 && this.#list.check(ip, version === 4 ? 'ipv4' : 'ipv6');
  }
}

/**
 * Who counts as one peer: an IPv4 address, or the /64 that one household or computer has of IPv6, since it can take
 * another address of it for each connection. An IPv4 address mapped into IPv6 is itself.
 */
export function peerOf(ip: string): string {
  const bare = ip.toLowerCase().split('%')[0]!;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (isIP(bare) !== 6) return bare;
  const [head = '', tail] = bare.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':').flatMap((each) => (each.includes('.') ? ['0', '0'] : [each])) : [];
  if (tail !== undefined) while (groups.length + after.length < 8) groups.push('0');
  const network = [...groups, ...after].slice(0, 4).map((each) => Number.parseInt(each, 16).toString(16));
  return `${network.join(':')}::/64`;
}
