/** Folder paths as the server writes them and as they are shown here. */

/** How the personal namespace of a server is written (RFC 2342). */
export interface Namespace {
  /** In front of every folder but INBOX, its delimiter included; often ''. */
  prefix: string;
  delimiter: string;
}

/** "/" between levels whatever the server uses; a "/" inside a name is written as the division slash. */
export function localPath(serverPath: string, delimiter: string): { path: string; name: string } {
  const levels = delimiter === '' ? [serverPath] : serverPath.split(delimiter);
  const safe = levels
    .map((each) => each.replaceAll('/', '\u2215'))
    .map((each) => (each === '' ? '\u2423' : each));
  if (safe[0]?.toUpperCase() === 'INBOX') safe[0] = 'INBOX';
  return { path: safe.join('/'), name: safe.at(-1) as string };
}
