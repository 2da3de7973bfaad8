/**
 * The document around a sanitised letter: the product's type and colours, nothing that runs. Its response headers are the
 * second wall: no script, no network but its own origin's pictures, no forms, a sandbox of its own.
 */

export const FRAME_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox",
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Cache-Control': 'no-store',
};

const FONT =
  '"Segoe UI Variable Text","Segoe UI",-apple-system,"SF Pro Text","Inter","Noto Sans","Roboto","DejaVu Sans",sans-serif';
const MONO = '"Cascadia Mono",Consolas,"SF Mono",Menlo,"DejaVu Sans Mono",monospace';

const LIGHT = {
  ground: '#ffffff',
  text: '#1f1d1a',
  soft: '#635d54',
  line: '#8a8378',
  link: '#2449ad',
  mark: '#ffefb0',
  hatch: '#eeebe6',
};
const DARK = {
  ground: '#242320',
  text: '#efece6',
  soft: '#b3ada2',
  line: '#8b857a',
  link: '#a9beff',
  mark: '#5a4a12',
  hatch: '#2f2d29',
};

const CONTRAST = {
  ground: '#000000',
  text: '#ffffff',
  soft: '#e6e6e6',
  line: '#ffffff',
  link: '#9ad7ff',
  mark: '#ffe14d',
  hatch: '#333338',
};

/** Anchors a screen apart: the window cannot scroll a document of another origin, but it can name a place in it. */
const PAGES = 60;

/** `page-2` ... lie 90 % of the frame's height apart and never make the document longer. */
function pageAnchors(): string {
  const anchor = (page: number) => `<i id="page-${page}" style="top:${(page - 1) * 90}vh"></i>`;
  return `<div class="pr-pages">${Array.from({ length: PAGES }, (_, at) => anchor(at + 1)).join('')}</div>`;
}

/** Found words get ids `hit-1` ... in the letter's order. */
function numberMarks(body: string): string {
  let hit = 0;
  return body.replaceAll('<mark>', () => `<mark id="hit-${++hit}">`);
}

/** @param body sanitised markup only */
export function frameDocument(body: string, options: { dark: boolean; contrast?: boolean }): string {
  const high = options.dark && (options.contrast ?? false);
  const c = high ? CONTRAST : options.dark ? DARK : LIGHT;
  const style = `
:root{color-scheme:${options.dark ? 'dark' : 'light'}}
html{position:relative;background:${c.ground}}
.pr-pages{position:absolute;inset:0;z-index:-1;overflow:clip;pointer-events:none}
.pr-pages i{position:absolute;left:0}
mark:target{outline:2px solid ${c.link}}
body{margin:0;padding:4px 16px 24px 0;color:${c.text};background:${c.ground};font:14px/22px ${FONT};overflow-wrap:anywhere}
img{max-width:100%}
a{color:${c.link}}
pre,code,tt,kbd,samp{font-family:${MONO};font-size:13px}
pre{white-space:pre-wrap}
blockquote{margin:8px 0;padding:0 0 0 12px;border-left:2px solid ${c.line};color:${c.soft}}
table{max-width:100%}
mark{background:${c.mark};color:${high ? '#000000;text-decoration:underline' : 'inherit'};border-radius:2px}
a[data-dead]{color:${c.soft};text-decoration:underline dotted;cursor:not-allowed}
body>:first-child,body>:first-child>:first-child{margin-top:0}
.pr-text{white-space:pre-wrap;max-width:640px}
:where(p,ul,ol,dl){max-width:640px}
:where(td,th) :where(p,ul,ol,dl){max-width:none}
.pr-blocked{display:inline-block;box-sizing:border-box;max-width:100%;overflow:hidden;padding:8px;border:1px dashed ${c.line};color:${c.soft};font-size:12px;line-height:16px;vertical-align:top;background:repeating-linear-gradient(135deg,transparent 0 8px,${c.hatch} 8px 9px)}
@media print{body{color:#000;background:#fff}}
`;
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><style>${style}</style></head><body>${numberMarks(body)}${pageAnchors()}</body></html>`;
}
