/** A file name from a subject: what no file system takes is left out. Pure. */
export function fileNameOf(subject: string, extension: string): string {
  const name = subject
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 100)
    .replace(/[. ]+$/, '');
  return `${name || 'letter'}.${extension}`;
}
