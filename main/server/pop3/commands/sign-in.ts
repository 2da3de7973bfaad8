/** What every way of signing in ends with: the maildrop is locked and opened, or the reason is said. */
import { Fault } from '../../../base/errors.ts';
import type { Person } from '../../directory/directory.ts';
import { openMaildrop } from '../maildrop.ts';
import type { Pop3Session } from '../session.ts';

/** RFC 1939 section 4: with the lock comes TRANSACTION. A locked maildrop leaves the session in AUTHORIZATION. */
export async function enter(session: Pop3Session, person: Person, typed: string): Promise<void> {
  const admission = session.context.guard.admitPerson(person.id, 'pop3');
  if (!admission.ok) throw new Fault('transient', 'too-many', 'Too many sessions.');
  try {
    const maildrop = await openMaildrop(session.context.mailstore, person.id);
    if (session.connection.closed) {
      await maildrop.release();
      throw new Fault('remote', 'connection-lost', 'The connection was lost.');
    }
    session.state = { name: 'transaction', person, maildrop };
    session.record.signedIn(person.address);
    session.ok(session.texts.login(typed, maildrop.count, maildrop.octets));
  } finally {
    admission.release();
  }
}

/** @throws Fault user `clear-text` (rule G6). */
export async function requireProtection(session: Pop3Session): Promise<void> {
  if (await session.context.authenticator.clearTextAllowed(session.signIn)) return;
  throw new Fault('user', 'clear-text', 'Passwords are taken over TLS only.');
}
