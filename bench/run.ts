/** npm run bench [-- NAME ...] [--quick] */
import { warmStart } from '../main/host/warm-start.ts';
import { main } from './harness.ts';
import { importBench } from './import.ts';
import { listBench } from './list.ts';
import { openFolderBench } from './open-folder.ts';
import { searchBench } from './search.ts';

warmStart();
await main([listBench, openFolderBench, searchBench, importBench], process.argv.slice(2));
