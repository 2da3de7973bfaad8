/** Row 12 for the office: from the start of its process until every port listens, with a big store. */
import { type Bench, race } from './harness.ts';
import { filledOffice, serveOffice } from './office-server.ts';

export const officeStartBench: Bench = {
  name: 'office-start',
  async run({ quick, say }) {
    const count = quick ? 5000 : 100_000;
    const data = await filledOffice({ count, profile: 'light' }, say);
    const round = async () => {
      const office = await serveOffice(data);
      await office.stop();
      return office.ready;
    };
    await round();
    const what = `office ready with ${count.toLocaleString('en')} messages, process start included`;
    return [await race({ row: '12', what, budget: 1000 }, quick ? 3 : 5, [{ name: 'Postroom', round }])];
  },
};
