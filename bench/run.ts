/** npm run bench [-- NAME ...] [--quick] */
import { warmStart } from '../main/host/warm-start.ts';
import { bodySyncBench } from './body-sync.ts';
import { contactsBench } from './contacts.ts';
import { main } from './harness.ts';
import { headerSyncBench } from './header-sync.ts';
import { imapFetchBench } from './imap-fetch.ts';
import { imapIdleMemoryBench } from './imap-idle-memory.ts';
import { imapSearchBench } from './imap-search.ts';
import { importBench } from './import.ts';
import { listBench } from './list.ts';
import { officeStartBench } from './office-start.ts';
import { openFolderBench } from './open-folder.ts';
import { pop3FetchBench } from './pop3-fetch.ts';
import { pop3RetrBench } from './pop3-retr.ts';
import { residentBench } from './resident.ts';
import { rulesBench } from './rules.ts';
import { searchBench } from './search.ts';
import { smtpAcceptBench } from './smtp-accept.ts';

warmStart();
await main(
  [
    listBench,
    openFolderBench,
    searchBench,
    contactsBench,
    rulesBench,
    importBench,
    headerSyncBench,
    bodySyncBench,
    pop3FetchBench,
    smtpAcceptBench,
    imapFetchBench,
    imapSearchBench,
    pop3RetrBench,
    imapIdleMemoryBench,
    officeStartBench,
    residentBench,
  ],
  process.argv.slice(2),
);
