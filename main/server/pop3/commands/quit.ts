import { toFault } from '../../../base/errors.ts';
import type { Pop3Session } from '../session.ts';
import { nothing } from './arguments.ts';

/** QUIT (RFC 1939 section 6): the only place where messages are removed (rule P16). */
export async function quit(session: Pop3Session, rest: string): Promise<void> {
  nothing(session, 'QUIT', rest);
  const { state, texts, hostname } = session;
  if (state.name !== 'transaction') {
    session.ok(texts.byeEarly(hostname));
  } else {
    try {
      await state.maildrop.update();
      session.ok(texts.bye(hostname, state.maildrop.count));
    } catch (failure) {
      const { log, records } = session.context;
      log.error('pop3-update', { failure });
      if (toFault(failure).code === 'disk-full') records.alert('disk-full', { service: 'pop3' });
      session.refuse(texts.notRemoved, '[SYS/TEMP]');
    }
  }
  session.finish('quit');
}
