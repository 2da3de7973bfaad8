/** A log for worker threads: its lines are written by the thread that owns the log. */
import type { MessagePort } from 'node:worker_threads';
import type { Log, LogLevel } from '../base/log.ts';

export type LogMessage = readonly [
  level: LogLevel,
  event: string,
  fields: Record<string, unknown> | undefined,
];

export function threadLog(port: MessagePort, base: Record<string, unknown> = {}): Log {
  const at = (level: LogLevel) => (event: string, fields?: Record<string, unknown>) => {
    const message: LogMessage = [level, event, { ...base, ...fields }];
    try {
      port.postMessage({ log: message });
    } catch {
      // A field that cannot be cloned must not turn a log line into a failure.
      port.postMessage({ log: [level, event, { text: String(fields?.['cause'] ?? '') }] });
    }
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => threadLog(port, { ...base, ...fields }),
  };
}

export function writeThreadLog(log: Log, message: LogMessage): void {
  const [level, event, fields] = message;
  log[level](event, fields);
}
