/** Settings for mail programs in the format they ask for by themselves (config-v1.1.xml). Pure. */
import type { Ports } from '../listeners.ts';

export interface AutoconfigFacts {
  /** As people call the office. */
  readonly name: string;
  readonly domains: readonly string[];
  /** The server, as the program that asks can reach it. */
  readonly host: string;
  readonly ports: Ports;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
// Control characters are no part of XML 1.0 (section 2.2).
const escaped = (text: string): string =>
  text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"]/g, (each) => ESCAPES[each] ?? each);

type Kind = 'imap' | 'pop3' | 'smtp';

/** Encrypted ways before STARTTLS, IMAP before POP3: programs take the first they can use. Clear text is never offered. */
export function writeAutoconfig({ name, domains, host, ports }: AutoconfigFacts): string {
  const server = (kind: Kind, port: number | undefined, socketType: 'SSL' | 'STARTTLS'): string[] => {
    if (!port) return [];
    const tag = kind === 'smtp' ? 'outgoingServer' : 'incomingServer';
    return [
      `    <${tag} type="${kind}">`,
      `      <hostname>${escaped(host)}</hostname>`,
      `      <port>${port}</port>`,
      `      <socketType>${socketType}</socketType>`,
      '      <username>%EMAILADDRESS%</username>',
      '      <authentication>password-cleartext</authentication>',
      `    </${tag}>`,
    ];
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<clientConfig version="1.1">',
    `  <emailProvider id="${escaped(domains[0] ?? host)}">`,
    ...domains.map((domain) => `    <domain>${escaped(domain)}</domain>`),
    `    <displayName>${escaped(name)}</displayName>`,
    `    <displayShortName>${escaped(name)}</displayShortName>`,
    ...server('imap', ports.imaps, 'SSL'),
    ...server('imap', ports.imap, 'STARTTLS'),
    ...server('pop3', ports.pop3s, 'SSL'),
    ...server('pop3', ports.pop3, 'STARTTLS'),
    ...server('smtp', ports.submissions, 'SSL'),
    ...server('smtp', ports.submission, 'STARTTLS'),
    '  </emailProvider>',
    '</clientConfig>',
    '',
  ].join('\n');
}
