/**
 * The client's program for the store: every table, every named write and read. Loaded by the writer thread and by every
 * reader thread, so nothing here has a side effect and nothing waits. A room's operations live in the room; this file
 * only puts them together.
 */
import type { Program } from '../store/program.ts';
import type { Store } from '../store/store.ts';
import { accountReads, accountWrites } from './accounts/rows.ts';
import { markWrites } from './collecting/marks.ts';
import { collectingReads } from './collecting/reads.ts';
import { scheduleReads, scheduleWrites } from './collecting/schedules.ts';
import { contactReads } from './contacts/reads.ts';
import { contactWrites } from './contacts/writes.ts';
import { draftReads } from './drafts/reads.ts';
import { draftWrites } from './drafts/writes.ts';
import { folderReads, folderWrites } from './folders/operations.ts';
import { identityReads, identityWrites } from './identities/rows.ts';
import { imapWrites } from './imap/operations.ts';
import { imapReads } from './imap/reads.ts';
import { movingReads, movingWrites } from './import/operations.ts';
import { sampleWrites } from './import/sample-folders.ts';
import { lookReads, lookWrites } from './looks/operations.ts';
import { mergeReads } from './merge/reads.ts';
import { mergeWrites } from './merge/writes.ts';
import { messageReads } from './messages/reads.ts';
import { spanReads } from './messages/spans.ts';
import { viewReads } from './messages/views.ts';
import { messageWrites } from './messages/writes.ts';
import { noticeReads } from './notices/reads.ts';
import { outboxReads } from './outbox/reads.ts';
import { outboxWrites } from './outbox/writes.ts';
import { pop3Reads } from './pop3/reads.ts';
import { pop3Writes } from './pop3/writes.ts';
import { profileReads, profileWrites } from './profile-operations.ts';
import { receiptReads } from './receipts/reads.ts';
import { receiptWrites } from './receipts/writes.ts';
import { ruleWrites } from './rules/apply.ts';
import { ruleReads } from './rules/reads.ts';
import { ruleRowReads, ruleRowWrites } from './rules/rows.ts';
import { migration010 } from './schema/010-mail.ts';
import { migration020 } from './schema/020-pop3.ts';
import { migration030 } from './schema/030-rules.ts';
import { migration040 } from './schema/040-contacts.ts';
import { migration050 } from './schema/050-collecting.ts';
import { migration060 } from './schema/060-identities.ts';
import { migration070 } from './schema/070-sending.ts';
import { migration080 } from './schema/080-moving.ts';
import { migration090 } from './schema/090-looks.ts';
import { migration100 } from './schema/100-tidy.ts';
import { indexReads, indexWrites } from './search/index-operations.ts';
import { searchReads, searchWrites } from './search/reads.ts';
import { signatureReads, signatureWrites } from './signatures/operations.ts';
import { tidyReads, tidyWrites } from './tidy/operations.ts';

export const program = {
  schemaName: 'postroom-client',
  searchFields: ['subject', 'from', 'to', 'body', 'files'],
  migrations: [
    migration010,
    migration020,
    migration030,
    migration040,
    migration050,
    migration060,
    migration070,
    migration080,
    migration090,
    migration100,
  ],
  writes: {
    ...profileWrites,
    ...contactWrites,
    ...folderWrites,
    ...messageWrites,
    ...indexWrites,
    ...searchWrites,
    ...sampleWrites,
    ...movingWrites,
    ...accountWrites,
    ...draftWrites,
    ...outboxWrites,
    ...ruleRowWrites,
    ...ruleWrites,
    ...receiptWrites,
    ...mergeWrites,
    ...imapWrites,
    ...pop3Writes,
    ...markWrites,
    ...scheduleWrites,
    ...tidyWrites,
    ...identityWrites,
    ...signatureWrites,
    ...lookWrites,
  },
  reads: {
    ...profileReads,
    ...contactReads,
    ...folderReads,
    ...movingReads,
    ...messageReads,
    ...viewReads,
    ...spanReads,
    ...indexReads,
    ...searchReads,
    ...accountReads,
    ...draftReads,
    ...outboxReads,
    ...ruleRowReads,
    ...ruleReads,
    ...receiptReads,
    ...mergeReads,
    ...imapReads,
    ...pop3Reads,
    ...collectingReads,
    ...scheduleReads,
    ...noticeReads,
    ...tidyReads,
    ...identityReads,
    ...signatureReads,
    ...lookReads,
  },
} satisfies Program;

export type ClientProgram = typeof program;
export type ClientStore = Store<ClientProgram>;
