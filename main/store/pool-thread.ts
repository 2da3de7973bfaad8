/** Entry of every pool's thread: loads the module named by the pool and answers its calls one by one. */
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { causeText, storeFault } from './fault.ts';
import { giveBack, Rest } from './rest.ts';
import { threadLog } from './thread-log.ts';
import type { CallContext, PoolMessage, PoolThreadData } from './threads.ts';

interface PoolModule {
  readonly calls: Readonly<Record<string, (input: unknown, context: CallContext) => unknown>>;
  readonly start?: (data: unknown, log: Log) => unknown;
  /** Lets go of what can be had again; called when the thread was not asked for a while. */
  readonly rest?: () => void;
}

async function serve(setup: PoolThreadData): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('not a worker thread');
  const say = (message: PoolMessage, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const cancelled = new Int32Array(setup.cancelled);
  const log = threadLog(port);
  let calls: PoolModule['calls'];
  let release: PoolModule['rest'];
  const first = once(port, 'message') as Promise<[{ start: unknown }]>;
  try {
    const module = (await import(setup.module)) as PoolModule;
    calls = module.calls;
    release = module.rest;
    const [{ start }] = await first;
    await module.start?.(start, log);
  } catch (failure) {
    const fault = storeFault(failure);
    say({ failed: fault.toData(), cause: causeText(fault) });
    port.close();
    return;
  }
  let running = 0;
  const rest = new Rest(() => {
    if (running === 0) giveBack(release).catch((cause) => log.warn('thread-rest-failed', { cause }));
  });
  const answer = async (id: number, name: string, input: unknown) => {
    const buffers: ArrayBuffer[] = [];
    const context: CallContext = {
      cancelled: () => Atomics.load(cancelled, 0) === id,
      transfer: (...each) => void buffers.push(...each),
    };
    try {
      const call = Object.hasOwn(calls, name) ? calls[name] : undefined;
      if (!call)
        throw new Fault('internal', 'no-such-call', 'The thread has no such call.', { detail: { name } });
      say({ id, output: await call(input, context) }, buffers);
    } catch (failure) {
      const fault = storeFault(failure);
      const cause = causeText(fault);
      if (fault.kind === 'internal') log.warn('call-failed', { call: name, code: fault.code, cause });
      say({ id, fault: fault.toData(), cause });
    }
  };
  port.on('message', ({ id, name, input }: { id: number; name: string; input: unknown }) => {
    running += 1;
    void answer(id, name, input).finally(() => {
      running -= 1;
      rest.wake();
    });
  });
  say({ ready: true });
  // A program that is killed would leave nothing of what this thread has compiled for the next start.
  flushCompileCache();
}

await serve(workerData as PoolThreadData);
