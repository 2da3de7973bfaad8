/**
 * The shape of the file that provisions an office. Strict everywhere: a name that is not known is more likely a slip
 * than a wish, and a slip in a list of trusted networks must not pass in silence.
 *
 * Messages of checks here are what was expected, as words that finish "expected ...".
 */
import { z } from 'zod';
import { LEAST_RECIPIENTS, MAX_PASSWORD_CHARS } from '../base/limits.ts';
import { parseMailbox, requireDomain, requireMailbox } from './directory/addresses.ts';
import { isNetwork } from './guard/networks.ts';

const passes = (check: (text: string) => unknown) => (text: string) => {
  try {
    check(text);
    return true;
  } catch {
    return false;
  }
};

const address = z.string().refine(passes(requireMailbox), 'a mail address');
const domain = z.string().refine(passes(requireDomain), 'a domain name');
const network = z.string().refine(isNetwork, 'a network such as 192.168.0.0/16');
const password = z
  .string()
  .refine(
    (text) => text.length > 0 && text.length <= MAX_PASSWORD_CHARS && !text.includes('\0'),
    'a password',
  );
const port = z.int().min(0).max(65535);
const count = z.int().min(1);

const office = z.strictObject({
  name: z.string().optional(),
  domains: z.array(domain).min(1),
  hostname: domain,
});

const listen = z.strictObject({
  host: z.string().min(1).optional(),
  smtp: port.optional(),
  submission: port.optional(),
  submissions: port.optional(),
  pop3: port.optional(),
  pop3s: port.optional(),
  imap: port.optional(),
  imaps: port.optional(),
  web: port.optional(),
});

const person = z.strictObject({
  address,
  name: z.string().optional(),
  password,
  disabled: z.boolean().optional(),
  quotaMiB: z.number().positive().nullable().optional(),
  legacySecret: z.boolean().optional(),
});

const alias = z.strictObject({ address, to: z.array(address).min(1) });

const list = z.strictObject({
  address,
  name: z.string().optional(),
  members: z.array(address).min(1),
  who: z.enum(['anyone', 'members', 'owners']).optional(),
  owners: z.array(address).optional(),
});

const hop = {
  host: z.string().optional(),
  port: port.optional(),
  user: z.string().optional(),
  password: z.string().optional(),
  tls: z.enum(['none', 'starttls', 'implicit']).optional(),
};
const relay = z.strictObject({
  mode: z.enum(['none', 'smarthost', 'mx']),
  ...hop,
  /** A way of its own for a domain, before the mode (rule S62). */
  routes: z.array(z.strictObject({ ...hop, domain, host: z.string().min(1) })).optional(),
});

const policy = z.strictObject({
  clearTextLoginFrom: z.array(network).optional(),
  trustedNetworks: z.array(network).optional(),
  oldDevices: z.array(network).optional(),
  maxMessageMiB: z.number().positive().max(1024).optional(),
  maxRecipients: z.int().min(LEAST_RECIPIENTS).optional(),
  strictLines: z.boolean().optional(),
  // Rule G13.
  sessions: count.optional(),
  sessionsPerAddress: count.optional(),
  sessionsPerTrustedAddress: count.optional(),
  sessionsPerPerson: count.optional(),
  // Rule S54.
  connectionsPerMinute: count.optional(),
  messagesPerMinute: count.optional(),
  messagesPerHour: count.optional(),
  recipientsPerHour: count.optional(),
  // Rule S55.
  greylist: z.boolean().optional(),
});

const tls = z.strictObject({ certificate: z.string().min(1), key: z.string().min(1) });

export const configSchema = z
  .strictObject({
    office,
    listen: listen.optional(),
    people: z.array(person).optional(),
    aliases: z.array(alias).optional(),
    lists: z.array(list).optional(),
    catchAll: z.record(domain, address).optional(),
    relay: relay.optional(),
    policy: policy.optional(),
    /** A certificate of one's own instead of the office's authority: paths of PEM files. */
    tls: tls.optional(),
  })
  .superRefine((config, context) => {
    const expected = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const seen = new Map<string, string>();
    for (const part of ['people', 'aliases', 'lists'] as const) {
      config[part]?.forEach((each, at) => {
        const key = parseMailbox(each.address)?.key ?? each.address;
        const before = seen.get(key);
        if (before !== undefined)
          expected([part, at, 'address'], `an address that ${before} does not have already`);
        else seen.set(key, `${part}[${at}]`);
      });
    }
    config.lists?.forEach((each, at) => {
      if (each.who === 'owners' && !each.owners?.length)
        expected(['lists', at, 'owners'], 'at least one owner');
    });
    // Rule S62: a route to ourselves would send every letter in circles.
    const own = Object.values(config.listen ?? {}).filter((each) => typeof each === 'number' && each > 0);
    const ourselves = [config.office.hostname.toLowerCase(), 'localhost', '127.0.0.1', '::1'];
    const isOurselves = (host: string, to: number | undefined) =>
      ourselves.includes(host.toLowerCase()) && to !== undefined && own.includes(to);
    if (config.relay?.mode === 'smarthost') {
      const { host, port: to } = config.relay;
      if (!host) expected(['relay', 'host'], 'the name of the smarthost');
      else if (isOurselves(host, to)) expected(['relay', 'host'], 'another server than this one');
    }
    config.relay?.routes?.forEach((route, at) => {
      if (isOurselves(route.host, route.port))
        expected(['relay', 'routes', at, 'host'], 'another server than this one');
    });
  });

export type Config = z.infer<typeof configSchema>;
