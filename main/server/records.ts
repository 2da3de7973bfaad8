/**
 * Records: one line a session and one a command, with a session id (rule G16). Secrets never reach this file: a
 * protocol passes the verb and what it may show, and masks AUTH, PASS, LOGIN and every SASL continuation itself.
 * A protocol trace can be switched on for one account; it goes through the same masks.
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { MailService } from './directory/authenticator.ts';

export interface SessionRecord {
  readonly id: string;
  /** Who signed in; the trace of that account begins here if it is switched on. */
  signedIn(address: string): void;
  /** @param verb e.g. `RETR`; @param reply the code or word that was answered; @param note what may be shown. */
  command(verb: string, reply: string, note?: string): void;
  /** Lines of the wire with masks already on; written only while the account is traced. */
  trace(direction: 'in' | 'out', line: string): void;
  readonly traced: boolean;
  end(reason: string): void;
}

export interface Records {
  open(service: MailService, ip: string): SessionRecord;
  traceAccount(address: string, on: boolean): void;
  /**
   * Something that somebody has to do something about, e.g. `disk-full`: an error in the log, at most one a minute of a
   * name, and a counter `alert_<name>` of all of them.
   */
  alert(name: string, fields?: Record<string, unknown>): void;
  readonly meters: Meters;
}

/** Counters and gauges by name; read by the status endpoint. */
export interface Meters {
  count(name: string, by?: number): void;
  gauge(name: string, value: number): void;
  /** One duration in milliseconds, kept as a histogram. */
  time(name: string, ms: number): void;
  snapshot(): Readonly<Record<string, number>>;
}

/** Upper bounds in milliseconds of a histogram's steps. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];

/** Ms in which an alert is not written again. */
const ALERT_EVERY_MS = 60_000;

export function openMeters(): Meters {
  const values = new Map<string, number>();
  const add = (name: string, by: number) => values.set(name, (values.get(name) ?? 0) + by);
  return {
    count: (name, by = 1) => add(name, by),
    gauge: (name, value) => values.set(name, value),
    time(name, ms) {
      add(`${name}_count`, 1);
      add(`${name}_ms_sum`, ms);
      for (const step of STEPS) if (ms <= step) add(`${name}_ms_le_${step}`, 1);
    },
    snapshot: () => Object.fromEntries(values),
  };
}

export function openRecords(log: Log, clock: Clock): Records {
  const meters = openMeters();
  const traced = new Set<string>();
  const alerted = new Map<string, number>();
  return {
    meters,
    traceAccount(address, on) {
      if (on) traced.add(address.toLowerCase());
      else traced.delete(address.toLowerCase());
    },
    alert(name, fields) {
      meters.count(`alert_${name.replaceAll('-', '_')}`);
      const before = alerted.get(name);
      if (before !== undefined && clock.ticks() - before < ALERT_EVERY_MS) return;
      alerted.set(name, clock.ticks());
      log.error('alert', { alert: name, ...fields });
    },
    open(service, ip) {
      const id = randomBytes(6).toString('hex');
      const started = clock.ticks();
      let account = '';
      let commands = 0;
      let ended = false;
      meters.count(`${service}_sessions`);
      return {
        id,
        get traced() {
          return account !== '' && traced.has(account.toLowerCase());
        },
        signedIn(address) {
          account = address;
        },
        command(verb, reply, note) {
          commands += 1;
          meters.count(`${service}_commands`);
          log.info('command', { service, session: id, verb, reply, ...(note ? { note } : {}) });
        },
        trace(direction, line) {
          if (this.traced) log.info('trace', { service, session: id, account, direction, line });
        },
        end(reason) {
          if (ended) return;
          ended = true;
          const ms = Math.round(clock.ticks() - started);
          log.info('session', { service, session: id, ip, account, commands, ms, reason });
        },
      };
    },
  };
}
