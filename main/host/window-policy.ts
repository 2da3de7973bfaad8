/** What a window's document may load: the same for every host, apart from where letters' documents come from. */
export interface PolicySources {
  /** Origin or scheme of the letters' documents. */
  readonly frames: string;
  /** Where the door is, when it is not a MessagePort. */
  readonly door?: string;
}

/** The value of a Content-Security-Policy header. */
export function windowPolicy({ frames, door }: PolicySources): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: blob: ${frames}`,
    "font-src 'self'",
    // Sounds of a new letter; documents of letters have a policy of their own.
    "media-src 'self'",
    door ? `connect-src 'self' ${door}` : "connect-src 'self'",
    `frame-src ${frames}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
