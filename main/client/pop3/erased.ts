/** What a maildrop's bookkeeping hears of a letter that a person took away for ever. Run inside write transactions. */
import type { WriteTx } from '../../store/program.ts';

/** It is not fetched again, and goes from the server where the account's rules say so (plan.ts). */
export function letterErased(tx: WriteTx, message: number): void {
  tx.db.run(
    "UPDATE pop3_letters SET state = 'erased', mark = CASE mark WHEN 'delete' THEN 'delete' END, message = NULL WHERE message = ?",
    message,
  );
}
