/**
 * Sending and receiving by the clock: again and again within hours, only now and at 13:00, at the start, not at all while
 * offline; a server that hangs beside them; a letter whose time came while the program did not run. Against the office's
 * POP3 and submission and Dovecot's IMAP. The engine's clock is turned by the test, everything else is as it always is.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openSmtp } from '../../main/server/smtp/smtp.ts';
import { type ClockedHost, startClockedHost } from '../kit/browser.ts';
import { dovecotMissing, startDovecot } from '../kit/dovecot.ts';
import { startOctetProxy } from '../kit/octet-proxy.ts';
import { OFFICE_DOMAIN, passwordOf } from '../kit/office.ts';
import { openPop3Office } from '../kit/pop3.ts';
import { startScriptedServer } from '../kit/scripted-server.ts';
import { eventually, hostMissing, hostName, languages, openWindow, scene } from './hosts.ts';
import { movesIn, pickOption } from './moves.ts';
import { type Ask, jobsEnded } from './seed.ts';

const WORDS = {
  en: {
    accounts: 'Accounts',
    edit: /^Edit/,
    checking: 'Checking for mail',
    minutes: /^Every … minutes/,
    hours: 'Only at certain hours',
    from: 'From',
    to: 'To',
    onStart: 'When the program starts',
    save: 'Save',
    next: /^Next connection/,
    status: /\. Jobs$/,
    cancel: 'Cancel',
    cancelled: 'cancelled',
    offline: 'Work offline',
    online: 'Connect',
    isOffline: /^Working offline/,
    waiting: /^1 letter/,
    flagged: /flagged/,
    pick: /^Pick a date/,
    when: 'Date and time',
    schedule: 'Schedule',
    missed: /^It was to go .*, when Postroom was not running\. It goes now\.$/,
  },
  ru: {
    accounts: 'Учётные записи',
    edit: /^Изменить/,
    checking: 'Проверка почты',
    minutes: /^Раз в … минут/,
    hours: 'Только в определённые часы',
    from: 'С',
    to: 'До',
    onStart: 'При запуске программы',
    save: 'Сохранить',
    next: /^Следующее подключение/,
    status: /\. Задания$/,
    cancel: 'Прервать',
    cancelled: 'прервано',
    offline: 'Работать без сети',
    online: 'Подключиться',
    isOffline: /^Работа без сети/,
    waiting: /^1 письмо ждёт отправки/,
    flagged: /с флажком/,
    pick: /^Выбрать/,
    when: 'Дата и время',
    schedule: 'Запланировать',
    missed: /^Отправка была назначена на .*, когда Postroom не работал\. Письмо уходит сейчас\.$/,
  },
} as const;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Moscow's clocks are three hours ahead of UTC all year. */
const ZONE = 3 * HOUR;
const DAY = 24 * HOUR;

/** A Monday to come, midnight in Moscow. */
function monday(): number {
  const today = Math.floor((Date.now() + ZONE) / DAY) * DAY;
  // 1 January 1970 was a Thursday.
  const weekday = (today / DAY + 4) % 7;
  return today + (8 - weekday) * DAY - ZONE;
}

const OLGA = `kcope@${OFFICE_DOMAIN}`;
const HANGING = 'boris@silent.example';
const letter = (subject: string, to = OLGA): string =>
  `From: Boris <boris@x.example>\r\nTo: ${to}\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@x.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0300\r\n\r\nThe text of ${subject}.\r\n`;

const ASKED = { onStart: false, when: 'never', minutes: null, hours: null, times: [], days: [] } as const;

interface Ports {
  pop3: number;
  submission: number;
  imap: number;
  silent: number;
}

async function seed(ask: Ask, ports: Ports): Promise<void> {
  const server = { host: '127.0.0.1', security: 'none' } as const;
  const accounts = [
    await ask('accounts.add', {
      address: OLGA,
      name: 'Olga Belova',
      kind: 'pop3',
      incoming: { ...server, port: ports.pop3, user: 'kcope' },
      outgoing: { ...server, port: ports.submission, user: OLGA },
      password: passwordOf('kcope'),
      pop3: { headersAbove: null, leave: 'always', days: 14, deleteFromTrash: false },
    }),
    await ask('accounts.add', {
      address: 'anna@x.example',
      name: 'Anna',
      incoming: { ...server, port: ports.imap, user: 'anna' },
      outgoing: null,
      password: 'secret-anna',
    }),
  ];
  await eventually(async () => {
    const inboxes = (await ask('folders.list', {})).filter((each) => each.role === 'inbox');
    assert.deepEqual(
      accounts.map(({ id }) => inboxes.find((each) => each.account === id)?.total),
      [1, 1],
    );
  });
  await jobsEnded(ask, 'sync');
  const boris = await ask('accounts.add', {
    address: HANGING,
    name: 'Boris',
    kind: 'pop3',
    incoming: { ...server, port: ports.silent, user: 'boris' },
    outgoing: null,
    password: 'x',
  });
  const at13 = { ...ASKED, when: 'times', times: [13 * 60] } as const;
  const [olga, anna] = accounts;
  if (!olga || !anna) throw new Error('two accounts were added');
  for (const [account, schedule] of [
    [olga.id, ASKED],
    [anna.id, at13],
    [boris.id, at13],
  ] as const)
    await ask('schedule.set', { account, schedule: { ...schedule, times: [...schedule.times], days: [] } });
  await ask('settings.set', { conversations: false, singleKeys: true, undoSendSeconds: 0 });
}

const missing = hostMissing || dovecotMissing() || (hostName === 'electron' && 'its clock cannot be turned');

for (const language of languages) {
  test(`sending and receiving by the clock, ${language}`, { skip: missing }, async (t) => {
    const office = await openPop3Office(t, { people: ['kcope', 'boris'] });
    const submission = await openSmtp(office.office.context, {
      host: '127.0.0.1',
      port: 0,
      implicitTls: false,
      kind: 'submission',
    });
    t.after(() => submission.close(0));
    const dovecot = await startDovecot();
    t.after(() => dovecot.close());
    const silent = await startScriptedServer(() => ({ greeting: null, answer: () => null }));
    t.after(() => silent.close());
    // In between, connections are counted.
    const [pop3, imap] = await Promise.all([startOctetProxy(office.port), startOctetProxy(dovecot.port)]);
    t.after(() => Promise.all([pop3.close(), imap.close()]));
    await office.deliver('kcope', letter('There before'));
    await dovecot.save('anna', 'INBOX', letter('There before too'));

    const day = monday();
    let now = day + 8 * HOUR;
    let host: ClockedHost | undefined;
    const words = WORDS[language];
    const window = await openWindow(t, {
      language,
      seed: (ask) =>
        seed(ask, {
          pop3: pop3.port,
          submission: submission.port,
          imap: imap.port,
          silent: silent.port,
        }),
      startHost: async (profile) => {
        host = await startClockedHost(profile, now - Date.now());
        return host;
      },
    });
    const here = () => window;
    const m = () => movesIn(window.page, language);
    /** Nobody is connected: what is due next begins by the clock. */
    const rest = () =>
      eventually(() => assert.deepEqual([pop3.links.open, imap.links.open], [0, 0], 'all have left'));
    /** The hands show this time of the day, `days` after Monday. */
    const turnTo = async (days: number, hours: number, minutes = 0) => {
      await rest();
      const wanted = day + days * DAY + hours * HOUR + minutes * MINUTE;
      assert.ok(host && wanted > now, 'a clock is turned forward');
      now = await host.turn(wanted - now);
      // What passes by itself meanwhile is not turned.
      now = wanted + (now - wanted);
    };
    /** Of an account; the first of all lines of that name is theirs together. */
    const inbox = async (n: number) => {
      await m()
        .tree.getByRole('treeitem', { name: new RegExp(`^${m().words.inbox}(,|$)`) })
        .nth(n + 1)
        .click();
    };
    const openAccount = async (page: Page, n: number) => {
      await page.getByRole('button', { name: m().words.settings, exact: true }).click();
      await page
        .getByRole('navigation', { name: m().words.settings })
        .getByRole('button', { name: words.accounts, exact: true })
        .click();
      await page.getByRole('button', { name: words.edit }).nth(n).click();
      const group = page.getByRole('group', { name: words.checking });
      await group.waitFor();
      return group;
    };
    const save = async (page: Page) => {
      await page.getByRole('button', { name: words.save }).click();
      // The page of the account is left when it is kept; it has buttons of the same name.
      await page.getByRole('group', { name: words.checking }).waitFor({ state: 'detached' });
      await page.keyboard.press('Control+Digit1');
      await m().grid.waitFor();
    };
    /** The server that says nothing is being asked; its job alone is ended. */
    const cancelHanging = async (page: Page) => {
      await page.getByRole('button', { name: words.status }).click();
      const jobs = page.getByRole('list', { name: m().words.jobs });
      const hanging = jobs.getByRole('listitem').filter({ hasText: HANGING });
      await hanging.getByRole('button', { name: words.cancel }).click();
      await eventually(async () =>
        assert.equal(await hanging.getByRole('button', { name: words.cancel }).count(), 0),
      );
      await hanging.getByText(words.cancelled).last().waitFor();
      await page.keyboard.press('Escape');
      await jobs.waitFor({ state: 'detached' });
    };
    const write = async (subject: string) => {
      await window.page.keyboard.press('Control+KeyN');
      const form = m().composer();
      await form
        .getByRole('combobox', { name: m().words.to, exact: true })
        .pressSequentially(`boris@${OFFICE_DOMAIN},`);
      await form.getByRole('textbox', { name: m().words.subject }).fill(subject);
      await form.getByRole('textbox', { name: m().words.text }).fill(`The text of ${subject}`);
      return form;
    };
    /** The letter that is written goes at this time of Tuesday. */
    const later = async (page: Page, time: string) => {
      await page.keyboard.press('Control+Shift+Enter');
      const dialog = page.getByRole('dialog', { name: m().words.sendLater });
      await dialog.getByRole('button', { name: words.pick }).click();
      const tuesday = new Date(day + ZONE + DAY).toISOString().slice(0, 10);
      await dialog.getByLabel(words.when).fill(`${tuesday}T${time}`);
      await dialog.getByRole('button', { name: words.schedule, exact: true }).click();
    };
    const flagsOf = (subject: string) =>
      dovecot.doveadm(['fetch', '-u', 'anna', 'flags', 'mailbox', 'INBOX', 'subject', subject]);

    await scene(t, 'every 30 minutes, only from 9:00 to 18:00', here, async (page) => {
      const group = await openAccount(page, 0);
      await group.getByRole('button').first().click();
      await pickOption(page, language === 'ru' ? 'Снова и снова' : 'Again and again');
      await group.getByLabel(words.minutes).fill('30');
      await group.getByText(words.hours, { exact: true }).click();
      await group.getByRole('textbox', { name: words.from, exact: true }).fill('9:00');
      await group.getByRole('textbox', { name: words.to, exact: true }).fill('18:00');
      await save(page);
      // Two unified lines stand above the accounts' own.
      await m().row('There before').first().waitFor();
      await office.deliver('kcope', letter('Early'));
      const { made } = pop3.links;
      await turnTo(0, 8, 59);
      await turnTo(0, 9);
      await m().row('Early').waitFor();
      assert.equal(pop3.links.made, made + 1, 'not before nine');
      await office.deliver('kcope', letter('Half an hour later'));
      await turnTo(0, 9, 20);
      await turnTo(0, 9, 35);
      await m().row('Half an hour later').waitFor();
      assert.equal(pop3.links.made, made + 2, 'once in half an hour');
      await office.deliver('kcope', letter('After hours'));
      await turnTo(0, 18, 10);
      // Whoever asks is not refused.
      await page.keyboard.press('Shift+F5');
      await m().row('After hours').waitFor();
      assert.equal(pop3.links.made, made + 3, 'nothing by itself after six');
      await cancelHanging(page);
      await office.deliver('kcope', letter('In the night'));
      await turnTo(1, 9);
      await m().row('In the night').waitFor();
      assert.equal(pop3.links.made, made + 4, 'nothing in the night');
    });

    await scene(
      t,
      'only now and at 13:00; a server that hangs holds up nobody, and it alone is cancelled',
      here,
      async (page) => {
        const { made } = imap.links;
        await inbox(1);
        await m().row('There before too').waitFor();
        await dovecot.save('anna', 'INBOX', letter('Asked for'));
        await page.keyboard.press('F5');
        await m().row('Asked for').waitFor();
        await dovecot.save('anna', 'INBOX', letter('At one'));
        await turnTo(1, 12, 30);
        await rest();
        const before = imap.links.made;
        assert.ok(before > made);
        const lines = silent.lines.length;
        await office.deliver('kcope', letter('At one too'));
        await turnTo(1, 13, 5);
        await m().row('At one').waitFor();
        await inbox(0);
        await m().row('At one too').waitFor();
        assert.ok(imap.links.made > before && silent.lines.length === lines);
        await cancelHanging(page);
        await office.deliver('kcope', letter('After that'));
        await turnTo(1, 13, 40);
        await m().row('After that').waitFor();
      },
    );

    await scene(t, 'offline nothing leaves; what was done meanwhile goes afterwards', here, async (page) => {
      await rest();
      const made = [pop3.links.made, imap.links.made];
      await m().palette(words.offline);
      await page.getByText(words.isOffline).first().waitFor();
      await inbox(1);
      await m().row('At one').first().click();
      await page.keyboard.press('KeyS');
      await eventually(async () =>
        assert.match((await m().row('At one').first().getAttribute('aria-label')) ?? '', words.flagged),
      );
      const form = await write('While offline');
      await page.keyboard.press('Control+Enter');
      await form.waitFor({ state: 'detached' });
      await page.getByRole('contentinfo').getByText(words.waiting).waitFor();
      await office.deliver('kcope', letter('Came meanwhile'));
      await turnTo(1, 14, 30);
      assert.deepEqual([pop3.links.made, imap.links.made], made);
      assert.equal(await office.inboxCount('boris'), 0);
      await page.getByRole('contentinfo').getByRole('button', { name: words.online, exact: true }).click();
      await eventually(async () => assert.equal(await office.inboxCount('boris'), 1));
      await eventually(async () => assert.match(await flagsOf('At one'), /Flagged/));
      await inbox(0);
      await m().row('Came meanwhile').waitFor();
      await cancelHanging(page);
    });

    await scene(t, 'a letter for a chosen time goes then, while the program runs', here, async (page) => {
      const form = await write('For three o’clock');
      await later(page, '15:00');
      await form.waitFor({ state: 'detached' });
      await turnTo(1, 15, 1);
      await eventually(async () => assert.equal(await office.inboxCount('boris'), 2));
    });

    await scene(t, 'at the start; and a chosen time that was missed is said', here, async (page) => {
      const group = await openAccount(page, 1);
      await group.getByText(words.onStart, { exact: true }).click();
      await save(page);
      const form = await write('For four o’clock');
      await later(page, '16:00');
      await form.waitFor({ state: 'detached' });
      await rest();
      await dovecot.save('anna', 'INBOX', letter('Waits for the start'));
      now = day + DAY + 16 * HOUR + 20 * MINUTE;
      const { made } = pop3.links;
      await window.restart();
      await window.page.getByRole('region', { name: m().words.notices }).getByText(words.missed).waitFor();
      await eventually(async () => assert.equal(await office.inboxCount('boris'), 3));
      await inbox(1);
      await m().row('Waits for the start').waitFor();
      assert.equal(pop3.links.made, made, 'the other one is not asked at the start');
    });
  });
}
