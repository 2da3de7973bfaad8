/**
 * The client's program for the store: every table, every named write and read. Loaded by the writer thread and by every
 * reader thread, so nothing here has a side effect and nothing waits. A room's operations live in the room; this file
 * only puts them together.
 */
import type { Program } from '../store/program.ts';
import type { Store } from '../store/store.ts';
import { accountReads, accountWrites } from './accounts/rows.ts';
import { draftReads } from './drafts/reads.ts';
import { draftWrites } from './drafts/writes.ts';
import { folderReads, folderWrites } from './folders/operations.ts';
import { imapWrites } from './imap/operations.ts';
import { imapReads } from './imap/reads.ts';
import { sampleWrites } from './import/sample-folders.ts';
import { lookReads, lookWrites } from './looks/operations.ts';
import { messageReads } from './messages/reads.ts';
import { viewReads } from './messages/views.ts';
import { messageWrites } from './messages/writes.ts';
import { outboxReads } from './outbox/reads.ts';
import { outboxWrites } from './outbox/writes.ts';
import { pop3Reads } from './pop3/reads.ts';
import { pop3Writes } from './pop3/writes.ts';
import { profileReads, profileWrites } from './profile-operations.ts';
import { migration010 } from './schema/010-mail.ts';
import { migration020 } from './schema/020-pop3.ts';
import { migration090 } from './schema/090-looks.ts';
import { indexReads, indexWrites } from './search/index-operations.ts';
import { searchReads, searchWrites } from './search/reads.ts';

export const program = {
  schemaName: 'postroom-client',
  searchFields: ['subject', 'from', 'to', 'body', 'files'],
  migrations: [migration010, migration020, migration090],
  writes: {
    ...profileWrites,
    ...folderWrites,
    ...messageWrites,
    ...indexWrites,
    ...searchWrites,
    ...sampleWrites,
    ...accountWrites,
    ...draftWrites,
    ...outboxWrites,
    ...imapWrites,
    ...pop3Writes,
    ...lookWrites,
  },
  reads: {
    ...profileReads,
    ...folderReads,
    ...messageReads,
    ...viewReads,
    ...indexReads,
    ...searchReads,
    ...accountReads,
    ...draftReads,
    ...outboxReads,
    ...imapReads,
    ...pop3Reads,
    ...lookReads,
  },
} satisfies Program;

export type ClientProgram = typeof program;
export type ClientStore = Store<ClientProgram>;
