/** A profile with an account that sends to a real SMTP server on loopback, for tests of what goes with sending. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ProfileOptions } from '../../main/client/profile.ts';
import { openTestProfile, type TestProfile } from '../client/kit/profile.ts';
import {
  type KitSmtpOptions,
  type KitSmtpServer,
  type ReceivedLetter,
  startSmtpServer,
} from './smtp-server.ts';

export const OWN = 'anna@office.example';

export interface SendingKit extends TestProfile {
  readonly smtp: KitSmtpServer;
  readonly account: number;
  /** Polls until it holds; the deadline is only against hanging for ever. */
  until<T>(look: () => Promise<T> | T): Promise<T>;
  /** The nth letter the server took. */
  received(n: number): Promise<ReceivedLetter>;
}

export interface SendingKitOptions extends Partial<ProfileOptions> {
  /** Another server than the kit's own. */
  readonly port?: number;
  /** How the kit's own is set. */
  readonly server?: NonNullable<KitSmtpOptions['server']>;
}

export async function openSendingKit(
  t: TestContext,
  { port, server, ...options }: SendingKitOptions = {},
): Promise<SendingKit> {
  const smtp = await startSmtpServer(server ? { server } : {});
  const profile = await openTestProfile(t, options);
  t.after(() => smtp.close());
  const account = await profile.profile.store.write('accounts.insert', {
    address: OWN,
    name: 'Anna Vetrova',
    incoming: { host: '127.0.0.1', port: 1, security: 'none', user: '', auth: 'none' },
    outgoing: { host: '127.0.0.1', port: port ?? smtp.port, security: 'none', user: '', auth: 'none' },
    policy: { keep: 'everything' },
    saveSent: true,
  });
  const until: SendingKit['until'] = async (look) => {
    const end = performance.now() + 60_000;
    for (;;) {
      try {
        return await look();
      } catch (failure) {
        if (performance.now() > end) throw failure;
        await new Promise((again) => setTimeout(again, 20));
      }
    }
  };
  return {
    ...profile,
    smtp,
    account,
    until,
    received: (n) =>
      until(() => {
        const letter = smtp.received[n];
        assert.ok(letter, `${smtp.received.length} letters were taken`);
        return letter;
      }),
  };
}
