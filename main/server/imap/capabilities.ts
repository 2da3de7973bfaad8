/**
 * Capabilities by moment: before TLS, before login, after it. One is listed only when every command it promises is
 * in the registry, so nothing half-made is ever advertised (protocol rules section 4.1). Tier 4 and IMAP4rev2 are
 * not here; COMPRESS stays off.
 */
import type { OfficeContext } from '../context.ts';
import type { SignInContext } from '../directory/authenticator.ts';

/** After login: the words, and the verbs that have to exist. */
const AFTER_LOGIN: readonly (readonly [words: string, needs: readonly string[]])[] = [
  ['LITERAL+ ENABLE ID SASL-IR UTF8=ACCEPT', ['ENABLE', 'ID']],
  ['IDLE', ['IDLE']],
  ['NAMESPACE', ['NAMESPACE']],
  ['CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE', ['LIST', 'STATUS']],
  ['CREATE-SPECIAL-USE', ['CREATE']],
  ['XLIST', ['XLIST']],
  ['UNSELECT', ['UNSELECT']],
  ['UIDPLUS', ['UID EXPUNGE', 'APPEND', 'COPY', 'UID COPY']],
  ['MULTIAPPEND', ['APPEND']],
  ['MOVE', ['MOVE', 'UID MOVE']],
  ['CONDSTORE QRESYNC', ['ENABLE', 'FETCH', 'UID FETCH', 'STORE', 'UID STORE', 'UID EXPUNGE', 'SEARCH']],
  ['STATUS=SIZE OBJECTID', ['STATUS', 'FETCH']],
  ['BINARY SAVEDATE PREVIEW', ['FETCH', 'UID FETCH', 'APPEND']],
  ['QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE', ['GETQUOTA', 'GETQUOTAROOT']],
  ['ESEARCH SEARCHRES WITHIN', ['SEARCH', 'UID SEARCH']],
  ['PARTIAL', ['SEARCH', 'UID SEARCH', 'UID FETCH']],
  ['SORT SORT=DISPLAY', ['SORT', 'UID SORT']],
  ['ESORT', ['SORT', 'UID SORT', 'SEARCH']],
  ['THREAD=REFERENCES THREAD=ORDEREDSUBJECT', ['THREAD', 'UID THREAD']],
  ['NOTIFY', ['NOTIFY']],
];

export interface Moment {
  readonly signedIn: boolean;
  readonly signIn: SignInContext;
  readonly has: (verb: string) => boolean;
}

/** The list without `CAPABILITY` in front. */
export async function capabilities(context: OfficeContext, moment: Moment): Promise<string> {
  if (moment.signedIn) {
    const words = AFTER_LOGIN.filter(([, needs]) => needs.every(moment.has)).map(([word]) => word);
    return ['IMAP4rev1', ...words, 'INPROGRESS', `APPENDLIMIT=${context.policy().maxMessageBytes}`].join(' ');
  }
  const { authenticator } = context;
  // RFC 7888: LITERAL- before login, for a stranger's literals are small; never both.
  const words = ['IMAP4rev1', 'LITERAL-', 'SASL-IR', 'ID', 'ENABLE'];
  if (!moment.signIn.encrypted) words.push('STARTTLS');
  if (!(await authenticator.clearTextAllowed(moment.signIn))) words.push('LOGINDISABLED');
  for (const mechanism of await authenticator.mechanisms(moment.signIn)) words.push(`AUTH=${mechanism}`);
  return words.join(' ');
}
