/**
 * Answers and forwards, without I/O: who gets the answer, what the subject becomes, how the old text is
 * quoted. Sentences (attributions, field names) are passed in; this file knows no language.
 */
import { type Address, parseAddressList } from './address.ts';
import type { MessageHead } from './head.ts';

export type ReplyMode = 'sender' | 'all' | 'list';

type Answered = Pick<MessageHead, 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'headers'>;

function keyOf(address: Address): string {
  return address.address.toLowerCase();
}

/** Each address once, the first name wins; those in `without` and those with no address are left out. */
function unique(list: readonly Address[], without: ReadonlySet<string>): Address[] {
  const seen = new Set(without);
  return list.filter((each) => {
    const key = keyOf(each);
    if (key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Address of List-Post (RFC 2369 section 3.4); undefined where posting is closed or the letter is no list's. */
export function listAddress(head: Pick<MessageHead, 'headers'>): Address | undefined {
  const post = head.headers.find(([name]) => name.toLowerCase() === 'list-post')?.[1] ?? '';
  const address = /<mailto:([^>?]+)/i.exec(post)?.[1]?.trim();
  return address ? { name: '', address } : undefined;
}

/**
 * Recipients of an answer. `own` are the person's addresses: they get no copy. An answer to one's own letter
 * goes to the people it was written to. Never empty while the letter names anybody.
 */
export function replyRecipients(
  head: Answered,
  own: readonly string[],
  mode: ReplyMode,
): { to: Address[]; cc: Address[] } {
  const mine = new Set(own.map((each) => each.toLowerCase()));
  const none = new Set<string>();
  const author = head.from.length > 0 ? head.from : head.sender;
  const fromMe = author.length > 0 && author.every((each) => mine.has(keyOf(each)));
  const list = mode === 'list' ? listAddress(head) : undefined;
  if (list) return { to: [list], cc: [] };
  // RFC 5322 section 3.6.2: Reply-To replaces From. One that only names ourselves is of no use.
  const asked = unique(head.replyTo, mine);
  let to = fromMe ? unique(head.to, mine) : asked.length > 0 ? asked : unique(author, none);
  if (to.length === 0) to = unique(fromMe ? [...head.to, ...author] : author, none);
  if (mode !== 'all') return { to, cc: [] };
  const taken = new Set([...mine, ...to.map(keyOf)]);
  // The author stays in the talk when Reply-To points to a list the author may not read.
  const others = fromMe ? head.cc : [...head.to, ...head.cc];
  return { to, cc: unique(others, taken) };
}

const REPLY =
  /^(?:re|aw|antw|sv|vs|res|odp|отв|ответ|на)\s*(?:\[\d{0,4}\]|\(\d{1,4}\)|\^\d{1,4})?\s*[:：]\s*/iu;
const FORWARD = /^(?:fwd?|wg|tr|vb|enc|пер|пересл)\s*(?:\[\d{0,4}\]|\(\d{1,4}\))?\s*[:：]\s*/iu;

/** Subject of an answer: the mark once, whatever marks and languages were there before. */
export function replySubject(subject: string, mark = 'Re'): string {
  let rest = subject.trim();
  for (let rounds = 0; rounds < 50 && REPLY.test(rest); rounds++) rest = rest.replace(REPLY, '');
  return rest === '' ? `${mark}:` : `${mark}: ${rest}`;
}

/** Subject of a forward: the mark once; a reply mark inside stays, it tells what is forwarded. */
export function forwardSubject(subject: string, mark = 'Fwd'): string {
  let rest = subject.trim();
  for (let rounds = 0; rounds < 50 && FORWARD.test(rest); rounds++) rest = rest.replace(FORWARD, '');
  return rest === '' ? `${mark}:` : `${mark}: ${rest}`;
}

/** Text with every line quoted; the signature is dropped, deeper quotes stay close (`>> `). */
export function quoteText(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const signature = lines.indexOf('-- ');
  const own = signature >= 0 ? lines.slice(0, signature) : lines;
  while (own.length > 0 && (own.at(-1) as string).trim() === '') own.pop();
  return own.map((line) => (line === '' ? '>' : line.startsWith('>') ? `>${line}` : `> ${line}`)).join('\n');
}

/** Text of an answer: room to write, the attribution, the quote. */
export function replyText(text: string, attribution: string): string {
  const quoted = quoteText(text);
  return quoted === '' ? '' : `\n\n${attribution}\n${quoted}\n`;
}

/**
 * Text of an inline forward.
 * @param title the line that opens it, such as "-------- Forwarded message --------"
 * @param fields translated field names with their values, in order; empty values are left out
 */
export function forwardText(
  text: string,
  title: string,
  fields: readonly (readonly [string, string])[],
): string {
  const head = fields
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, ' ')}`);
  return `\n\n${title}\n${head.join('\n')}\n\n${text.replace(/\r\n?/g, '\n')}`;
}

/** References of an answer (RFC 5322 section 3.6.4): the ancestors and the letter itself, bounded. */
export function replyReferences(head: Pick<MessageHead, 'messageId' | 'references' | 'inReplyTo'>): string[] {
  const before =
    head.references.length > 0 ? head.references : head.inReplyTo.length === 1 ? head.inReplyTo : [];
  const all =
    head.messageId === '' ? [...before] : [...before.filter((id) => id !== head.messageId), head.messageId];
  // The first starts the thread, the last ones place the answer; the middle is of no use.
  return all.length <= 30 ? all : [all[0] as string, ...all.slice(-29)];
}

/** Addresses of a header the person typed or pasted, as the composer needs them. */
export function readRecipients(typed: string): Address[] {
  return parseAddressList(typed).filter((each) => each.address !== '' || each.name !== '');
}
