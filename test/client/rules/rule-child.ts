/** A process that rules letters until it is killed: `rule-child.ts DIR FIRST COUNT`. Says "arrived" once they are safe. */
import { systemClock } from '../../../main/base/clock.ts';
import { silentLog } from '../../../main/base/log.ts';
import { programModule } from '../../../main/client/entries.ts';
import { Jobs } from '../../../main/client/jobs.ts';
import { pop3Calls } from '../../../main/client/pop3/letters.ts';
import type { ClientProgram } from '../../../main/client/program.ts';
import { openRules } from '../../../main/client/rules/rules.ts';
import { openStore } from '../../../main/store/store.ts';
import { addMaildrop, DRAFTS, takeLetters } from './kill-kit.ts';
import { letterText } from './letters.ts';

const [dir = '', first = '0', count = '0'] = process.argv.slice(2);
const store = await openStore<ClientProgram>({ dir, program: programModule, log: silentLog, readers: 1 });
const rules = openRules({
  store,
  jobs: new Jobs(systemClock),
  clock: systemClock,
  log: silentLog,
  version: '1',
  emit: () => {},
  fetchBody: async () => {},
  wakeOutbox: () => {},
});
const place = await addMaildrop(store);
if ((await store.read('rules.list')).length === 0) {
  const folder = (path: string) => store.write('folders.ensurePath', { account: place.account, path });
  for (const draft of DRAFTS(await folder('Even'), await folder('Third'), await folder('Rest')))
    await store.write('rules.save', { rule: draft });
}
await rules.start();
const letters = Array.from({ length: Number(count) }, (_, n) => {
  const at = Number(first) + n;
  const words = [at % 2 === 0 ? 'even' : 'odd', ...(at % 3 === 0 ? ['third'] : []), `letter ${at}`];
  return letterText({ Subject: words.join(' '), 'Message-ID': `<${at}@x.example>` });
});
await takeLetters(store, place, letters, pop3Calls);
process.stdout.write('arrived\n');
await rules.arrivals.settled();
await rules.close();
await store.close();
process.stdout.write('done\n');
