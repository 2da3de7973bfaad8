/** A maildrop as a construction office has it: a dozen letters of sizes from some KB to some MB, and an account that lists them by their headers. */
import type { Pop3Policy } from '../../main/contract/mail/accounts.ts';
import type { Ask } from '../e2e/seed.ts';
import { OFFICE_DOMAIN, passwordOf } from './office.ts';
import { openPop3Office, type Pop3Office } from './pop3.ts';

export const DROP_ADDRESS = `kcope@${OFFICE_DOMAIN}`;

/** Sender, subject, KB, whether files travel with it, hours ago. */
const LETTERS: readonly (readonly [string, string, number, boolean, number])[] = [
  ['Павел Орлов <p.orlov@otd2.constr.org>', 'Ведомость объёмов, корпус 4, полный комплект', 3100, true, 1],
  ['Тимур Галиев <t.galiev@otd3.constr.org>', 'Чертежи КЖ, листы 12–27', 1400, true, 2],
  ['Ирина Кузнецова <i.kuznetsova@otd3.constr.org>', 'Акт сверки за октябрь', 84, true, 3],
  ['Строительный вестник <news@vestnik.example>', 'Дайджест недели: нормы, тендеры, выставки', 620, false, 4],
  ['Бетон-Поставка <sale@beton.example>', 'Прайс-лист с 1 декабря', 510, true, 6],
  ['Сергей Мельников <s.melnikov@otd1.constr.org>', 'Замечания по разделу 3, исправленные', 12, false, 20],
  [
    'Северный кран, аренда <rent@kran.example>',
    'Предложение № 118: башенный кран на три месяца',
    340,
    true,
    22,
  ],
  ['no-reply@market.example', 'Только сегодня: скидка 70 % на инструмент', 96, false, 26],
  ['Лидия Фролова <l.frolova@otd1.constr.org>', 'График отпусков на декабрь', 9, false, 30],
  ['Анна Ветрова <a.vetrova@otd1.constr.org>', 'Приказ о зимнем режиме работ, с приложениями', 870, true, 48],
];

const word = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

/** Encoded words are at most 75 octets (RFC 2047 section 2): a long text is several of them. */
const words = (text: string): string => (text.match(/[\s\S]{1,20}/gu) ?? []).map(word).join('\r\n ');

function person(from: string): string {
  const found = /^(.*) <(.*)>$/.exec(from);
  return found ? `${words(found[1] ?? '')} <${found[2]}>` : from;
}

export function dropLetter(n: number, now: number, scale = 1): string {
  const [from, subject, kb, files, hours] = LETTERS[n % LETTERS.length] as (typeof LETTERS)[number];
  const date = new Date(now - hours * 3_600_000).toUTCString().replace('GMT', '+0000');
  const boundary = `part-${n}`;
  const text = Buffer.from(`Добрый день!\r\n\r\nПосмотрите, пожалуйста: ${subject}.\r\n`).toString('base64');
  const head = [
    `From: ${person(from)}`,
    `To: ${DROP_ADDRESS}`,
    `Subject: ${words(subject)}`,
    `Message-ID: <drop-${n}@constr.example>`,
    `Date: ${date}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/${files ? 'mixed' : 'alternative'}; boundary=${boundary}`,
  ].join('\r\n');
  const filling = `${'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAx'}\r\n`;
  const rest = filling.repeat(
    Math.max(1, Math.floor((kb * scale * 1024 - head.length - text.length) / filling.length)),
  );
  return [
    head,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    text,
    `--${boundary}`,
    'Content-Type: application/octet-stream; name=file.bin',
    'Content-Disposition: attachment; filename=file.bin',
    'Content-Transfer-Encoding: base64',
    '',
    `${rest}--${boundary}--`,
    '',
  ].join('\r\n');
}

export const DROP_LETTERS = LETTERS.length;

/** `scale`: of the letters' sizes; what only counts them has no use for megabytes. */
export async function openDrop(t: Parameters<typeof openPop3Office>[0], scale = 1): Promise<Pop3Office> {
  const office = await openPop3Office(t);
  const now = Date.now();
  for (let n = LETTERS.length - 1; n >= 0; n -= 1) await office.deliver('kcope', dropLetter(n, now, scale));
  return office;
}

/** Adds the account; `policy` says what comes whole. */
export async function addDrop(ask: Ask, port: number, policy: Partial<Pop3Policy> = {}): Promise<number> {
  const account = await ask('accounts.add', {
    address: DROP_ADDRESS,
    name: 'Ольга Белова',
    kind: 'pop3',
    incoming: { host: '127.0.0.1', port, security: 'none', user: 'kcope', auth: 'auto' },
    outgoing: null,
    password: passwordOf('kcope'),
    pop3: { headersAbove: 0, leave: 'always', days: 14, deleteFromTrash: false, ...policy },
  });
  return account.id;
}
