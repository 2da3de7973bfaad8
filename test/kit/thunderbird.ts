/**
 * Writes a Thunderbird profile as Thunderbird writes it: profiles.ini, prefs.js, two accounts and the local folders, mbox
 * files with their marks and quirks, a folder in the maildir variant, tags of its own, both kinds of address book.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface MadeProfile {
  /** The folder with profiles.ini. */
  root: string;
  dir: string;
}

interface Written {
  subject: string;
  id: string;
  status?: number;
  status2?: number;
  keys?: string;
  body?: string;
  eol?: string;
}

export function thunderbirdLetter({
  subject,
  id,
  status = 1,
  status2 = 0,
  keys = '',
  body,
  eol = '\r\n',
}: Written): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  return [
    `X-Mozilla-Status: ${hex(status, 4)}`,
    `X-Mozilla-Status2: ${hex(status2, 8)}`,
    `X-Mozilla-Keys: ${keys.padEnd(80)}`,
    ...originalLetter({ subject, id, ...(body === undefined ? {} : { body }) }),
  ].join(eol);
}

/** The letter as it came, without what Thunderbird added. */
export const originalLetter = ({ subject, id, body }: Written): string[] => [
  'From: Pavel Orlov <p.orlov@office.example>',
  'To: Olga Belova <o.belova@constr.example>',
  `Subject: ${subject}`,
  `Message-ID: <${id}@office.example>`,
  'Date: Mon, 5 Jan 2026 10:00:00 +0300',
  '',
  body ?? `Text of ${subject}`,
  '',
];

const box = (letters: readonly string[], eol = '\r\n'): string =>
  letters.map((letter) => `From - Mon Jan 05 10:00:00 2026${eol}${letter}${eol}`).join('');

const PREFS = `// Mozilla User Preferences
user_pref("mail.accountmanager.accounts", "account1,account2,account3");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.account.account1.identities", "id1");
user_pref("mail.account.account2.server", "server2");
user_pref("mail.account.account3.server", "server3");
user_pref("mail.identity.id1.useremail", "o.belova@constr.example");
user_pref("mail.identity.id1.fullName", "\\u041e\\u043b\\u044c\\u0433\\u0430");
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server1.hostname", "imap.constr.example");
user_pref("mail.server.server1.name", "o.belova@constr.example");
user_pref("mail.server.server1.directory", "C:\\\\Users\\\\olga\\\\AppData\\\\Roaming\\\\Thunderbird\\\\Profiles\\\\old.default\\\\ImapMail\\\\imap.constr.example");
user_pref("mail.server.server1.directory-rel", "[ProfD]ImapMail/imap.constr.example");
user_pref("mail.server.server2.type", "none");
user_pref("mail.server.server2.name", "Local Folders");
user_pref("mail.server.server2.directory-rel", "[ProfD]Mail/Local Folders");
user_pref("mail.server.server3.type", "pop3");
user_pref("mail.server.server3.name", "old@constr.example");
user_pref("mail.server.server3.directory", "D:\\\\Profiles\\\\moved\\\\Mail\\\\pop.constr.example");
user_pref("mailnews.tags.$label1.tag", "Urgent");
user_pref("mailnews.tags.$label1.color", "#FF0000");
user_pref("mailnews.tags.stroyka.tag", "Стройка");
user_pref("mailnews.tags.stroyka.color", "#3366CC");
user_pref("mail.warn_on_send", true);
`;

/** Letters by the folder they will be in, with the marks to expect. */
export async function writeThunderbird(base: string): Promise<MadeProfile> {
  const root = join(base, '.thunderbird');
  const dir = join(root, 'x1y2z3.default-release');
  const imap = join(dir, 'ImapMail', 'imap.constr.example');
  const local = join(dir, 'Mail', 'Local Folders');
  const pop = join(dir, 'Mail', 'pop.constr.example');
  const archive = join(local, 'Archive.sbd');
  for (const each of [
    join(imap, 'INBOX.sbd'),
    join(archive, '2019.sbd'),
    pop,
    join(local, 'Maildir one', 'cur'),
    join(local, 'Maildir one', 'tmp'),
  ])
    await mkdir(each, { recursive: true });
  await writeFile(
    join(root, 'profiles.ini'),
    '[Install4F96D1932A9F858E]\r\nDefault=x1y2z3.default-release\r\n\r\n[Profile0]\r\nName=default-release\r\nIsRelative=1\r\nPath=x1y2z3.default-release\r\n\r\n[General]\r\nStartWithLastProfile=1\r\n',
  );
  await writeFile(join(dir, 'prefs.js'), PREFS);
  const letter = thunderbirdLetter;
  await writeFile(
    join(imap, 'INBOX'),
    box([
      letter({ subject: 'read and answered', id: 'tb1', status: 0x0003 }),
      letter({ subject: 'unread and flagged', id: 'tb2', status: 0x0004, keys: 'stroyka $label1' }),
      letter({ subject: 'forwarded', id: 'tb3', status: 0x1001 }),
      letter({ subject: 'thrown away, not compacted', id: 'tb4', status: 0x0009 }),
      letter({ subject: 'deleted on the server', id: 'tb5', status: 0x0001, status2: 0x0020_0000 }),
      // A line of the body that Thunderbird did not quote.
      letter({
        subject: 'unquoted',
        id: 'tb6',
        body: 'Hello,\r\n\r\nFrom here on it is\r\nFrom Monday the plant is closed.',
      }),
      letter({ subject: 'junk', id: 'tb7', status: 1, keys: 'Junk' }),
      letter({ subject: 'old label', id: 'tb8', status: 1, status2: 0x0200_0000 }),
    ]),
  );
  await writeFile(join(imap, 'INBOX.msf'), '// <!-- <mdb:mork:z v="1.4"/> -->\n');
  // "Стройка" in modified UTF-7.
  const building = '&BCEEQgRABD4EOQQ6BDA-';
  await writeFile(join(imap, 'INBOX.sbd', building), box([letter({ subject: 'below', id: 'tb9' })]));
  await writeFile(join(imap, 'INBOX.sbd', `${building}.msf`), '');
  await writeFile(join(local, 'Archive'), '');
  await writeFile(join(local, 'Archive.msf'), '');
  await writeFile(join(archive, '2019'), box([letter({ subject: 'of 2019', id: 'tb10', eol: '\n' })], '\n'));
  await writeFile(
    join(archive, '2019.sbd', 'Письма'),
    box([letter({ subject: 'of 2019, deeper', id: 'tb11' })]),
  );
  await writeFile(
    join(local, 'Maildir one', 'cur', '1700000000.eml'),
    letter({ subject: 'in a file', id: 'tb12', status: 0x0005 }),
  );
  await writeFile(join(local, 'msgFilterRules.dat'), 'version="9"\n');
  await writeFile(
    join(pop, 'Inbox'),
    box([
      letter({ subject: 'by POP3', id: 'tb13' }),
      letter({ subject: 'header only', id: 'tb14', status: 0x0401 }),
    ]),
  );
  await writeFile(join(pop, 'popstate.dat'), '# POP3 State File\n');
  writeBook(join(dir, 'abook.sqlite'));
  await writeFile(join(dir, 'impab.mab'), MORK);
  return { root, dir };
}

function writeBook(path: string): void {
  const db = new DatabaseSync(path);
  db.exec(`
    CREATE TABLE properties (card TEXT, name TEXT, value TEXT);
    CREATE TABLE lists (uid TEXT PRIMARY KEY, name TEXT, nickName TEXT, description TEXT);
    CREATE TABLE list_cards (list TEXT, card TEXT, PRIMARY KEY (list, card));
  `);
  const put = db.prepare('INSERT INTO properties (card, name, value) VALUES (?, ?, ?)');
  for (const [name, value] of [
    ['DisplayName', 'Анна Смирнова'],
    ['PrimaryEmail', 'a.smirnova@constr.example'],
    ['CellularNumber', '+7 900 000-00-00'],
    ['Company', 'Отдел 3'],
  ] as const)
    put.run('card-1', name, value);
  put.run(
    'card-2',
    '_vCard',
    'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Timur Galiev\r\nEMAIL;PREF=1:t.galiev@constr.example\r\nEND:VCARD\r\n',
  );
  put.run('card-2', 'DisplayName', 'Timur Galiev');
  put.run('card-2', 'PrimaryEmail', 't.galiev@constr.example');
  put.run('card-3', 'LastModifiedDate', '0');
  db.exec(
    "INSERT INTO lists VALUES ('list-1', 'Site office', '', ''); INSERT INTO list_cards VALUES ('list-1', 'card-1');",
  );
  db.close();
}

const MORK = `// <!-- <mdb:mork:z v="1.4"/> -->
< <(a=c)> // (f=iso-8859-1)
  (B8=Custom3)(B9=Custom4)(80=ns:addrbk:db:row:scope:card:all)
  (83=FirstName)(84=LastName)(87=DisplayName)(89=PrimaryEmail)(8A=SecondEmail)(91=HomePhone)(A7=WorkPhone)>

<(80=0)(81=Nina)(82=Petrova)(83=Nina Petrova)(84=n.petrova@old.example)
  (85=Zo$C3$AB Kr\\)mer)(86=zoe@old.example)>
{1:^80 {(k^BF:c)(s=9)}
  [1:^80(^83^81)(^84^82)(^87^83)(^89^84)(^A7=+7 495 000)]
  [2(^87^85)(^89^86)]}
`;
