/**
 * What --help prints, in both languages: one table, so that no command is told in one of them only. Words of commands,
 * options and values are not translated.
 */
import type { Language } from './sentences.ts';

/** How it is written, with a line for each of its lines; what it does. */
type Entry = readonly [usage: string, en?: string, ru?: string];

const ENTRIES: readonly Entry[] = [
  [
    `account add --address A --name N --imap-host H [--imap-port P] [--imap-security tls|starttls|none]
            [--smtp-host H] [--smtp-port P] [--smtp-security tls|starttls|none] [--user U]
            [--keep everything|headers|MONTHS] [--headers-above KB] [--trust HOST:PORT=SHA256]`,
    'the password is read from standard input; sync asks the servers first',
    'пароль читается со стандартного ввода; серверы первой спрашивает sync',
  ],
  [
    `account add --pop3-host H [--pop3-port P] [--pop3-security tls|starttls|none]
            [--leave never|DAYS|until-deleted|always] [--headers-above KB] [--delete-from-trash]`,
    'the other options as above; 0 KB: headers of all letters',
    'остальные параметры те же; 0 КБ: от всех писем только заголовки',
  ],
  ['account list'],
  [
    `account change ADDRESS [--name N] [--keep everything|headers|MONTHS] [--headers-above KB|none]
            [--leave never|DAYS|until-deleted|always] [--delete-from-trash]`,
    'what is kept here, and on a POP3 server; the rest stays as it is',
    'что хранить здесь и на сервере POP3; остальное как было',
  ],
  ['account remove ADDRESS'],
  [
    `account schedule ADDRESS [--every MINUTES | --at 9:00,13:00 | --never] [--hours 9:00-18:00|all]
            [--days mon-fri|all] [--on-start yes|no]`,
    'when it connects by itself; every 0: as the settings say',
    'когда соединяется сама; every 0: как в настройках',
  ],
  [
    'sync [--once] [--account A]',
    'bring mail, carry out what waits, send what is due',
    'забрать почту, сделать, что ждёт, отправить, чему пора',
  ],
  [
    'pop3 plan --account A [--ask]',
    "what the next connection will do; --ask: by the server's list now",
    'что сделает следующее соединение; --ask: спросить сервер сейчас',
  ],
  ['pop3 mark ID... --as fetch|keep|delete|none'],
  ['pop3 run --account A', 'do it now', 'сделать это сейчас'],
  ['folders'],
  ['list --folder F [--from N] [--count N]'],
  ['show ID...'],
  ['attachment ID N --out FILE'],
  ['raw ID', "the letter's octets on standard output", 'письмо как есть, на стандартный вывод'],
  ['search QUERY [--count N] [--folder F]'],
  ['flag|unflag ID... [--flag seen|flagged|answered|forwarded|draft|junk]'],
  ['move ID... --folder F'],
  ['delete ID...', 'to Trash; in Trash for ever', 'в корзину; из корзины навсегда'],
  [
    'import PATH... [--folder F] [--kind auto|files|thunderbird|dbx|pst|msg|postroom] [--dry-run] [--everywhere]',
    'eml, mbox, Maildir, folders of these, gzip of these; stores of other programs; without --folder into folders of their own',
    'eml, mbox, Maildir, папки с ними, сжатые gzip; хранилища других программ; без --folder в собственные папки',
  ],
  [
    'import-find',
    'stores of other programs on this computer',
    'хранилища других программ на этом компьютере',
  ],
  ['export --folder F --format mbox|eml|maildir --out PATH'],
  [
    'export --all --out DIR [--format mbox|eml|maildir]',
    'every folder with marks, address books, rules, signatures, settings',
    'все папки с отметками, адресные книги, правила, подписи, настройки',
  ],
  [
    'backup FILE [--with-passwords]',
    'one file with everything; the passphrase is read from standard input',
    'всё одним файлом; парольная фраза читается со стандартного ввода',
  ],
  [
    'restore FILE --profile DIR [--with-passwords]',
    'into a folder without a profile',
    'в папку, где профиля нет',
  ],
  ['send FILE.eml --account A'],
  [
    'outbox list',
    'letters that wait, were put off, or did not go',
    'письма, которые ждут, отложены или не ушли',
  ],
  ['outbox undo ID', 'back to a draft', 'обратно в черновик'],
  ['outbox send-now ID'],
  [
    'outbox cancel ID...',
    'not sent; kept with the drafts for 30 days',
    'не отправлять; 30 дней лежит с черновиками',
  ],
  [
    `merge preview|start --table FILE.csv (--from-draft ID | --account A --subject S --text FILE)
            [--address-column C] [--name-column C] [--file-column C --attachments DIR]
            [--per-minute N] [--row N]`,
    'one letter a row; {{column}} in the subject and the text',
    'по письму на строку; {{столбец}} в теме и тексте',
  ],
  ['merge list'],
  ['merge cancel ID'],
  ['receipts list [--count N]', 'what became of sent letters', 'что стало с отправленными письмами'],
  ['receipts show ID'],
  [
    'receipts answer ID --as sent|refused',
    'a letter that asks for a read receipt',
    'письму, которое просит уведомить о прочтении',
  ],
  ['contacts books'],
  ['contacts list|search TEXT [--book B] [--from N] [--count N]'],
  ['contacts show ID'],
  [
    `contacts add|change ID [--name N] [--given G --family F] [--address A,A] [--phone P,P] [--organisation O]
            [--department D] [--title T] [--room R] [--birthday 1980-05-17|--05-17] [--notes T] [--book B]`,
  ],
  ['contacts remove ID...'],
  ['contacts duplicates', 'people who seem to be one', 'люди, похожие на одного'],
  ['contacts merge ID ID...', 'the first one stays', 'остаётся первый'],
  [
    'contacts undo TOKEN',
    'takes back a change, a removal, a merge, an import',
    'отменяет правку, удаление, объединение, загрузку',
  ],
  [
    'contacts import FILE [--dry-run] [--known skip|complete|add] [--book B] [--charset C]',
    'vCard 2.1, 3.0, 4.0; CSV of Outlook, Thunderbird, Google; LDIF',
    'vCard 2.1, 3.0, 4.0; CSV из Outlook, Thunderbird, Google; LDIF',
  ],
  [
    `contacts export [ID...] --out FILE [--format vcard4|vcard3|vcard21|csv-outlook-en|csv-outlook-ru|
            csv-thunderbird|csv-google] [--charset utf-8|utf-16|windows-1251] [--book B]`,
  ],
  [
    `contacts ldap add --name N --host H [--port P] [--security tls|starttls|none] [--base DN] [--filter F]
            [--bind DN] [--trust HOST:PORT=SHA256]`,
    'a directory as an address book; the password is read from standard input',
    'каталог как адресная книга; пароль читается со стандартного ввода',
  ],
  ['contacts ldap test --host H ...', 'signs in and shows three people', 'входит и показывает трёх человек'],
  [
    'contacts ldap refresh --book B',
    'copies it for the time without a network',
    'копирует его на время без сети',
  ],
  [
    'identities list',
    "who letters may come from; * is an account's own",
    'от кого можно писать; * — адрес самой учётной записи',
  ],
  [
    `identities add ADDRESS --account A [--name N] [--label L] [--organisation O] [--reply-to A,A] [--bcc A,A]
            [--sent-folder F]`,
  ],
  ['identities change ADDRESS [--address A] [...]', 'options as above', 'параметры те же'],
  ['identities remove ADDRESS'],
  ['signatures list'],
  [
    'signatures add|change NAME [--name NEW] [--html FILE] [--text FILE]',
    '{{name}} {{date}} {{recipient}} ... are filled in each letter',
    '{{name}} {{date}} {{recipient}} … подставляются в каждом письме',
  ],
  ['signatures remove NAME'],
  ['signatures assign NAME|none|default --identity ADDRESS [--use new|reply|new-inside|reply-inside]'],
  ['templates list'],
  ['templates show|remove NAME'],
  [
    'templates add NAME (--html FILE | --text FILE) [--kind template|stationery] [--subject S] [--to A,A] [--bcc A,A]',
  ],
  ['snippets list'],
  ['snippets add KEYWORD (--html FILE | --text FILE)'],
  ['snippets remove KEYWORD', ';KEYWORD and Tab in a letter', ';KEYWORD и Tab в письме'],
  ['rules list'],
  [
    'rules add|import FILE|-',
    'a rule, several, or an exported file (JSON); folders as ACCOUNT/PATH',
    'правило, несколько или выгруженный файл (JSON); папки как ACCOUNT/PATH',
  ],
  ['rules change ID FILE|-'],
  ['rules remove|on|off ID...'],
  ['rules move ID --to N'],
  [
    'rules preview [ID...] [--folder F] [--count N]',
    'what they would catch of the newest 5,000 letters, and why',
    'что они взяли бы из 5000 новейших писем и почему',
  ],
  ['rules run [ID...] --folder F', 'now; nothing is sent by it', 'сейчас; ничего не отправляет'],
  [
    'rules undo [RUN]',
    'takes the last run back, or the one named',
    'отменяет последний запуск или названный',
  ],
  [
    'rules log [ID] [--count N]',
    'what rules did, with one letter or with all',
    'что сделали правила, с письмом или со всеми',
  ],
  ['rules export [--out FILE] [--format json|sieve]'],
  [
    'check',
    'verify every stored letter, row and the index',
    'проверить каждое письмо, каждую запись и указатель',
  ],
  [
    'compact',
    'give the room of letters that are gone back to the disk',
    'вернуть диску место удалённых писем',
  ],
  ['tidy duplicates [--folder F | --account A] [--count N] [--yes]'],
  ['tidy large [--folder F | --account A] [--least KB] [--count N]'],
  [
    'tidy archive --folder F --days N [--yes]',
    'letters older than N days, into the archive',
    'письма старше N дней в архив',
  ],
  [
    'tidy retention [--folder F --days N [--end trash|erase]] [--yes]',
    'without --yes nothing goes; 0 days: letters are kept',
    'без --yes ничего не удаляется; 0 дней: хранить',
  ],
  [
    'tidy deleted [--from N] [--count N]',
    'deleted for ever within 30 days',
    'удалённые навсегда за последние 30 дней',
  ],
  ['tidy restore ID... [--draft]'],
  ['tidy forget ID... [--draft] | --all'],
  [
    'settings list',
    'of the window, by name: archiveBy, undoSendSeconds, ...',
    'настройки окна по именам: archiveBy, undoSendSeconds, …',
  ],
  ['settings set NAME VALUE'],
  ['profiles list', 'of the people who use this computer', 'людей, которые пользуются этим компьютером'],
  ['profiles add NAME'],
  ['profiles rename PROFILE NAME'],
  [
    'profiles remove PROFILE',
    'with all its letters that are on no server',
    'со всеми письмами, которых нет на сервере',
  ],
  ['profiles start PROFILE', 'opened when nobody names one', 'открывается, если никакой не назван'],
];

interface Frame {
  usage: string;
  folder: string;
  codes: string;
}

const FRAME: Readonly<Record<Language, Frame>> = {
  en: {
    usage: 'Usage',
    folder: 'A folder is named by account and path: Local/Inbox, o.belova@otd1.constr.org/INBOX.',
    codes: 'Exit codes: 0 done, 1 failed (a sentence on standard error), 2 wrong usage.',
  },
  ru: {
    usage: 'Как вызывать',
    folder: 'Папку называют учётная запись и путь: Local/Inbox, o.belova@otd1.constr.org/INBOX.',
    codes: 'Код завершения: 0 сделано, 1 не вышло (фраза на стандартной ошибке), 2 неверный вызов.',
  },
};

/** Where what a command does begins, and how far it goes; characters. */
const MIDDLE = 42;
const WIDTH = 120;

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH - MIDDLE)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function entryText([usage, en = '', ru = '']: Entry, language: Language): string {
  const said = language === 'ru' ? ru : en;
  const lines = usage.split('\n').map((line) => `  ${line}`);
  if (said === '') return lines.join('\n');
  const [first = '', ...rest] = wrapped(said);
  const last = lines.at(-1) ?? '';
  if (lines.length === 1 && last.length <= MIDDLE - 2) lines[0] = last.padEnd(MIDDLE) + first;
  else lines.push(' '.repeat(MIDDLE) + first);
  return [...lines, ...rest.map((line) => ' '.repeat(MIDDLE) + line)].join('\n');
}

/** All commands with their options, and what exit codes mean. */
export function helpText(language: Language): string {
  const { usage, folder, codes } = FRAME[language];
  const entries = ENTRIES.map((entry) => entryText(entry, language));
  return `${usage}: postroom COMMAND --profile DIR [--json] [--lang en|ru]\n\n${entries.join('\n')}\n\n${folder}\n${codes}\n`;
}
