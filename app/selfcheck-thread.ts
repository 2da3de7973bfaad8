/** Says that a thread of the bundle runs; started by selfcheck.ts alone. */
import { parentPort } from 'node:worker_threads';

parentPort?.postMessage('runs');
