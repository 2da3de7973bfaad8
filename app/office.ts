/**
 * The office's process of the desktop program: nothing but the line to the main process. What it does with what it is
 * told is main/host/office-service.ts; a failure that nobody caught ends it, and its host starts it again.
 */
import type { MessageEvent } from 'electron';
import { runOffice } from '../main/host/office-service.ts';
import type { ToOffice } from '../main/host/office-wire.ts';

const main = process.parentPort;

runOffice(
  {
    send: (message) => main.postMessage(message),
    onMessage: (listener) => void main.on('message', ({ data }: MessageEvent) => listener(data as ToOffice)),
  },
  (code) => process.exit(code),
);

process.on('uncaughtException', (failure) => {
  process.stderr.write(
    `office: ${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`,
  );
  process.exit(70);
});
