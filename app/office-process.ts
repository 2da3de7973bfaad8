/** Starts an office in a utility process. */
import { utilityProcess } from 'electron';
import type { FromOffice, OfficeProcess } from '../main/host/office-wire.ts';

/** @param entry the built entry of the office (app/office.ts). */
export function launchOffice(entry: string): OfficeProcess {
  const child = utilityProcess.fork(entry, [], { serviceName: 'Postroom office', stdio: 'inherit' });
  return {
    tell: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', (message: FromOffice) => listener(message)),
    onExit: (listener) => void child.once('exit', listener),
    kill: () => void child.kill(),
  };
}
