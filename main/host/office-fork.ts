/** Starts an office as a child process of plain Node. */
import { fork } from 'node:child_process';
import type { FromOffice, OfficeProcess } from './office-wire.ts';

export function forkOffice(): OfficeProcess {
  const env = { ...process.env };
  // Inherited from node --test, it would make the office a test itself.
  delete env['NODE_TEST_CONTEXT'];
  // Standard output belongs to the host, which speaks JSON on it.
  const child = fork(new URL('./office-child.ts', import.meta.url), [], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    tell: (message) => {
      // A child that is just ending hears nothing any more; its exit is what counts then.
      if (child.connected) child.send(message, () => {});
    },
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromOffice)),
    onExit: (listener) => {
      let told = false;
      const once = (code: number) => {
        if (told) return;
        told = true;
        listener(code);
      };
      child.once('exit', (code) => once(code ?? -1));
      child.once('error', () => once(-1));
    },
    kill: () => void child.kill('SIGKILL'),
  };
}
