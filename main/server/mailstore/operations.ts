/** The mailstore's named writes and reads, put together. */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { appendMessages } from './append.ts';
import { changesOf } from './change-reads.ts';
import { checkMailstore, repairMailstore } from './check.ts';
import { copyMessages, moveMessages } from './copy-move.ts';
import { expunge } from './expunge.ts';
import { setFlags } from './flags.ts';
import { findMailbox, findMailboxById, listMailboxes, openMailbox, recentFrom } from './mailbox-reads.ts';
import { isProvisioned, provision } from './mailbox-rows.ts';
import type { Quota } from './mailstore.ts';
import { lettersIn } from './places.ts';
import { limitOf, usageOf } from './quota.ts';
import { raiseValidity, skipIds } from './restored.ts';
import { findLetter, findLetters, readRows } from './row-reads.ts';
import { searchReads, searchWrites } from './search/operations.ts';
import { forgetOldest, overfull, sweep } from './sweep.ts';
import { createMailbox, removeAll, removeMailbox, renameMailbox, setSubscribed } from './tree.ts';

function quota(db: ReadHandle, input: { person: number }): Quota {
  const { bytes, messages } = usageOf(db, input.person);
  return { usedBytes: bytes, limitBytes: limitOf(db, input.person), messages };
}

export const mailstoreWrites = {
  'mailstore.provision': provision,
  'mailstore.create': createMailbox,
  'mailstore.remove': removeMailbox,
  'mailstore.removeAll': removeAll,
  'mailstore.rename': renameMailbox,
  'mailstore.subscribe': setSubscribed,
  'mailstore.recent': (tx: WriteTx, input: { mailbox: number; from: number }): void => {
    tx.db.run(
      'UPDATE mailboxes SET recent_from = max(recent_from, ?) WHERE id = ?',
      input.from,
      input.mailbox,
    );
  },
  'mailstore.append': appendMessages,
  'mailstore.setFlags': setFlags,
  'mailstore.copy': copyMessages,
  'mailstore.move': moveMessages,
  'mailstore.expunge': expunge,
  'mailstore.sweep': sweep,
  'mailstore.forgetOldest': forgetOldest,
  'mailstore.repair': repairMailstore,
  'mailstore.raiseValidity': raiseValidity,
  'mailstore.skipIds': skipIds,
  ...searchWrites,
};

export const mailstoreReads = {
  'mailstore.isProvisioned': isProvisioned,
  'mailstore.list': listMailboxes,
  'mailstore.mailbox': findMailbox,
  'mailstore.mailboxById': findMailboxById,
  'mailstore.open': openMailbox,
  'mailstore.recentFrom': recentFrom,
  'mailstore.rows': readRows,
  'mailstore.letter': findLetter,
  'mailstore.letters': findLetters,
  'mailstore.changes': changesOf,
  'mailstore.quota': quota,
  'mailstore.overfull': overfull,
  'mailstore.check': checkMailstore,
  'mailstore.lettersIn': lettersIn,
  'mailstore.allIds': (db: ReadHandle): number[] =>
    db.pluck<number>('SELECT id FROM mailboxes WHERE gone IS NULL ORDER BY id'),
  ...searchReads,
};
