/** Work of quiet times, in short writes one after the other: sweeping, checking, and what a restore asks for. */
import { cancelled } from '../../base/errors.ts';
import type { OfficeStore } from '../program.ts';
import type { MailstoreReport } from './check.ts';
import type { SweepReport } from './sweep.ts';

/** @throws Fault cancelled when the signal says so; what was done until then stays done. */
export async function sweepAll(store: OfficeStore, now: number, signal?: AbortSignal): Promise<SweepReport> {
  let report: SweepReport = { letters: 0, mailboxes: 0, forgotten: 0 };
  for (let more = true; more; ) {
    if (signal?.aborted) throw cancelled();
    const step = await store.write('mailstore.sweep', { now });
    more = step.more;
    report = {
      letters: report.letters + step.letters,
      mailboxes: report.mailboxes + step.mailboxes,
      forgotten: report.forgotten + step.forgotten,
    };
  }
  for (const { mailbox, over } of await store.read('mailstore.overfull')) {
    for (let left = over; left > 0; ) {
      if (signal?.aborted) throw cancelled();
      const forgotten = await store.write('mailstore.forgetOldest', { mailbox, over: left });
      report = { ...report, forgotten: report.forgotten + forgotten };
      left = forgotten === 0 ? 0 : left - forgotten;
    }
  }
  return report;
}

export async function checkAll(
  store: OfficeStore,
  repair: boolean,
): Promise<MailstoreReport & { repaired: number }> {
  const report = await store.read('mailstore.check');
  const repairs = repair && report.problems.some((each) => each.repairable);
  return { ...report, repaired: repairs ? await store.write('mailstore.repair') : 0 };
}

export async function raiseAll(store: OfficeStore, now: number): Promise<void> {
  await store.write('mailstore.skipIds');
  for (const mailbox of await store.read('mailstore.allIds')) {
    await store.write('mailstore.raiseValidity', { mailbox, now });
  }
}
