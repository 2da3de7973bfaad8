/** What kind of picture octets are, by their first ones; null: none that is shown as a photograph. */
export function photoType(bytes: Uint8Array): string | null {
  const starts = (...octets: number[]): boolean => octets.every((octet, at) => bytes[at] === octet);
  if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(0x89, 0x50, 0x4e, 0x47)) return 'image/png';
  if (starts(0x47, 0x49, 0x46, 0x38)) return 'image/gif';
  if (starts(0x52, 0x49, 0x46, 0x46) && bytes[8] === 0x57 && bytes[9] === 0x45) return 'image/webp';
  if (starts(0x42, 0x4d)) return 'image/bmp';
  return null;
}
