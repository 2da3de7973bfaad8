/**
 * A process that works on a mailstore until it is killed, and says each thing it was told, a line each:
 *   +<uid> <name>     append acknowledged           f<uid> <flags>   flags acknowledged
 *   m<from> <to>      moved from INBOX to `box`     x<uid>           expunged
 * Before each change that is not repeated by its line it says what it is about to do: ?<what>.
 */
import { writeSync } from 'node:fs';
import { DELETED, FLAGGED, SEEN } from '../../../../main/server/mailstore/mailstore.ts';
import { letterText, openRoom, put } from '../../../kit/office-mailstore.ts';

const [dir, round] = process.argv.slice(2);
if (!dir || !round) throw new Error('victim DIR ROUND');
const say = (line: string) => writeSync(1, `${line}\n`);

const { mailstore } = await openRoom({ after: () => {} }, { dir });
await mailstore.provision(1);
const inbox = await mailstore.mailbox(1, 'INBOX');
const box = (await mailstore.mailbox(1, 'box')) ?? (await mailstore.create(1, 'box'));
if (!inbox) throw new Error('no inbox');

async function work(sender: number): Promise<never> {
  for (let n = 0; ; n += 1) {
    const name = `${round}-${sender}-${n}`;
    const uid = await put(mailstore, inbox?.id ?? 0, letterText(name, 'x'.repeat(100 + ((n * 997) % 5000))));
    say(`+${uid} ${name}`);
    const flags = [SEEN, FLAGGED, SEEN | FLAGGED][n % 3] ?? SEEN;
    if (n % 2 === 0) {
      await mailstore.setFlags(inbox?.id ?? 0, [[uid, uid]], { mode: 'replace', flags, keywords: [] });
      say(`f${uid} ${flags}`);
    }
    if (n % 5 === 1) {
      say(`?m${uid}`);
      const moved = await mailstore.move(inbox?.id ?? 0, [[uid, uid]], box.id);
      say(`m${uid} ${moved.targets[0]}`);
    }
    if (n % 7 === 3) {
      say(`?x${uid}`);
      await mailstore.setFlags(inbox?.id ?? 0, [[uid, uid]], { mode: 'add', flags: DELETED, keywords: [] });
      await mailstore.expunge(inbox?.id ?? 0, [[uid, uid]]);
      say(`x${uid}`);
    }
  }
}

await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(work));
