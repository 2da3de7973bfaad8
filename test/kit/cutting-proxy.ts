/**
 * Stands between a client and an IMAP server and cuts the link at a chosen command: before the server hears of it, after
 * the server has done it and before the client is told, or between the untagged answers and the tagged one. Those are
 * the three moments at which a program or a network can die.
 */
import { startLinkProxy } from './link-proxy.ts';

export type CutMode = 'before' | 'middle' | 'after';

export interface CuttingProxy {
  readonly port: number;
  /**
   * The next cut: at the client's `at`-th writing (1 is the first) since this was set, or at its first of this form; null:
   * none. `instead` is done in place of cutting: to end the client itself.
   */
  cut: { at: number | RegExp; mode: CutMode; instead?: () => void } | null;
  /** The client's writings since `cut` was set; 0 is none. */
  heard: number;
  /** What was cut last, for messages; '' for nothing. */
  last: string;
  close(): Promise<void>;
}

/** `forget`: response codes that tell new UIDs are taken out, as a server without UIDPLUS has none (RFC 4315). */
export async function startCuttingProxy(
  port: number,
  options: { forget?: boolean } = {},
): Promise<CuttingProxy> {
  const links = await startLinkProxy(port, ({ client, remote, end }) => {
    let tag = '';
    let cutting: CutMode | undefined;
    let instead: (() => void) | undefined;
    client.on('data', (data) => {
      state.heard += 1;
      const said = data.toString('latin1');
      tag = /^([0-9A-Z]+) /.exec(said)?.[1] ?? tag;
      const { at, mode } = state.cut ?? {};
      if (state.last === '' && mode && (at instanceof RegExp ? at.test(said) : state.heard === at)) {
        cutting = mode;
        state.last = `${mode} ${said.slice(0, 120).trim()}`;
        instead = state.cut?.instead;
        if (cutting === 'before') return instead ? instead() : end();
      }
      remote.write(data);
    });
    let rest = '';
    remote.on('data', (data) => {
      rest += data.toString('latin1');
      // Whole lines only, so that a code that tells a UID is never seen in halves.
      const whole = rest.lastIndexOf('\n') + 1;
      let text = rest.slice(0, whole);
      rest = rest.slice(whole);
      if (options.forget) text = text.replace(/^(\S+ OK )\[(?:COPYUID|APPENDUID) [^\]]*\] /gm, '$1');
      const done = cutting ? text.search(new RegExp(`^(?:${tag} (?:OK|NO|BAD)|\\+)`, 'm')) : -1;
      const told = done < 0 ? text : text.slice(0, done);
      if (cutting !== 'after') client.write(Buffer.from(told, 'latin1'));
      if (done < 0) return;
      if (instead) return instead();
      client.end();
      setImmediate(end);
    });
  });
  let cut: CuttingProxy['cut'] = null;
  const state: CuttingProxy = {
    port: links.port,
    get cut() {
      return cut;
    },
    set cut(next) {
      cut = next;
      state.heard = 0;
      state.last = '';
    },
    heard: 0,
    last: '',
    close: () => links.close(),
  };
  return state;
}
