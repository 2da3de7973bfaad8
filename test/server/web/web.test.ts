import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { get, type IncomingMessage, request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../../main/base/log.ts';
import { parseAutoconfig } from '../../../main/client/accounts/autoconfig.ts';
import { type HostedOffice, openHostedOffice } from '../../../main/host/hosted-office.ts';
import { checkConfig } from '../../../main/server/provision.ts';
import { writeAutoconfig } from '../../../main/server/web/autoconfig.ts';
import { writeMetrics } from '../../../main/server/web/metrics.ts';
import { LineClient } from '../../kit/line-client.ts';
import { temporaryFolder } from '../../kit/office-mailstore.ts';

const DOMAIN = 'comp1.otd1.constr.org';
const EVERY = {
  smtp: -1,
  submission: -1,
  submissions: -1,
  pop3: -1,
  pop3s: -1,
  imap: -1,
  imaps: -1,
  web: -1,
};

async function openServed(t: TestContext, host = '127.0.0.1'): Promise<HostedOffice> {
  const config = checkConfig(
    {
      office: { name: 'Beton & Söhne "1"', domains: [DOMAIN, 'constr.org'], hostname: DOMAIN },
      people: [{ address: `ivanov@${DOMAIN}`, password: 'ivanov secret' }],
      policy: { clearTextLoginFrom: ['127.0.0.0/8'] },
    },
    'test',
  );
  const listen = { ...EVERY, host };
  const hosted = await openHostedOffice({
    dir: join(temporaryFolder(t), 'office'),
    log: silentLog,
    config,
    listen,
  });
  t.after(() => hosted.close(1000));
  return hosted;
}

interface Answer {
  status: number;
  type: string;
  text: string;
}

function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const take = (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
      );
    };
    const asked = options.method ? request(url, options, take).end() : get(url, options, take);
    asked.on('error', reject);
  });
}

/** Values by name and labels; every line that is no comment must be one. */
function samples(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
    const [, name, value] =
      /^([a-z_]+(?:\{[a-z]+="[^"]*"\})?|[a-z_]+_bucket\{le="[^"]+"\}) (\S+)$/.exec(line) ?? [];
    assert.ok(name && value && Number.isFinite(Number(value)), line);
    found.set(name, Number(value));
  }
  return found;
}

test('the web port tells sessions, letters, queue, commits and the delay of the event loop', async (t) => {
  const { ports } = await openServed(t);
  const url = `http://127.0.0.1:${ports.web}/metrics`;
  const smtp = await LineClient.open(ports.smtp!);
  await smtp.line();
  for (const line of ['HELO scanner', 'MAIL FROM:<a@far.example>', `RCPT TO:<ivanov@${DOMAIN}>`, 'DATA'])
    assert.match(await smtp.ask(line), /^[23]/, line);
  assert.match(await smtp.ask('Subject: One\r\n\r\nHello\r\n.'), /^250/);
  const imap = await LineClient.open(ports.imap!);
  await imap.line();
  const first = await ask(url);
  assert.equal(first.status, 200);
  assert.match(first.type, /^text\/plain; version=0\.0\.4/);
  const told = samples(first.text);
  assert.equal(told.get('postroom_sessions{listener="smtp"}'), 1);
  assert.equal(told.get('postroom_sessions{listener="imap"}'), 1);
  assert.equal(told.get('postroom_sessions{listener="pop3"}'), 0);
  assert.equal(told.get('postroom_messages_accepted_total'), 1);
  assert.equal(told.get('postroom_sessions_total{service="smtp"}'), 1);
  assert.ok((told.get('postroom_commands_total{service="smtp"}') ?? 0) >= 4);
  assert.equal(told.get('postroom_queue_letters{state="waiting"}'), 0);
  const commits = told.get('postroom_commit_seconds_count') ?? 0;
  assert.ok(commits >= 1);
  assert.equal(told.get('postroom_commit_seconds_bucket{le="+Inf"}'), commits);
  assert.ok((told.get('postroom_commit_seconds_sum') ?? 0) > 0);
  for (const which of ['mean', 'p99', 'max'])
    assert.ok((told.get(`postroom_event_loop_delay_seconds{of="${which}"}`) ?? -1) >= 0, which);
  assert.ok((told.get('postroom_resident_bytes') ?? 0) > 10_000_000);
  smtp.cut();
  imap.cut();
});

test('buckets of a histogram rise and end with the count', () => {
  const text = writeMetrics({
    meters: {
      accept_ms_count: 3,
      accept_ms_ms_sum: 12,
      accept_ms_ms_le_10: 3,
      accept_ms_ms_le_2: 1,
      'smtp_refused_too-many': 4,
      imap_open: 7,
    },
    sessions: {},
    queue: { letters: 0, waiting: 0, held: 0 },
    loop: { mean: 0, p99: 0, max: 0 },
    residentBytes: 1,
    upSeconds: 1,
  });
  const found = samples(text);
  assert.equal(found.get('postroom_accept_seconds_bucket{le="0.002"}'), 1);
  assert.equal(found.get('postroom_accept_seconds_bucket{le="0.01"}'), 3);
  assert.equal(found.get('postroom_accept_seconds_bucket{le="+Inf"}'), 3);
  assert.equal(found.get('postroom_accept_seconds_sum'), 0.012);
  assert.ok(text.indexOf('le="0.002"') < text.indexOf('le="0.01"'));
  assert.equal(found.get('postroom_smtp_refused_too_many_total'), 4);
  assert.equal(found.get('postroom_imap_open'), 7);
  assert.equal(new Set(text.match(/^# TYPE \S+/gm)).size, (text.match(/^# TYPE \S+/gm) ?? []).length);
});

test('figures are for peers on loopback alone; the certificate is for everybody', async (t) => {
  const outside = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  if (!outside) return t.skip('this computer has no network');
  const { ports } = await openServed(t, '0.0.0.0');
  assert.equal((await ask(`http://127.0.0.1:${ports.web}/metrics`)).status, 200);
  const refused = await ask(`http://${outside}:${ports.web}/metrics`);
  assert.equal(refused.status, 403);
  assert.doesNotMatch(refused.text, /postroom_/);
  assert.equal((await ask(`http://${outside}:${ports.web}/ca.pem`)).status, 200);
  // Whoever came by a bare address has no name for us: the address is what works.
  const { text } = await ask(`http://${outside}:${ports.web}/mail/config-v1.1.xml`);
  assert.ok(text.includes(`<hostname>${outside}</hostname>`));
});

test('the authority’s certificate, the one that signed the server’s', async (t) => {
  const { ports, certificates } = await openServed(t);
  const answer = await ask(`http://127.0.0.1:${ports.web}/ca.pem`);
  assert.equal(answer.type, 'application/x-x509-ca-cert');
  const authority = new X509Certificate(answer.text);
  assert.ok(authority.ca);
  assert.ok(new X509Certificate(certificates.certificate).verify(authority.publicKey));
});

test('mail programs find the office’s real ports and names, and nobody learns who exists', async (t) => {
  const { ports } = await openServed(t);
  const paths = ['/mail/config-v1.1.xml', '/.well-known/autoconfig/mail/config-v1.1.xml'];
  for (const path of paths) {
    const url = `http://127.0.0.1:${ports.web}${path}`;
    const headers = { Host: `autoconfig.${DOMAIN}` };
    const known = await ask(`${url}?emailaddress=ivanov%40${DOMAIN}`, { headers });
    assert.match(known.type, /^text\/xml/);
    const unknown = await ask(`${url}?emailaddress=nobody%40constr.org`, { headers });
    assert.equal(unknown.text, known.text);
    const pair = parseAutoconfig(known.text, `ivanov@${DOMAIN}`);
    const auth = 'auto';
    const user = `ivanov@${DOMAIN}`;
    assert.deepEqual(pair?.incoming, { host: DOMAIN, port: ports.imaps, security: 'tls', user, auth });
    assert.deepEqual(pair?.outgoing, { host: DOMAIN, port: ports.submissions, security: 'tls', user, auth });
    assert.match(known.text, /<displayName>Beton &amp; Söhne &quot;1&quot;<\/displayName>/);
    assert.match(known.text, /<domain>constr\.org<\/domain>/);
    assert.equal((await ask(`${url}?emailaddress=a%40elsewhere.example`, { headers })).status, 404);
  }
});

test('what is not listened on is not offered, and clear text never is', () => {
  const text = writeAutoconfig({
    name: 'A',
    domains: ['a.lan'],
    host: 'mail.a.lan',
    ports: { imap: 143, smtp: 25 },
  });
  assert.match(text, /<incomingServer type="imap">[\s\S]*<socketType>STARTTLS/);
  assert.doesNotMatch(text, /outgoingServer|pop3|plain/);
});

test('the web port answers other requests with a refusal and stays up', async (t) => {
  const { ports } = await openServed(t);
  const url = `http://127.0.0.1:${ports.web}`;
  assert.equal((await ask(`${url}/`)).status, 404);
  assert.equal((await ask(`${url}/../tls/ca.key`)).status, 404);
  assert.equal((await ask(`${url}/metrics`, { method: 'POST' })).status, 405);
  const head = await ask(`${url}/ca.pem`, { method: 'HEAD' });
  assert.deepEqual([head.status, head.text], [200, '']);
  const raw = await LineClient.open(ports.web!);
  assert.match(await raw.ask('rubbish'), /^HTTP\/1\.1 400/);
  raw.cut();
  assert.equal((await ask(`${url}/metrics`)).status, 200);
});
