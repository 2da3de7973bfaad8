/** The queue's view of the store: the writes and reads it needs, wherever the program lists them. */
import type { Store } from '../../store/store.ts';
import type { OfficeProgram } from '../program.ts';

export type QueueStore = Store<OfficeProgram>;
