import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { damageOf } from '../../../main/server/handlers/damage.ts';
import { OFFICE_DOMAIN, openTestOffice } from '../../kit/office.ts';
import { letterText, put } from '../../kit/office-mailstore.ts';

test('damage is listed with the letters of people that are behind it', async (t) => {
  const office = await openTestOffice(t, { people: ['petrov', 'sirmov'] });
  const inbox = async (local: string) =>
    office.inbox((await office.context.directory.personByAddress(`${local}@${OFFICE_DOMAIN}`))!);
  // The second is one record for both.
  for (const n of [1, 2, 3]) await put(office.mailstore, await inbox('petrov'), letterText(n));
  await put(office.mailstore, await inbox('sirmov'), letterText(2));
  assert.deepEqual(await damageOf(office, (await office.store.check()).problems), []);
  const folder = join(office.dir, 'segments');
  const file = join(folder, readdirSync(folder)[0]!);
  const whole = readFileSync(file);
  const hurt = Buffer.from(whole);
  // Room is taken ahead of the letters: they end where the zeros begin.
  const end = hurt.findLastIndex((octet) => octet !== 0);
  hurt[Math.floor(end / 2)]! ^= 0x20;
  writeFileSync(file, hurt);
  const both = ['petrov', 'sirmov'].map((local) => `${local}@${OFFICE_DOMAIN}`);
  const flipped = await damageOf(office, (await office.store.check()).problems);
  assert.deepEqual(
    flipped.map(({ code, segment, letters }) => ({ code, segment, letters })),
    [
      {
        code: 'record-damaged',
        segment: 1,
        letters: [
          { person: both[0], folder: 'INBOX', uid: 2 },
          { person: both[1], folder: 'INBOX', uid: 1 },
        ],
      },
    ],
  );
  renameSync(file, join(office.dir, 'elsewhere'));
  const [missing, ...more] = await damageOf(office, (await office.store.check()).problems);
  assert.deepEqual([missing?.code, missing?.letters?.length, more], ['segment-missing', 4, []]);
});
