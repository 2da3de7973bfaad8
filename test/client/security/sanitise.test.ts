import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frameDocument } from '../../../main/client/security/document.ts';
import {
  claimedHost,
  type SanitiseOptions,
  sanitiseHtml,
  textToHtml,
} from '../../../main/client/security/sanitise.ts';
import { effort } from '../../kit/effort.ts';

const closed: SanitiseOptions = {
  picture: () => null,
  inline: () => null,
  dark: false,
  quotes: true,
  highlight: [],
};
const clean = (html: string, options: Partial<SanitiseOptions> = {}) =>
  sanitiseHtml(html, { ...closed, ...options });

const hostile: [name: string, html: string][] = [
  ['script', '<script>alert(1)</script><p>text</p>'],
  ['split script', '<scr<script>ipt>alert(1)</scr</script>ipt><p>text</p>'],
  ['handler', '<p onclick="alert(1)" onload=alert(1)>text</p>'],
  ['svg handler', '<svg onload=alert(1)><script>alert(1)</script></svg><p>text</p>'],
  ['math', '<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math><p>text</p>'],
  [
    'javascript link',
    '<a href="javascript:alert(1)">x</a><a href=" java&#9;script:alert(1)">y</a><p>text</p>',
  ],
  ['data link', '<a href="data:text/html,<script>alert(1)</script>">x</a><p>text</p>'],
  ['iframe', '<iframe src="https://evil.example"></iframe><p>text</p>'],
  [
    'object',
    '<object data="https://evil.example/x.swf"></object><embed src=https://evil.example><p>text</p>',
  ],
  [
    'form',
    '<form action="https://evil.example"><input name=a><button formaction="https://evil.example">b</button></form><p>text</p>',
  ],
  ['meta refresh', '<meta http-equiv=refresh content="0;url=https://evil.example"><p>text</p>'],
  ['base', '<base href="https://evil.example/"><p>text</p>'],
  ['link', '<link rel=stylesheet href="https://evil.example/x.css"><p>text</p>'],
  ['css import', '<style>@import url(https://evil.example/x.css);p{color:red}</style><p>text</p>'],
  ['css url', '<p style="background:url(https://evil.example/x.png)">text</p>'],
  ['css escape', '<p style="back\\67round:u\\72l(https://evil.example/x.png)">text</p>'],
  ['css in style', '<style>p{background-image:url("https://evil.example/x.png")}</style><p>text</p>'],
  ['style breakout', '<style>p{content:"</style><img src=x onerror=alert(1)>"}</style><p>text</p>'],
  ['srcset', '<img srcset="https://evil.example/x.png 2x"><p>text</p>'],
  [
    'picture',
    '<picture><source srcset="https://evil.example/x.png"><img src="https://evil.example/y.png"></picture><p>text</p>',
  ],
  [
    'video',
    '<video poster="https://evil.example/x.png" src="https://evil.example/v.mp4"></video><p>text</p>',
  ],
  ['background attribute', '<table background="https://evil.example/x.png"><tr><td>text</td></tr></table>'],
  ['fixed cover', '<div style="position:fixed;top:0;left:0;width:100%;height:100%">text</div>'],
  ['namespace attribute', '<p xlink:href="javascript:alert(1)">text</p>'],
  ['noscript', '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript><p>text</p>'],
  ['template', '<template><img src=https://evil.example/x.png onerror=alert(1)></template><p>text</p>'],
  ['comment', '<!--[if gte mso 9]><img src="https://evil.example/x.png"><![endif]--><p>text</p>'],
  ['unclosed', '<p>text<img src="https://evil.example/x.png" onerror="alert(1)"'],
];
for (const [name, html] of hostile) {
  test(`nothing that runs or calls is left of: ${name}`, () => {
    const out = clean(html).html;
    assert.match(out, /text/, 'the words stay');
    assert.doesNotMatch(
      out,
      /alert\(1\)[^<]*["'>]|<script|<svg|<math|<iframe|<object|<embed|<form|<input|<meta|<base|<link|<video|<source/i,
    );
    assert.doesNotMatch(out, /\son\w+\s*=|javascript:|@import|position\s*:\s*fixed|srcset|formaction/i);
    assert.doesNotMatch(out, /(?:src|background|poster|url)\s*[=(]\s*["']?\s*https?:/i);
  });
}

test('blocked pictures keep their room and are counted; a beacon takes none', () => {
  const { html, blocked } = clean(
    '<img src="https://a.example/1.png" width="640" height="120" alt="Logo"><img src="https://a.example/2.gif" width=1 height=1>',
  );
  assert.equal(blocked, 2);
  assert.match(html, /class="pr-blocked"[^>]*style="width:\s*640px;\s*height:\s*120px/);
  assert.match(html, /Logo/);
});

test('allowed and inner pictures are served from addresses of ours only', () => {
  const seen: string[] = [];
  const { html, blocked } = clean(
    '<img src="cid:a%40b"><img src="//c.example/x.png"><p style="background:url(\'https://c.example/y.png\') no-repeat">t</p>',
    {
      inline: (id) => (id === 'a@b' ? './cid/0' : null),
      picture: (address) => {
        seen.push(address);
        return `./img/${seen.length - 1}`;
      },
    },
  );
  assert.equal(blocked, 0);
  assert.deepEqual(seen, ['https://c.example/x.png', 'https://c.example/y.png']);
  assert.match(html, /src="\.\/cid\/0"/);
  assert.match(html, /src="\.\/img\/0"/);
  assert.match(html, /url\(&quot;\.\/img\/1&quot;\)/);
});

test('a newsletter keeps its shape', () => {
  const { html } = clean(
    '<html><head><style>.card{color:#222} @media (max-width:600px){.card{width:100%!important}}</style></head><body bgcolor="#f1efeb"><table width=600 align=center cellpadding=0><tr><td class=card style="padding:16px;font:14px Arial">Привет &amp; hello</td></tr></table></body></html>',
  );
  for (const kept of [
    '.card',
    '@media',
    'bgcolor="#f1efeb"',
    'width="600"',
    'align="center"',
    'class="card"',
    'padding:16px',
    'Привет &amp; hello',
  ]) {
    assert.ok(html.includes(kept), `${kept} is kept in ${html}`);
  }
});

test('links go to a page of their own and tell when their text names another', () => {
  const { html, linkMismatch } = clean(
    '<a href="https://evil.example/login">www.bank.ru</a> <a href="https://www.bank.ru/a">bank.ru</a> <a href="https://evil.example">our site</a> <a href="https://evil.example/?a=1&amp;b=2"><b>https://bank.ru/login</b></a>',
  );
  assert.deepEqual(
    linkMismatch.map((each) => each.text),
    ['www.bank.ru', 'https://bank.ru/login'],
  );
  assert.equal(linkMismatch[1]?.target, 'https://evil.example/?a=1&b=2');
  assert.match(html, /target="_blank" rel="noreferrer noopener"/);
});

test('links asked to be dead keep their words and say where they led', () => {
  const { html, linkMismatch } = clean(
    '<a href="https://evil.example/a?b=1&amp;c=2" class="x">www.bank.ru</a> <a href="mailto:a@b.example">write</a>',
    { links: false },
  );
  assert.doesNotMatch(html, / href=/);
  assert.match(html, /title="https:\/\/evil\.example\/a\?b=1&amp;c=2"/);
  assert.match(html, />www\.bank\.ru<\/a>.*>write<\/a>/);
  assert.equal(linkMismatch.length, 1, 'the warning itself does not go away');
});

test('the contrast theme has a ground of its own, and only where the window is dark', () => {
  assert.match(frameDocument('', { dark: true, contrast: true }), /html\{[^}]*background:#000000/);
  assert.match(frameDocument('', { dark: true }), /html\{[^}]*background:#242320/);
  assert.match(frameDocument('', { dark: false, contrast: true }), /html\{[^}]*background:#ffffff/);
});

test('a claimed host is read only from what looks like an address', () => {
  assert.equal(claimedHost('https://www.bank.ru/a?b'), 'bank.ru');
  assert.equal(claimedHost('президент.рф'), 'xn--d1abbgf6aiiy.xn--p1ai');
  assert.equal(claimedHost('read more'), null);
  assert.equal(claimedHost('o.belova@constr.org'), null);
});

test('dark mode turns paper and ink over, and leaves what is dark already', () => {
  const { html } = clean(
    '<td bgcolor="#ffffff" style="color:#000;border:1px solid rgb(255,255,255)"><font color=black>t</font></td>',
    { dark: true },
  );
  assert.doesNotMatch(html, /#ffffff|#000|rgb\(255|="black"/);
  assert.match(html, /background-color:\s*hsl\(0 0% 13%\)/);
  assert.match(html, /color:\s*hsl\(0 0% 93%\)/);
});

const folds: [name: string, html: string, folded: boolean][] = [
  [
    'Gmail',
    '<div>Yes.<div class="gmail_quote"><div>On Monday Olga wrote:</div><blockquote>Is it?</blockquote></div></div>',
    true,
  ],
  ['Outlook', '<div>Yes.</div><div id="divRplyFwdMsg"><b>From:</b> Olga</div><div>Is it?</div>', true],
  ['cite', '<p>Yes.</p><blockquote type="cite"><p>Is it?</p></blockquote>', true],
  ['answer below the quote', '<blockquote type="cite">Is it?</blockquote><p>Yes.</p>', false],
  [
    'answer between quotes',
    '<p>Hello</p><blockquote type="cite">Is it?</blockquote><p>Yes.</p><blockquote type="cite">And?</blockquote><p>No.</p>',
    false,
  ],
  ['no quote', '<p>Yes.</p>', false],
];
for (const [name, html, folded] of folds) {
  test(`folding the quoted letter: ${name}`, () => {
    const out = clean(html, { quotes: false });
    assert.equal(out.hasQuotes, folded);
    assert.equal(/Is it/.test(out.html), !folded && /Is it/.test(html));
    if (folded) assert.match(out.html, /Yes\./);
  });
}

test('found words are marked in any form, never inside markup', () => {
  const { html } = clean(
    '<p title="бетон">Бетона много, ёлок — нет. <a href="https://x.example/бетон">бетонный</a></p>',
    { highlight: ['бетон', 'елок'] },
  );
  assert.equal(html.match(/<mark>/g)?.length, 3);
  assert.match(html, /<mark>Бетона<\/mark>/);
  assert.match(html, /<mark>ёлок<\/mark>/);
});

test('plain text becomes markup without becoming HTML', () => {
  const html = textToHtml('<b>Hi</b> see https://a.example/x?y=1&z=2.\n> quoted o.b@c.org\n>> deeper\nend');
  assert.match(html, /&lt;b&gt;Hi/);
  assert.match(html, /href="https:\/\/a\.example\/x\?y=1&amp;z=2"/);
  assert.match(html, /mailto:o\.b@c\.org/);
  assert.equal(html.match(/<blockquote/g)?.length, 2);
  assert.equal(html.match(/<\/blockquote>/g)?.length, 2);
});

test('a huge and deep letter is done in bounded time', () => {
  const deep = `${'<div>'.repeat(20_000)}x${'</div>'.repeat(20_000)}`;
  const wide = '<p style="color:red">слово</p>'.repeat(20_000);
  const spent = effort();
  assert.match(clean(deep).html, /x/);
  assert.match(clean(wide, { dark: true, highlight: ['слово'] }).html, /<mark>/);
  assert.ok(spent() < 20_000);
});

test('the document carries no script and no address of its own', () => {
  const page = frameDocument('<p>t</p>', { dark: true });
  assert.doesNotMatch(page, /<script|https?:\/\//);
});
