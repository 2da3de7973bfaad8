/** mailto: addresses (RFC 6068) as the beginning of a draft. Pure; a broken one gives what can be read of it. */
import { type Address, parseAddressList } from '../../mail/address.ts';

export interface Mailto {
  to: Address[];
  cc: Address[];
  bcc: Address[];
  subject: string;
  body: string;
  inReplyTo: string;
}

const MAX_BODY_CHARS = 100_000;

export function parseMailto(uri: string): Mailto {
  const found: Mailto = { to: [], cc: [], bcc: [], subject: '', body: '', inReplyTo: '' };
  const rest = uri.trim().replace(/^mailto:(\/\/)?/i, '');
  const cut = rest.indexOf('?');
  found.to = addresses(decode(cut < 0 ? rest : rest.slice(0, cut)));
  if (cut < 0) return found;
  for (const field of rest
    .slice(cut + 1)
    .split('&')
    .slice(0, 1000)) {
    const at = field.indexOf('=');
    if (at < 0) continue;
    const value = decode(field.slice(at + 1));
    // Section 3: a page may fill in what is shown to the person, never headers such as From or attachments.
    switch (decode(field.slice(0, at)).toLowerCase()) {
      case 'to':
        found.to.push(...addresses(value));
        break;
      case 'cc':
        found.cc.push(...addresses(value));
        break;
      case 'bcc':
        found.bcc.push(...addresses(value));
        break;
      case 'subject':
        found.subject = value.replace(/[\r\n]+/g, ' ');
        break;
      case 'body':
        found.body = value.replace(/\r\n?/g, '\n').slice(0, MAX_BODY_CHARS);
        break;
      case 'in-reply-to':
        found.inReplyTo = value.trim().replace(/^<|>$/g, '');
        break;
    }
  }
  return found;
}

function addresses(text: string): Address[] {
  return parseAddressList(text).filter((each) => each.address !== '');
}

/** Percent-decoding that leaves what is broken as it stands; "+" is a plus here, not a space. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
