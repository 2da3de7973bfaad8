/** The queue's operations for the office's program. */
import { acceptWrites } from './accept-rows.ts';
import { relayReads, relayWrites } from './relay-rows.ts';
import { reportReads, reportWrites } from './report-rows.ts';
import { traceReads, traceWrites } from './steps.ts';

export const queueWrites = { ...acceptWrites, ...relayWrites, ...reportWrites, ...traceWrites };
export const queueReads = { ...relayReads, ...reportReads, ...traceReads };
