/** A worker module for the pool's tests. */
import { threadId } from 'node:worker_threads';
import { Fault } from '../../../main/base/errors.ts';
import type { CallContext } from '../../../main/store/threads.ts';

let greeting = '';

export function start(data: { greeting: string; fail?: boolean }): void {
  if (data.fail) throw new Fault('user', 'no-start', 'It will not start.');
  greeting = data.greeting;
}

export const calls = {
  greet: (name: string) => `${greeting}, ${name}`,
  who: (_: undefined): number => threadId,
  later: async (name: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    return `later, ${name}`;
  },
  double(bytes: Uint8Array<ArrayBuffer>, context: CallContext) {
    const out = new Uint8Array(bytes.length * 2);
    out.set(bytes);
    out.set(bytes, bytes.length);
    context.transfer(out.buffer);
    return out;
  },
  fault(detail: { host: string }): never {
    throw new Fault('remote', 'host-refused', 'The host refused.', { detail, retryable: true });
  },
  error(_: undefined): never {
    throw new TypeError('a private reason');
  },
  spin(_: undefined, context: CallContext): string {
    while (!context.cancelled());
    return 'given up';
  },
  die: (_: undefined): never => process.exit(3),
};

export type TestCalls = typeof calls;
