/** Letters for the tests of commands on messages. */
export function crlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}

/** A plain letter of one part. */
export const PLAIN = crlf(
  'From: Ivanov <Ivanov@comp1.otd1.constr.org>\nTo: Petrov@comp3.otd2.constr.org\nSubject: plain\n' +
    'Date: Mon, 7 Feb 1994 21:52:25 -0800\nMessage-ID: <plain@x.example>\nX-Folded: one\n two\n\nHello,\nworld\n',
);

const PNG = Buffer.from(Array.from({ length: 300 }, (_, i) => i % 256)).toString('base64');

/** multipart/mixed: alternative (plain, html), a picture, a letter that has two parts itself. */
export const NESTED = crlf(
  `From: a@b.example\nSubject: nested\nContent-Type: multipart/mixed; boundary=outer\n\npreamble\n--outer\n` +
    `Content-Type: multipart/alternative; boundary=inner\n\n--inner\nContent-Type: text/plain; charset=utf-8\n` +
    `Content-Transfer-Encoding: quoted-printable\n\n=D0=9F=D1=80=D0=B8=\n=D0=B2=D0=B5=D1=82 \nend\n--inner\n` +
    `Content-Type: text/html\n\n<p>html</p>\n--inner--\n--outer\nContent-Type: image/png; name="a.png"\n` +
    `Content-Transfer-Encoding: base64\n\n${PNG.match(/.{1,76}/g)?.join('\n')}\n--outer\nContent-Type: message/rfc822\n\n` +
    `From: c@d.example\nSubject: inside\nContent-Type: multipart/mixed; boundary=deep\n\n--deep\n\nfirst\n--deep\n` +
    `Content-Type: text/plain\nX-Part: two\n\nsecond\n--deep--\n--outer\nContent-Type: message/rfc822\n\nSubject: alone\n\nlonely\n` +
    `--outer\nContent-Type: application/x-odd\nContent-Transfer-Encoding: x-odd\n\nodd\n--outer--\nepilogue\n`,
);

/** The one literal or quoted string behind a label of a FETCH answer. */
export function answered(untagged: string, label: string): string | null {
  const at = untagged.indexOf(`${label} `);
  if (at < 0) throw new Error(`${label} is not in ${untagged}`);
  const rest = untagged.slice(at + label.length + 1);
  const literal = /^~?\{(\d+)\}\r\n/.exec(rest);
  if (literal) return rest.slice(literal[0].length, literal[0].length + Number(literal[1]));
  if (rest.startsWith('NIL')) return null;
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
  if (quoted) return (quoted[1] as string).replace(/\\(.)/g, '$1');
  return /^[^ )]+/.exec(rest)?.[0] ?? '';
}
