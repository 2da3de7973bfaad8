/** The mailstore's named writes and reads, put together. */
import { appendMessages } from './append.ts';
import { provision } from './mailbox-rows.ts';

export const mailstoreWrites = {
  'mailstore.provision': provision,
  'mailstore.append': appendMessages,
};

export const mailstoreReads = {};
