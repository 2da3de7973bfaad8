/** Names of attachments: hostile until cleaned. Used for display, for saving and for the warning before opening. */

/** Longest name given to a file system, in UTF-16 units; most allow 255 octets of UTF-8. */
const MAX_NAME = 120;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * A name that can be shown and saved: no path, no control characters, no bidirectional overrides (they
 * make `exe.txt` of `txt.exe`), none of the characters Windows refuses, not a device, not empty or dots.
 * @param fallback used when nothing is left
 */
export function safeFilename(name: string, fallback = 'attachment'): string {
  let text = name.slice(0, 2000).normalize('NFC');
  // Old programs send the whole path; a slash inside a title is only a character.
  if (/^[a-z]:[\\/]/i.test(text) || /^(?:\.{0,2}|~)[\\/]/.test(text) || text.includes('\\'))
    text =
      text
        .split(/[\\/]+/)
        .filter(Boolean)
        .at(-1) ?? '';
  text = text
    .replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]/g, '')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
    .replace(/[<>:"/\\|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[\s]+|[\s.]+$/g, '');
  if (RESERVED.test(text)) text = `_${text}`;
  if (text.length > MAX_NAME) {
    const dot = text.lastIndexOf('.');
    const extension = dot > 0 && text.length - dot <= 12 ? text.slice(dot) : '';
    text =
      text
        .slice(0, MAX_NAME - extension.length)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd() + extension;
  }
  return text === '' || /^[._\s]+$/.test(text) ? fallback : text;
}

/** Files that a system runs, mounts or obeys when they are opened; Windows, Linux and macOS. */
const DANGEROUS = new Set(
  (
    'exe msi msp mst bat cmd com scr pif ps1 ps1xml ps2 psc1 psd1 psm1 vb vbe vbs js jse mjs ws wsc wsf wsh sct hta lnk url website cpl reg rgs inf ' +
    'jar jnlp msc appref-ms application appx appxbundle msix msixbundle appinstaller gadget iso img vhd vhdx one onepkg chm hlp xll dll ocx sys drv ' +
    'settingcontent-ms library-ms search-ms searchconnector-ms theme themepack diagcab diagcfg mde ade adp accde mda ' +
    'desktop sh bash zsh csh ksh run bin appimage deb rpm flatpakref snap service elf py pyc pyw pl rb lua ' +
    'app command pkg mpkg dmg scpt scptd applescript action workflow terminal tool osx webloc inetloc fileloc'
  ).split(' '),
);

/** True when opening a file of that name may run something; only saving is offered then. */
export function isDangerousName(name: string): boolean {
  const clean = safeFilename(name).toLowerCase();
  const dot = clean.lastIndexOf('.');
  return dot >= 0 && DANGEROUS.has(clean.slice(dot + 1).trim());
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'text/plain': 'txt',
  'text/html': 'html',
  'text/csv': 'csv',
  'text/calendar': 'ics',
  'application/ics': 'ics',
  'text/vcard': 'vcf',
  'text/x-vcard': 'vcf',
  'text/directory': 'vcf',
  'text/xml': 'xml',
  'application/xml': 'xml',
  'text/rtf': 'rtf',
  'application/rtf': 'rtf',
  'text/x-patch': 'patch',
  'text/x-diff': 'diff',
  'text/markdown': 'md',
  'text/rfc822-headers': 'txt',
  'text/enriched': 'txt',
  'message/rfc822': 'eml',
  'message/global': 'eml',
  'message/news': 'eml',
  'message/partial': 'eml',
  'message/delivery-status': 'txt',
  'message/disposition-notification': 'txt',
  'message/feedback-report': 'txt',
  'message/external-body': 'txt',
  'image/jpeg': 'jpg',
  'image/jpg': 'jpg',
  'image/pjpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/bmp': 'bmp',
  'image/webp': 'webp',
  'image/tiff': 'tif',
  'image/svg+xml': 'svg',
  'image/heic': 'heic',
  'image/x-icon': 'ico',
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/ogg': 'ogg',
  'audio/amr': 'amr',
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/3gpp': '3gp',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'application/x-zip-compressed': 'zip',
  'application/gzip': 'gz',
  'application/json': 'json',
  'application/msword': 'doc',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/pgp-signature': 'asc',
  'application/pgp-encrypted': 'asc',
  'application/pgp-keys': 'asc',
  'application/pkcs7-signature': 'p7s',
  'application/x-pkcs7-signature': 'p7s',
  'application/pkcs7-mime': 'p7m',
  'application/x-pkcs7-mime': 'p7m',
  'application/ms-tnef': 'dat',
};

/** Extension for a type without a name, 'bin' when unknown; no dot. */
export function extensionFor(type: string): string {
  return Object.hasOwn(EXTENSIONS, type)
    ? (EXTENSIONS[type] as string)
    : type.startsWith('text/')
      ? 'txt'
      : 'bin';
}

/** Type for a file name, application/octet-stream when the extension says nothing. */
export function typeForName(name: string): string {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  for (const [type, each] of Object.entries(EXTENSIONS)) if (each === extension) return type;
  return 'application/octet-stream';
}
