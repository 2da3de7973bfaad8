/** A name without what file systems or shells read as something else. The engine has made it safe already; this is the second wall. */
export function plainName(name: string): string {
  const bare = name.replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, '_').replace(/^[.\s]+|[.\s]+$/g, '');
  return bare === '' ? 'file' : bare.slice(0, 200);
}
