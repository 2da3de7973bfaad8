/**
 * Big providers whose settings are known: no question has to leave this computer for their addresses.
 * `mx` ends the name of the host that takes mail for domains of companies that use the provider.
 */
import type { Server } from '../../contract/mail/accounts.ts';

export interface Provider {
  readonly name: string;
  readonly domains: readonly string[];
  readonly mx: readonly string[];
  readonly incoming: Pick<Server, 'host' | 'port' | 'security'>;
  readonly outgoing: Pick<Server, 'host' | 'port' | 'security'>;
  /** Keeps a copy in Sent by itself: ours would be the second (protocols.md C45). */
  readonly storesSent: boolean;
}

const tls = (host: string, port: number) => ({ host, port, security: 'tls' as const });
const starttls = (host: string, port: number) => ({ host, port, security: 'starttls' as const });

export const PROVIDERS: readonly Provider[] = [
  {
    name: 'Yandex',
    domains: ['yandex.ru', 'yandex.com', 'ya.ru', 'yandex.by', 'yandex.kz', 'yandex.ua', 'narod.ru'],
    mx: ['mx.yandex.net', 'mx.yandex.ru'],
    incoming: tls('imap.yandex.ru', 993),
    outgoing: tls('smtp.yandex.ru', 465),
    storesSent: false,
  },
  {
    name: 'Mail.ru',
    domains: ['mail.ru', 'bk.ru', 'inbox.ru', 'list.ru', 'internet.ru', 'xmail.ru'],
    mx: ['emx.mail.ru', 'mxs.mail.ru'],
    incoming: tls('imap.mail.ru', 993),
    outgoing: tls('smtp.mail.ru', 465),
    storesSent: false,
  },
  {
    name: 'Rambler',
    domains: ['rambler.ru', 'lenta.ru', 'autorambler.ru', 'myrambler.ru', 'ro.ru', 'rambler.ua'],
    mx: ['rambler.ru'],
    incoming: tls('imap.rambler.ru', 993),
    outgoing: tls('smtp.rambler.ru', 465),
    storesSent: false,
  },
  {
    name: 'Gmail',
    domains: ['gmail.com', 'googlemail.com'],
    mx: ['google.com', 'googlemail.com'],
    incoming: tls('imap.gmail.com', 993),
    outgoing: tls('smtp.gmail.com', 465),
    storesSent: true,
  },
  {
    name: 'Outlook',
    domains: [
      'outlook.com',
      'hotmail.com',
      'live.com',
      'msn.com',
      'outlook.de',
      'outlook.fr',
      'hotmail.co.uk',
      'hotmail.fr',
      'live.ru',
    ],
    mx: ['olc.protection.outlook.com'],
    incoming: tls('outlook.office365.com', 993),
    outgoing: starttls('smtp-mail.outlook.com', 587),
    storesSent: true,
  },
  {
    name: 'Microsoft 365',
    domains: [],
    mx: ['mail.protection.outlook.com', 'mx.microsoft'],
    incoming: tls('outlook.office365.com', 993),
    outgoing: starttls('smtp.office365.com', 587),
    storesSent: true,
  },
  {
    name: 'iCloud',
    domains: ['icloud.com', 'me.com', 'mac.com'],
    mx: ['mail.icloud.com'],
    incoming: tls('imap.mail.me.com', 993),
    outgoing: starttls('smtp.mail.me.com', 587),
    storesSent: false,
  },
  {
    name: 'Yahoo',
    domains: [
      'yahoo.com',
      'ymail.com',
      'rocketmail.com',
      'yahoo.co.uk',
      'yahoo.de',
      'yahoo.fr',
      'yahoo.it',
      'yahoo.es',
    ],
    mx: ['yahoodns.net'],
    incoming: tls('imap.mail.yahoo.com', 993),
    outgoing: tls('smtp.mail.yahoo.com', 465),
    storesSent: true,
  },
  {
    name: 'AOL',
    domains: ['aol.com', 'aim.com'],
    mx: [],
    incoming: tls('imap.aol.com', 993),
    outgoing: tls('smtp.aol.com', 465),
    storesSent: true,
  },
  {
    name: 'GMX',
    domains: ['gmx.com', 'gmx.us', 'gmx.co.uk'],
    mx: [],
    incoming: tls('imap.gmx.com', 993),
    outgoing: starttls('mail.gmx.com', 587),
    storesSent: false,
  },
  {
    name: 'GMX',
    domains: ['gmx.net', 'gmx.de', 'gmx.at', 'gmx.ch'],
    mx: [],
    incoming: tls('imap.gmx.net', 993),
    outgoing: starttls('mail.gmx.net', 587),
    storesSent: false,
  },
  {
    name: 'WEB.DE',
    domains: ['web.de'],
    mx: [],
    incoming: tls('imap.web.de', 993),
    outgoing: starttls('smtp.web.de', 587),
    storesSent: false,
  },
  {
    name: 'Fastmail',
    domains: ['fastmail.com', 'fastmail.fm'],
    mx: ['messagingengine.com'],
    incoming: tls('imap.fastmail.com', 993),
    outgoing: tls('smtp.fastmail.com', 465),
    storesSent: false,
  },
  {
    name: 'Zoho',
    domains: ['zoho.com', 'zohomail.com'],
    mx: ['zoho.com'],
    incoming: tls('imap.zoho.com', 993),
    outgoing: tls('smtp.zoho.com', 465),
    storesSent: true,
  },
];

export function providerOf(domain: string): Provider | undefined {
  return PROVIDERS.find((each) => each.domains.includes(domain));
}

export function providerByMx(host: string): Provider | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  return PROVIDERS.find((each) => each.mx.some((end) => name === end || name.endsWith(`.${end}`)));
}

/** Whether the submission server files a copy in Sent by itself. */
export function storesSent(host: string): boolean {
  return PROVIDERS.some((each) => each.storesSent && each.outgoing.host === host.toLowerCase());
}
