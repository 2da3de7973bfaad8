/**
 * Members of a personal distribution list ([MS-OXOCNTC] 2.2.2.4): each is an entry of the address book, and beside it a one-off
 * entry ([MS-OXCDATA] 2.2.5.1) that says name and address by itself. Pure.
 */

/** What the reader keeps of one item. */
export interface ListProperties {
  /** Octets of a property of an item, wherever the file keeps them; null: it has none. */
  value(id: number): Buffer | null;
}

export interface Member {
  name: string;
  address: string;
}

/** PidLidDistributionListOneOffMembers, PidLidDistributionListMembers, in the property set PSETID_Address. */
export const LIST_PROPERTIES = [0x8054, 0x8055] as const;

const ONE_OFF = Buffer.from('812b1fa4bea310199d6e00dd010f5402', 'hex');
/** Its strings are UTF-16; else they are in the code page of whoever wrote the file. */
const UNICODE = 0x8000;
const MOST = 10_000;

/** A property of many octet strings ([MS-PST] 2.3.3.4.2): their number, where each begins, the octets. */
function octetStrings(data: Buffer): Buffer[] {
  if (data.length < 4) return [];
  const count = data.readUInt32LE(0);
  if (count > MOST || data.length < 4 + count * 4) return [];
  const out: Buffer[] = [];
  for (let n = 0; n < count; n++) {
    const from = data.readUInt32LE(4 + n * 4);
    const to = n + 1 < count ? data.readUInt32LE(8 + n * 4) : data.length;
    if (from > to || to > data.length) break;
    out.push(data.subarray(from, to));
  }
  return out;
}

/** The next string and where the one behind it begins; null: the octets end before it does. */
function textAt(entry: Buffer, from: number, wide: boolean): { text: string; next: number } | null {
  const step = wide ? 2 : 1;
  for (let at = from; at + step <= entry.length; at += step) {
    if (entry[at] !== 0 || (wide && entry[at + 1] !== 0)) continue;
    const octets = entry.subarray(from, at);
    const text = wide ? octets.toString('utf16le') : new TextDecoder('windows-1251').decode(octets);
    return { text: text.trim(), next: at + step };
  }
  return null;
}

/** Of an entry that stands by itself or is wrapped in another; null: it says no address. */
function memberOf(entry: Buffer): Member | null {
  const at = entry.indexOf(ONE_OFF);
  const bits = at + ONE_OFF.length + 2;
  if (at < 0 || bits + 2 > entry.length) return null;
  const wide = (entry.readUInt16LE(bits) & UNICODE) !== 0;
  const name = textAt(entry, bits + 2, wide);
  const kind = name && textAt(entry, name.next, wide);
  const address = kind && textAt(entry, kind.next, wide);
  if (!name || !address || !/^[^\s@]+@[^\s@]+$/.test(address.text)) return null;
  return { name: name.text === address.text ? '' : name.text, address: address.text };
}

/** Those who have an address, each once. @param ids of LIST_PROPERTIES in this file */
export function membersOf(item: ListProperties, ids: readonly number[]): Member[] {
  const found = new Map<string, Member>();
  for (const id of ids)
    for (const entry of octetStrings(item.value(id) ?? Buffer.alloc(0))) {
      const member = memberOf(entry);
      const key = member?.address.toLowerCase() ?? '';
      if (member && !found.has(key)) found.set(key, member);
    }
  return [...found.values()];
}
