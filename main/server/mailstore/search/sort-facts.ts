/** What SORT compares (RFC 5256 section 2, RFC 5957), taken from a letter once, at arrival. */
import type { Address } from '../../../mail/address.ts';
import type { Message } from '../../../mail/letter.ts';
import { baseSubject, isReplySubject } from '../../../mail/thread.ts';
import type { SortFacts } from '../letters.ts';

/** Characters kept of one key. */
const KEY_CHARS = 200;

function localPart(list: readonly Address[]): string {
  const address = list[0]?.address ?? '';
  const at = address.lastIndexOf('@');
  return (at < 0 ? address : address.slice(0, at)).slice(0, KEY_CHARS);
}

/** RFC 5957 section 3: the display name, else the address. */
function display(list: readonly Address[]): string {
  const first = list[0];
  return (first?.name || (first?.address ?? '')).slice(0, KEY_CHARS);
}

export function sortFactsOf(message: Message): SortFacts {
  return {
    subject: baseSubject(message.subject).slice(0, KEY_CHARS * 2),
    reply: isReplySubject(message.subject),
    from: localPart(message.from),
    to: localPart(message.to),
    cc: localPart(message.cc),
    displayFrom: display(message.from),
    displayTo: display(message.to),
  };
}
