/** A web server that must never be asked: whatever reaches it is a leak. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Trap {
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  /** What was asked for, as "GET /path". */
  readonly caught: string[];
  close(): Promise<void>;
}

export async function setTrap(): Promise<Trap> {
  const caught: string[] = [];
  const server = createServer((request, response) => {
    caught.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'Content-Type': 'image/png', 'Access-Control-Allow-Origin': '*' });
    response.end();
  });
  // A connection alone (a preconnect) tells the sender as much as a request.
  server.on('connection', () => caught.push('connection'));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caught,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** Everything a letter has ever tried, each with an address of its own under `trap`. */
export function hostileHtml(trap: string): string {
  let n = 0;
  const at = (what: string) => `${trap}/${what}-${++n}`;
  const ran = `fetch('${at('ran')}');parent.postMessage('ran','*');top.document.title='ran'`;
  return `<!doctype html><html><head>
<base href="${trap}/base/">
<meta http-equiv="refresh" content="0;url=${at('refresh')}">
<meta http-equiv="Content-Security-Policy" content="default-src * 'unsafe-inline'">
<link rel="stylesheet" href="${at('stylesheet')}"><link rel="preload" as="image" href="${at('preload')}">
<link rel="prefetch" href="${at('prefetch')}"><link rel="dns-prefetch" href="//tracker.example">
<link rel="preconnect" href="${trap}"><link rel="icon" href="${at('icon')}">
<style>@import url("${at('import')}"); @font-face{font-family:x;src:url(${at('font')})}
body{background:url(${at('background')});-moz-binding:url(${at('binding')});width:expression(${ran})}
a:visited{background:url(${at('visited')})} p::before{content:url(${at('content')})}
.a{background:\\75rl(${at('escaped')})} .b{background:image-set(url(${at('set')}) 1x)}</style>
<script>${ran}</script><script src="${at('script')}"></script><title>ran</title></head>
<body onload="${ran}" background="${at('body')}">
<p style="font-family:x">Dear Olga, the invoice is attached.</p>
<script type="module">${ran}</script>
<img src="${at('picture')}" width="120" height="60" onerror="${ran}" onload="${ran}" alt="logo">
<img src="x" onerror="${ran}"><img srcset="${at('srcset')} 1x"><img src=\`x\`onerror=${ran}>
<picture><source srcset="${at('source')}"><img alt=""></picture>
<input type="image" src="${at('input')}"><video poster="${at('poster')}" src="${at('video')}" autoplay></video>
<audio src="${at('audio')}" autoplay></audio><track src="${at('track')}">
<svg onload="${ran}"><script>${ran}</script><image href="${at('svg')}"/><use href="${at('use')}#a"/>
<foreignObject><iframe src="${at('foreign')}"></iframe></foreignObject>
<animate attributeName="href" values="javascript:${ran}"/></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${ran}&gt;"></math>
<noscript><p title="</noscript><img src=x onerror=${ran}>"></noscript>
<svg></p><style><a id="</style><img src=1 onerror=${ran}>"></svg>
<iframe src="${at('iframe')}"></iframe><iframe srcdoc="<script>${ran}</script>"></iframe>
<object data="${at('object')}"></object><embed src="${at('embed')}"><applet code="${at('applet')}"></applet>
<form action="${at('form')}"><input name="password" autofocus onfocus="${ran}"><button>Sign in</button></form>
<details open ontoggle="${ran}"><summary>More</summary></details><marquee onstart="${ran}">new</marquee>
<dialog open>${'A dialog'}</dialog><template><img src="${at('template')}"></template>
<div style="position:fixed;inset:0;z-index:99999;background:url(${at('overlay')})"></div>
<table background="${at('table')}"><tr><td background="${at('cell')}" style="background-image:url('${at('style')}')">
Total 18,400</td></tr></table>
<a href="javascript:${ran}" id="script-link">Open the invoice</a>
<a href="data:text/html,<script>${ran}</script>">Data</a> <a href="vbscript:${ran}">Basic</a>
<a href="https://bank.example/" ping="${at('ping')}" target="_top">The bank</a>
<a href=" &#106;avascript:${ran}">Entity</a> <a href="java&#9;script:${ran}">Tab</a>
<p>The end of the letter.</p>
</body></html>`;
}
