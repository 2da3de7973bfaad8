import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../main/base/clock.ts';
import { createLog } from '../../main/base/log.ts';
import { openRecords } from '../../main/server/records.ts';

test('an alert is an error in the log, once a minute, and every one of them is counted', () => {
  const lines: string[] = [];
  const clock = new ManualClock();
  const records = openRecords(
    createLog((line) => void lines.push(line)),
    clock,
  );
  const alerts = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  records.alert('disk-full', { service: 'smtp' });
  records.alert('disk-full', { service: 'imap' });
  assert.equal(lines.length, 1);
  const { level, event, alert, service } = alerts()[0]!;
  assert.deepEqual(
    { level, event, alert, service },
    { level: 'error', event: 'alert', alert: 'disk-full', service: 'smtp' },
  );
  clock.advance(60_000);
  records.alert('disk-full');
  assert.equal(lines.length, 2);
  assert.equal(records.meters.snapshot()['alert_disk_full'], 3);
});
