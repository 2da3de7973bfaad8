/**
 * A small IMAP server that can lie: a plain server (no extensions but UIDPLUS) with one mailbox INBOX, whose
 * answers a test bends. It speaks just enough for the client under test.
 */
import net from 'node:net';

export interface LyingLetter {
  uid: number;
  flags: string[];
  text: string;
}

export interface Lies {
  uidValidity?: number;
  /** EXISTS on selecting, whatever is there. */
  exists?: number;
  /** UIDs that SEARCH gives. */
  search?: number[];
  /** UIDs that a FETCH by sequence numbers gives. */
  listed?: number[];
  /** UIDs whose FETCH rows come without any header or body. */
  headless?: number[];
  /** RFC822.SIZE of every letter. */
  size?: number;
  /** Rows of FETCH without UID. */
  noUid?: boolean;
  /** The connection is cut after this many lines have been written in all. */
  cutAfter?: number;
  /** More capabilities than the few it has. */
  capabilities?: string;
  /** CREATE is refused where it names a role (RFC 6154 section 3). */
  refuseUse?: boolean;
  refuseCreate?: boolean;
  /** SELECT is refused with this text. */
  refuseSelect?: string;
}

export interface LyingServer {
  readonly port: number;
  letters: LyingLetter[];
  lies: Lies;
  /** Lines written to clients in all. */
  written: number;
  /** Commands received, without their tags. */
  readonly commands: string[];
  close(): Promise<void>;
}

export async function startLyingServer(letters: LyingLetter[], lies: Lies = {}): Promise<LyingServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    converse(state, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const state: LyingServer = {
    port: (server.address() as net.AddressInfo).port,
    letters,
    lies,
    written: 0,
    commands: [],
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return state;
}

function converse(state: LyingServer, socket: net.Socket): void {
  const say = (line: string) => {
    if (socket.destroyed) return;
    state.written += 1;
    if (state.lies.cutAfter !== undefined && state.written > state.lies.cutAfter) {
      socket.destroy();
      return;
    }
    socket.write(`${line}\r\n`);
  };
  say('* OK ready');
  let rest = '';
  let idleTag: string | undefined;
  socket.on('data', (data) => {
    rest += data.toString('latin1');
    for (let at = rest.indexOf('\r\n'); at >= 0; at = rest.indexOf('\r\n')) {
      const line = rest.slice(0, at);
      rest = rest.slice(at + 2);
      if (idleTag !== undefined) {
        say(`${idleTag} OK done`);
        idleTag = undefined;
        continue;
      }
      const [tag = '', ...words] = line.split(' ');
      state.commands.push(words.join(' '));
      if (words[0]?.toUpperCase() === 'IDLE') {
        idleTag = tag;
        say('+ idling');
      } else answer(state, tag, words, say, socket);
    }
  });
}

function answer(
  state: LyingServer,
  tag: string,
  words: string[],
  say: (line: string) => void,
  socket: net.Socket,
): void {
  const name = `${words[0]?.toUpperCase()}${words[0]?.toUpperCase() === 'UID' ? ` ${words[1]?.toUpperCase()}` : ''}`;
  const ok = (text = 'OK done') => say(`${tag} ${text}`);
  switch (name) {
    case 'CAPABILITY':
      say(`* CAPABILITY IMAP4rev1 IDLE NAMESPACE UIDPLUS ${state.lies.capabilities ?? ''}`.trimEnd());
      ok();
      return;
    case 'NAMESPACE':
      say('* NAMESPACE (("" "/")) NIL NIL');
      ok();
      return;
    case 'LIST':
    case 'LSUB':
      say(`* ${name} () "/" INBOX`);
      ok();
      return;
    case 'STATUS': {
      const { uidValidity = 1, exists = state.letters.length } = state.lies;
      say(
        `* STATUS INBOX (MESSAGES ${exists} UIDNEXT ${nextUid(state)} UIDVALIDITY ${uidValidity} UNSEEN 0)`,
      );
      ok();
      return;
    }
    case 'SELECT': {
      if (state.lies.refuseSelect !== undefined) {
        ok(`NO ${state.lies.refuseSelect}`);
        return;
      }
      say('* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)');
      say(`* ${state.lies.exists ?? state.letters.length} EXISTS`);
      say(`* OK [UIDVALIDITY ${state.lies.uidValidity ?? 1}] valid`);
      say(`* OK [UIDNEXT ${nextUid(state)}] next`);
      ok('OK [READ-WRITE] selected');
      return;
    }
    case 'UID SEARCH': {
      const found = state.lies.search ?? state.letters.map((each) => each.uid);
      say(`* SEARCH${found.map((uid) => ` ${uid}`).join('')}`);
      ok();
      return;
    }
    case 'FETCH':
    case 'UID FETCH':
      fetchRows(state, name === 'UID FETCH', words.join(' '), say);
      ok();
      return;
    case 'CREATE':
      if (state.lies.refuseCreate) ok('NO not here');
      else if (state.lies.refuseUse && words.includes('(USE')) ok('NO [USEATTR] not that');
      else ok();
      return;
    case 'LOGOUT':
      say('* BYE');
      ok();
      socket.end();
      return;
    default:
      ok();
      return;
  }
}

const nextUid = (state: LyingServer) => (state.letters.at(-1)?.uid ?? 0) + 1;

function fetchRows(state: LyingServer, byUid: boolean, command: string, say: (line: string) => void): void {
  const set = (/FETCH (\S+)/i.exec(command)?.[1] ?? '').split(',').map((each) => each.split(':'));
  const highest = byUid ? nextUid(state) - 1 : state.letters.length;
  const inSet = (n: number) =>
    set.some(([from = '0', to = from]) => {
      const a = from === '*' ? highest : Number(from);
      const b = to === '*' ? highest : Number(to);
      return n >= Math.min(a, b) && n <= Math.max(a, b);
    });
  const { headless = [], listed, noUid, size } = state.lies;
  state.letters.forEach((letter, at) => {
    if (!inSet(byUid ? letter.uid : at + 1)) return;
    if (!byUid && listed && !listed.includes(letter.uid)) return;
    const items = noUid ? [] : [`UID ${letter.uid}`];
    if (/FLAGS/.test(command)) items.push(`FLAGS (${letter.flags.join(' ')})`);
    if (/INTERNALDATE/.test(command)) items.push('INTERNALDATE "20-Nov-2026 10:00:00 +0000"');
    if (/RFC822\.SIZE/.test(command)) items.push(`RFC822.SIZE ${size ?? letter.text.length}`);
    const section = /BODY\.PEEK\[([^\]]*)\](?:<(\d+)\.(\d+)>)?/.exec(command);
    if (section && !headless.includes(letter.uid)) {
      const end = letter.text.indexOf('\r\n\r\n') + 4;
      let text = section[1] === '' ? letter.text : letter.text.slice(0, end);
      let origin = '';
      if (section[2] !== undefined) {
        text = text.slice(Number(section[2]), Number(section[2]) + Number(section[3]));
        origin = `<${section[2]}>`;
      }
      items.push(`BODY[${section[1]}]${origin} {${text.length}}\r\n${text}`);
    }
    say(`* ${at + 1} FETCH (${items.join(' ')})`);
  });
}
