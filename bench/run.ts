/** npm run bench [-- NAME ...] [--quick] */
import { main } from './harness.ts';
import { importBench } from './import.ts';
import { searchBench } from './search.ts';

await main([searchBench, importBench], process.argv.slice(2));
