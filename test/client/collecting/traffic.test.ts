/**
 * What a list by headers moves: every octet of both directions is counted between the client and the server. The letters
 * have the sizes of an office's (a few words, some pages, drawings) and headers as long as mail has today, with the traces
 * and signatures of the servers on the way.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startOctetProxy } from '../../kit/octet-proxy.ts';
import { passwordOf } from '../../kit/office.ts';
import { openPop3Office } from '../../kit/pop3.ts';
import { addAccount, collect, letter, openProfile, rows } from '../pop3/harness.ts';

/** 5,000 in the long form. */
const LETTERS = Number(process.env['POSTROOM_LETTERS'] ?? 150);
/** Headers may move this share of the letters' octets. */
const SHARE = 0.03;

/** KB of ten letters, as they come in an office day. */
const SIZES = [6, 8, 12, 20, 30, 45, 60, 90, 160, 400];
const TRACES = Array.from(
  { length: 4 },
  (_, n) =>
    `Received: from mail${n}.constr.example (mail${n}.constr.example [192.0.2.${n}])\r\n\tby mx${n}.otd2.constr.org with ESMTPS id 4XyZ${n}abc\r\n\tfor <kcope@otd2.constr.org>; Fri, 20 Nov 2026 10:00:0${n} +0300 (MSK)`,
).join('\r\n');
const SIGNATURE = `DKIM-Signature: v=1; a=rsa-sha256; d=constr.example; s=mail; c=relaxed/relaxed;\r\n\tb=${'q'.repeat(340)}`;

describe('a list by headers', () => {
  it(`of ${LETTERS} letters moves less than ${SHARE * 100} % of them`, async (t) => {
    const office = await openPop3Office(t);
    let octets = 0;
    for (let n = 0; n < LETTERS; n += 1) {
      const size = SIZES[n % SIZES.length] as number;
      const whole = `${TRACES}\r\n${SIGNATURE}\r\n${letter(`letter ${n}`, { body: `${'z'.repeat(74)}\r\n`.repeat((size * 1024) / 76) })}`;
      octets += whole.length;
      await office.deliver('kcope', whole);
    }
    const proxy = await startOctetProxy(office.port);
    t.after(() => proxy.close());
    const profile = await openProfile();
    t.after(() => profile.close());
    const server = { port: proxy.port, user: 'kcope', password: passwordOf('kcope') };
    const account = await addAccount(profile, server, { headersAbove: 0 });
    const report = await collect(profile, account);
    assert.equal(report.pop3.headers, LETTERS);
    assert.equal((await rows(profile, account)).filter((each) => each.body === 0).length, LETTERS);
    const share = proxy.passed / octets;
    t.diagnostic(`${proxy.passed} of ${octets} octets: ${(share * 100).toFixed(2)} %`);
    assert.ok(share < SHARE, `${(share * 100).toFixed(2)} %`);
    const [plan] = await profile.store.read('maildrop.plans', undefined);
    assert.equal(plan?.headers.count, LETTERS);
    assert.equal(plan.headers.octets, octets, 'what was saved is told');
    assert.ok(plan.moved > 0 && plan.moved < proxy.passed);

    // Once more: nothing is asked for twice.
    proxy.passed = 0;
    await collect(profile, account);
    assert.ok(proxy.passed < LETTERS * 60 + 2000, `${proxy.passed} octets for nothing new`);
  });
});
