/** npm run bench [-- NAME ...] [--quick] */
import { main } from './harness.ts';
import { importBench } from './import.ts';
import { openFolderBench } from './open-folder.ts';
import { searchBench } from './search.ts';

await main([openFolderBench, searchBench, importBench], process.argv.slice(2));
