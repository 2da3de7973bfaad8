/** ENABLE (RFC 5161, rule I9) and NAMESPACE (RFC 2342). */
import type { Session } from '../session.ts';
import { type Command, noArguments, type PlainCommand } from './command.ts';

/** Turns on what the name stands for; true when it was off. */
const SWITCHES: Readonly<Record<string, (session: Session) => boolean>> = {
  CONDSTORE: (session) => {
    const before = session.condstore;
    session.condstore = true;
    return !before;
  },
  QRESYNC: (session) => {
    const before = session.qresync;
    session.qresync = true;
    // RFC 7162 section 3.2.3: QRESYNC implies CONDSTORE.
    session.condstore = true;
    return !before;
  },
  'UTF8=ACCEPT': (session) => {
    const before = session.utf8;
    session.utf8 = true;
    return !before;
  },
};

const enable: PlainCommand<readonly string[]> = {
  kind: 'plain',
  name: 'ENABLE',
  allowed: 'signed-in',
  announces: 'all',
  parse(scanner) {
    const names: string[] = [];
    do {
      scanner.space();
      names.push(scanner.atom().toUpperCase());
    } while (!scanner.atEnd);
    return names;
  },
  async run(session, names) {
    const enabled = names.filter((name) => Object.hasOwn(SWITCHES, name) && SWITCHES[name]!(session));
    session.untagged(['ENABLED', ...enabled].join(' '));
    return { text: 'ENABLE completed.' };
  },
};

const namespace: PlainCommand<undefined> = {
  kind: 'plain',
  name: 'NAMESPACE',
  allowed: 'signed-in',
  announces: 'all',
  parse: noArguments,
  async run(session) {
    session.untagged('NAMESPACE (("" "/")) NIL NIL');
    return { text: 'NAMESPACE completed.' };
  },
};

export const enableCommands: readonly Command[] = [enable, namespace];
