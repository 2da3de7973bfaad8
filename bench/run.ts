/** npm run bench [-- NAME ...] [--quick] */
import { warmStart } from '../main/host/warm-start.ts';
import { bodySyncBench } from './body-sync.ts';
import { main } from './harness.ts';
import { headerSyncBench } from './header-sync.ts';
import { importBench } from './import.ts';
import { listBench } from './list.ts';
import { openFolderBench } from './open-folder.ts';
import { searchBench } from './search.ts';
import { smtpAcceptBench } from './smtp-accept.ts';

warmStart();
await main(
  [listBench, openFolderBench, searchBench, importBench, headerSyncBench, bodySyncBench, smtpAcceptBench],
  process.argv.slice(2),
);
